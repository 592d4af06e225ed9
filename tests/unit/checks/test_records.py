"""Records against what the servers of a scripted DNS answer."""

import pytest

from boringmail.checks.records import Wanted, check_record
from boringmail.checks.result import Check, Status
from tests.unit.checks import gateway_dns as gateway

MX = Wanted("*.desk.example.com", "MX", ("10 mx1.desk.example.com.",))
A = Wanted("mx1.desk.example.com", "A", (gateway.ADDRESS,), host="mx1")


def look(wanted: Wanted, *changes: tuple[str, str], second: str = "") -> Check:
    authority = gateway.authority(*changes, second=second)
    return check_record(authority, wanted, gateway.DOMAIN, gateway.LABEL)


@pytest.mark.parametrize("wanted", [MX, A, Wanted("*.desk.example.com", "MX", ("10 MX1.desk.example.com",))])
def test_a_record_as_wanted_passes(wanted: Wanted) -> None:
    check = look(wanted)
    assert (check.status, check.key, check.host) == (Status.PASS, "records", wanted.host)


def test_a_wrong_address_fails_with_the_line_to_publish() -> None:
    check = look(Wanted("mx1.desk.example.com", "A", ("203.0.113.7",), ttl=60))
    assert (check.status, check.found) == (Status.FAIL, f"{gateway.ADDRESS} (a record not ours)")
    assert check.repair == "mx1.desk.example.com. 60 IN A 203.0.113.7"


def test_a_record_that_we_wrote_and_somebody_changed_is_not_called_a_strangers() -> None:
    check = look(MX, ("MX 10 mx1.desk.example.com.", "MX 10 mail.example.net."))
    assert (check.status, check.found) == (Status.FAIL, "10 mail.example.net")
    assert "provision.yml" in check.hint
    assert check.repair == "*.desk.example.com. 300 IN MX 10 mx1.desk.example.com."


def test_a_record_of_somebody_else_is_said_to_be_in_the_way() -> None:
    check = look(
        MX,
        ("MX 10 mx1.desk.example.com.", "MX 10 mail.example.net."),
        ("v=boringmail1 MX", "v=boringmail1 A"),
    )
    assert check.found == "10 mail.example.net (a record not ours)"
    assert 'aws_dns_overwrite: ["*.desk.example.com"]' in check.hint
    assert check.repair


def test_a_missing_record_is_nobodys() -> None:
    check = look(MX, ("*.desk 300 IN MX 10 mx1.desk.example.com.\n", ""))
    assert (check.found, check.hint) == (
        "no such record",
        "run playbooks/provision.yml, or publish the repair",
    )


def test_servers_that_disagree_are_named() -> None:
    check = look(A, second=gateway.ZONE.replace(f"A {gateway.ADDRESS}", "A 203.0.113.9"))
    assert check.status is Status.FAIL
    assert check.found.startswith(
        f"the servers disagree: 192.0.2.53: {gateway.ADDRESS}; 192.0.2.54: 203.0.113.9"
    )


def test_a_wildcard_is_asked_by_a_fresh_label_and_a_cname_that_masks_it_is_found() -> None:
    alias = gateway.ZONE.replace(
        "*.desk 300 IN MX 10 mx1.desk.example.com.", "*.desk 300 IN CNAME www.host.net."
    )
    zone = "\n".join(line for line in alias.splitlines() if not line.startswith("*.desk 300 IN TXT")) + "\n"
    check = look(MX, (gateway.ZONE, zone))
    assert (check.status, check.found) == (Status.FAIL, "CNAME www.host.net")


def test_silence_is_temporary() -> None:
    check = check_record(gateway.authority(silent=True), A, gateway.DOMAIN, gateway.LABEL)
    assert check.status is Status.TEMPERROR
    assert "verify_dns_authoritative" in check.hint


@pytest.mark.parametrize("values", [("not an address",), ()])
def test_a_wish_that_cannot_be_read_or_is_not_known_is_permanent(values: tuple[str, ...]) -> None:
    assert look(Wanted("mx1.desk.example.com", "A", values)).status is Status.PERMERROR
