"""A host may go over to a certificate of its own, which is renewed with the same key, and back."""

from collections.abc import Callable

import pytest

CONVERGE = ("molecule/shared/converge.yml", "--inventory", "molecule/shared/inventory/")
NAMES = {"mx1.mol-certificate.example.com", "submit.mol-certificate.example.com"}
RENEW = "systemctl start boringmail-certificate.service"


@pytest.fixture(scope="module")
def converge(playbook) -> Callable[[str], object]:
    """Apply the role with another source; the last test goes back."""
    return lambda source: playbook(*CONVERGE, "--extra-vars", f"certificate_source={source}")


@pytest.fixture(scope="module", autouse=True)
def went_over(converge, host) -> str:
    """The key before."""
    key = host.check_output("openssl pkey -in /etc/ssl/boringmail/privkey.pem -pubout")
    outcome = converge("self_signed")
    assert (outcome.refusal, outcome.changed > 0) == ("", True)
    return key


@pytest.fixture
def end_is_near(host):
    """The host has a certificate that ends tomorrow, of the key that is there."""
    host.run_expect(
        [0],
        "cd /etc/ssl/boringmail &&"
        " openssl req -x509 -new -key privkey.pem -days 1 -subj /CN=old -out fullchain.pem"
        " -addext subjectAltName=DNS:mx1.mol-certificate.example.com,DNS:submit.mol-certificate.example.com",
    )


def test_it_is_the_hosts_own_of_the_same_key(certificate, went_over):
    assert (certificate.public_key, certificate.belongs_to_key) == (went_over, True)
    assert (certificate.names, certificate.is_trusted) == (NAMES, False)


def test_a_second_run_changes_nothing(converge):
    outcome = converge("self_signed")
    assert (outcome.refusal, outcome.changed) == ("", 0)


def test_certbot_renews_no_more(host):
    assert not host.service("certbot.timer").is_enabled
    assert not host.service("certbot.timer").is_running
    assert host.service("boringmail-certificate.timer").is_enabled


@pytest.mark.usefixtures("end_is_near")
def test_it_is_renewed_before_its_end_with_the_same_key_and_the_services_are_told(host, certificate, told):
    key, serial = certificate.public_key, certificate.serial
    host.run_expect([0], RENEW)
    assert (certificate.public_key, certificate.serial != serial) == (key, True)
    assert host.run(f"openssl x509 -in /etc/ssl/boringmail/fullchain.pem -checkend {300 * 86400}").rc == 0
    assert told() == 1


@pytest.mark.usefixtures("end_is_near")
def test_a_hook_that_fails_is_run_again_the_next_time(host):
    hook = "/etc/boringmail/certificate-hooks.d/moody"
    host.run_expect([0], "rm -f /run/well /run/again")
    host.run_expect(
        [0], f"printf '#!/bin/sh\\n[ -e /run/well ] && : >/run/again\\n' >{hook} && chmod 755 {hook}"
    )
    assert host.run(RENEW).rc != 0
    host.run_expect([0], f"touch /run/well && {RENEW} && rm {hook}")
    assert host.file("/run/again").exists


def test_the_unit_is_walled_in(host):
    exposure = host.check_output(
        "systemd-analyze security --no-pager boringmail-certificate.service | tail -1"
    )
    assert float(exposure.split("service: ")[1].split()[0]) <= 3.0, exposure


def test_the_way_back_takes_up_the_certificate_that_certbot_had(converge, certificate, host):
    outcome = converge("acme")
    assert (outcome.refusal, outcome.changed > 0) == ("", True)
    assert (certificate.is_trusted, certificate.names) == (True, NAMES)
    assert host.service("certbot.timer").is_enabled
