"""Whatever stands in /etc/ssl/boringmail is mended; what cannot be had is told with its fix."""

import json
import tomllib
from collections.abc import Callable, Iterator

import pytest

SETTINGS = "/etc/boringmail/certificate-acme.toml"
HAVE = "python3 -B /usr/local/lib/boringmail/certificate_acme.py"
LIVE = "/etc/letsencrypt/live/boringmail"
NO_AWS = "http://203.0.113.250:4999"
REFUSED_PORT = "https://acme.lab.example:14999/dir"


@pytest.fixture
def change(host) -> Iterator[Callable[..., None]]:
    """Change settings of the host's for one test, and put them and their certificate right afterwards."""
    before = host.file(SETTINGS).content_string

    def apply(**values: object) -> None:
        settings = tomllib.loads(before) | values
        text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
        host.run_expect([0], f"cat >{SETTINGS} <<'END'\n{text}END")

    yield apply
    host.run_expect([0], f"cat >{SETTINGS} <<'END'\n{before}\nEND")
    host.run_expect([0], HAVE)


@pytest.fixture
def nobody_answers(host) -> Iterator[None]:
    host.run_expect([0], "ip route add blackhole 203.0.113.27 && ip route add blackhole 203.0.113.250")
    yield
    host.run_expect([0], "ip route del blackhole 203.0.113.27 && ip route del blackhole 203.0.113.250")


@pytest.mark.usefixtures("nobody_answers")
def test_nobody_is_asked_when_nothing_is_due(host):
    done = host.run(HAVE)
    assert (done.rc, done.stdout) == (0, "")


@pytest.mark.usefixtures("nobody_answers")
@pytest.mark.parametrize(
    ("name", "dates"),
    [
        ("mx1.mol-certificate.example.com", "-not_before 20200101000000Z -not_after 20200201000000Z"),
        ("somebody.example.net", "-days 90"),
    ],
    ids=["expired", "of another name"],
)
def test_what_somebody_put_there_is_replaced_without_asking_anybody(host, certificate, told, name, dates):
    key, serial = certificate.public_key, certificate.serial
    host.run_expect(
        [0],
        f"cd /etc/ssl/boringmail && openssl req -x509 -newkey rsa:2048 -nodes {dates} -subj /CN={name}"
        f" -addext subjectAltName=DNS:{name} -keyout privkey.pem -out fullchain.pem",
    )
    assert host.check_output(HAVE).startswith("installed the certificate that ends on ")
    assert (certificate.public_key, certificate.serial) == (key, serial)
    # Services that have started in between hold the other one.
    host.run_expect([0], "sh /usr/local/lib/boringmail/certificate-hooks")
    assert told() == 1


@pytest.mark.usefixtures("nobody_answers")
def test_a_key_that_others_could_read_is_closed(host):
    host.run_expect(
        [0], "chmod 644 /etc/ssl/boringmail/privkey.pem && chgrp root /etc/ssl/boringmail/privkey.pem"
    )
    host.run_expect([0], HAVE)
    assert host.check_output("stat --format='%a %G' /etc/ssl/boringmail/privkey.pem") == "640 ssl-cert"


def test_new_names_get_a_new_certificate_with_the_same_key(host, certificate, change):
    key = certificate.public_key
    names = ["mx2.mol-certificate.example.com", "submit.mol-certificate.example.com"]
    change(names=names)
    assert "had a certificate issued: the old one was for mx1." in host.check_output(HAVE)
    assert (certificate.names, certificate.public_key, certificate.is_trusted) == (set(names), key, True)


def test_an_acme_server_that_was_made_anew_issues_anew_with_the_same_key(host, certificate):
    """Its root is another, and it knows no account of ours."""
    key = certificate.public_key
    host.run_expect(
        [0],
        f"cd {LIVE} && openssl req -x509 -new -key privkey.pem -days 90 -subj /CN=mx1 -out fullchain.pem"
        " -addext subjectAltName=DNS:mx1.mol-certificate.example.com,DNS:submit.mol-certificate.example.com",
    )
    host.run_expect(
        [0], "sed -i 's#/my-account/[^\"]*#/my-account/unknown#' /etc/letsencrypt/accounts/*/dir/*/regr.json"
    )
    assert "this host does not trust the old one's issuer" in host.check_output(HAVE)
    assert (certificate.is_trusted, certificate.public_key) == (True, key)


def test_certificates_of_certbots_that_are_broken_are_made_anew(host, certificate):
    host.run_expect([0], f"truncate --size=20 {LIVE}/privkey.pem")
    assert "had a certificate issued: there was none" in host.check_output(HAVE)
    assert certificate.is_trusted
    assert host.run("ls /etc/letsencrypt/set-aside/*/live/boringmail/privkey.pem").rc == 0


@pytest.mark.parametrize(
    ("settings", "fix"),
    [
        ({"directory_url": REFUSED_PORT}, f"The ACME server {REFUSED_PORT} cannot be reached"),
        ({"aws_endpoint_url": NO_AWS}, f"AWS cannot be reached at {NO_AWS}"),
        ({"names": ["mx1.nowhere.example"]}, "no public hosted zone for _acme-challenge.mx1.nowhere.example"),
    ],
    ids=["no ACME server", "no AWS", "no zone"],
)
def test_a_failed_issue_names_its_fix_and_leaves_what_was_there(host, certificate, change, settings, fix):
    serial = certificate.serial
    change(**({"names": ["mx3.mol-certificate.example.com"]} | settings))
    done = host.run(HAVE)
    assert (done.rc, fix in done.stderr) == (1, True), done.stderr
    assert (certificate.serial, certificate.belongs_to_key) == (serial, True)


@pytest.mark.parametrize(
    ("credentials", "fix"),
    [
        ("", "Attach the instance profile"),
        (
            "[default]\naws_access_key_id = AKIASTRANGER\naws_secret_access_key = none\n",
            "AWS refuses route53:",
        ),
    ],
    ids=["none", "of a stranger"],
)
def test_missing_rights_are_told(host, change, credentials, fix):
    change(names=["mx3.mol-certificate.example.com"])
    host.run_expect([0], f"cat >/run/aws-credentials <<'END'\n{credentials}END")
    done = host.run(f"AWS_SHARED_CREDENTIALS_FILE=/run/aws-credentials AWS_EC2_METADATA_DISABLED=true {HAVE}")
    assert (done.rc, fix in done.stderr) == (1, True), done.stderr


def test_a_first_issue_that_fails_leaves_a_certificate_that_stands_in(host, certificate, change):
    change(directory_url=REFUSED_PORT)
    host.run_expect([0], "mv /etc/letsencrypt /run/letsencrypt && rm /etc/ssl/boringmail/*.pem")
    done = host.run(HAVE)
    host.run_expect([0], "rm -rf /etc/letsencrypt && mv /run/letsencrypt /etc/letsencrypt")
    assert (done.rc, "made a certificate: there was none, to stand in" in done.stdout) == (1, True)
    assert certificate.belongs_to_key


def test_no_secret_of_aws_is_in_certbots_log(host):
    secret = host.check_output("sed -n 's/^aws_secret_access_key = //p' /root/.aws/credentials")
    assert host.run(f"grep -rF '{secret}' /var/log/letsencrypt").rc == 1
