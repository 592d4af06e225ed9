"""The host has its secrets, keeps them when AWS is away, and says what is wrong without telling them."""

import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

PATH = "/boringmail/molecule.example.com"
DIRECTORY = "/etc/boringmail/credentials"
PASSWORD, KEY = f"{DIRECTORY}/submission-app-password", f"{DIRECTORY}/inbound-webhook-key"
FETCH = "python3 /usr/local/lib/boringmail/fetch_credentials.py"


def canary(name: str) -> str:
    return "canary-" + hashlib.sha256(name.encode()).hexdigest()


@pytest.fixture(scope="module", autouse=True)
def ssm() -> Iterator[Any]:
    client = boto3.client("ssm")
    yield client
    client.delete_parameters(Names=[f"{PATH}/submission/app/password", f"{PATH}/inbound/webhook-key"])


@pytest.fixture
def aws_is_away(host) -> Iterator[None]:
    host.run_expect([0], "ip route add blackhole 203.0.113.250")
    yield
    host.run_expect([0], "ip route del blackhole 203.0.113.250")


def test_each_secret_is_a_file_that_root_alone_reads(host):
    assert host.check_output(f"cat {PASSWORD}") == canary("submission/app/password")
    assert host.check_output(f"cat {KEY}") == canary("inbound/webhook-key")
    modes = host.check_output(f"stat --format='%a %U:%G' {DIRECTORY} {PASSWORD} {KEY}").splitlines()
    assert modes == ["700 root:root", "600 root:root", "600 root:root"]


def test_a_changed_secret_is_fetched_and_only_its_name_is_told(host, ssm):
    name = f"{PATH}/inbound/webhook-key"
    ssm.put_parameter(Name=name, Value="canary-changed", Type="SecureString", Overwrite=True)
    assert host.check_output(FETCH) == "changed inbound-webhook-key"
    assert host.check_output(f"cat {KEY}") == "canary-changed"
    assert host.check_output(FETCH) == ""


def test_the_unit_fetches_at_boot_before_the_services_that_read(host):
    assert host.service("boringmail-credentials").is_enabled
    host.run_expect([0], f"rm {KEY} && systemctl start boringmail-credentials.service")
    assert host.file(KEY).exists
    before = host.check_output("systemctl show --property=Before boringmail-credentials.service")
    assert {"dovecot.service", "boringmail-inbound.service"} <= set(before.removeprefix("Before=").split())


@pytest.mark.usefixtures("aws_is_away")
def test_an_outage_at_boot_leaves_the_secrets_of_yesterday(host):
    secret = host.check_output(f"cat {KEY}")
    host.run_expect([0], "systemctl start boringmail-credentials.service")
    assert host.check_output(f"cat {KEY}") == secret


@pytest.mark.usefixtures("aws_is_away")
def test_an_outage_during_the_playbook_is_named(host):
    result = host.run(FETCH)
    assert (result.rc, "http://203.0.113.250:4566 cannot be reached" in result.stderr) == (1, True)


def test_a_host_without_a_profile_is_told_so(host):
    result = host.run(f"AWS_SHARED_CREDENTIALS_FILE=/dev/null {FETCH}")
    assert (result.rc, "Attach the instance profile" in result.stderr) == (1, True)


def test_an_empty_path_is_told(host):
    settings = "/etc/boringmail/credentials.toml"
    host.run_expect([0], f"cp {settings} /run/settings && sed -i 's#molecule.example.com#none#' {settings}")
    result = host.run(FETCH)
    host.run_expect([0], f"cp /run/settings {settings}")
    assert (result.rc, "run provision.yml" in result.stderr) == (1, True)


def test_no_secret_is_in_the_journal(host):
    assert host.run("journalctl --no-pager | grep canary-").rc == 1


def test_the_unit_is_walled_in(host):
    exposure = host.check_output(
        "systemd-analyze security --no-pager boringmail-credentials.service | tail -1"
    )
    assert float(exposure.split("service: ")[1].split()[0]) <= 3.0, exposure
