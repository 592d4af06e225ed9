"""Reverse DNS that leads back, does not, or cannot be told."""

import pytest

from boringmail.checks.authority import Authority
from boringmail.checks.ptr import Sender, check_ptr
from boringmail.checks.result import Status
from tests.unit.checks import scripted_dns as script

SENDER = Sender("203.0.113.100", "mx1.desk.example.com", "mx1")


def authority(replace: tuple[str, str] = ("", ""), *, silent: str = "") -> Authority:
    servers = {
        address: {origin: text.replace(*replace) if replace[0] else text for origin, text in zones.items()}
        for address, zones in script.world().items()
    }
    network = script.Network(servers)
    network.silent.add(silent)
    return Authority(network.exchange, [script.RECURSIVE])


def test_a_name_that_leads_back_passes() -> None:
    check = check_ptr(authority(), SENDER)
    assert (check.status, check.key, check.host) == (Status.PASS, "ptr", "mx1")


@pytest.mark.parametrize(
    ("broken", "found", "hint"),
    [
        (("PTR mx1.desk.example.com.", "PTR other.example.net."), "other.example.net", "reverse name"),
        (("PTR mx1.desk.example.com.", "PTR ec2-203-0-113-100.example.net."), "ec2-203", "generic"),
        (("PTR mx1.desk.example.com.", "TXT nothing"), "no PTR record", "reverse name"),
    ],
)
def test_a_broken_one_fails_and_says_how_to_mend_it(broken: tuple[str, str], found: str, hint: str) -> None:
    check = check_ptr(authority(broken), SENDER)
    assert (check.status, check.symptoms) == (Status.FAIL, ())
    assert found in check.found
    assert hint in check.hint
    assert "provision.yml" in check.repair


def test_a_name_that_leads_elsewhere_follows_from_its_address() -> None:
    check = check_ptr(authority(("A 203.0.113.100", "A 203.0.113.9")), SENDER)
    assert (check.status, check.symptoms) == (Status.FAIL, ("forward",))
    assert "203.0.113.9" in check.found


def test_a_host_without_address_has_no_reverse_name() -> None:
    check = check_ptr(authority(), Sender("", SENDER.name))
    assert (check.status, check.symptoms) == (Status.PERMERROR, ("address",))


def test_silence_is_temporary() -> None:
    check = check_ptr(authority(silent=script.COM), SENDER)
    assert (check.status, check.symptoms) == (Status.TEMPERROR, ("unanswered",))
