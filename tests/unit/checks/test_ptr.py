"""Reverse DNS that leads back, does not, or cannot be told."""

import pytest

from boringmail.checks.authority import Authority
from boringmail.checks.ptr import check_ptr
from boringmail.checks.result import Status
from tests.unit.checks import scripted_dns as script


def authority(replace: tuple[str, str] = ("", ""), *, silent: str = "") -> Authority:
    servers = {
        address: {origin: text.replace(*replace) if replace[0] else text for origin, text in zones.items()}
        for address, zones in script.world().items()
    }
    network = script.Network(servers)
    network.silent.add(silent)
    return Authority(network.exchange, [script.RECURSIVE])


def test_a_name_that_leads_back_passes() -> None:
    assert check_ptr(authority(), "203.0.113.100", "mx1.desk.example.com").status is Status.PASS


@pytest.mark.parametrize(
    ("broken", "found", "hint"),
    [
        (
            ("PTR mx1.desk.example.com.", "PTR ec2-1.example.net."),
            "ec2-1.example.net",
            "modify-address-attribute",
        ),
        (("PTR mx1.desk.example.com.", "TXT nothing"), "no PTR record", "playbooks/provision.yml"),
        (("A 203.0.113.100", "A 203.0.113.9"), "another address", "IN A 203.0.113.100"),
    ],
)
def test_a_broken_one_fails_and_says_how_to_mend_it(broken: tuple[str, str], found: str, hint: str) -> None:
    check = check_ptr(authority(broken), "203.0.113.100", "mx1.desk.example.com")
    assert check.status is Status.FAIL
    assert found in check.found
    assert hint in check.hint


def test_silence_is_temporary() -> None:
    assert check_ptr(authority(silent=script.COM), "203.0.113.100", "mx1").status is Status.TEMPERROR
