"""Records against what the servers of a scripted DNS answer."""

import pytest

from boringmail.checks.authority import Authority
from boringmail.checks.records import Wanted, check_record
from boringmail.checks.result import Check, Status
from tests.unit.checks import scripted_dns as script

SPF = Wanted("mx1.desk.example.com", "TXT", ("v=spf1 ip4:203.0.113.100 -all",))
MX = Wanted("*.desk.example.com", "MX", ("10 mx1.desk.example.com.",))
A = Wanted("mx1.desk.example.com", "A", ("203.0.113.100",))


def look(wanted: Wanted, zone_a: str = script.EXAMPLE_ZONE, zone_b: str = "") -> Check:
    servers = script.world()
    servers[script.HOST_A]["example.com."] = zone_a
    servers[script.HOST_B]["example.com."] = zone_b or zone_a
    authority = Authority(script.Network(servers).exchange, [script.RECURSIVE])
    return check_record(authority, wanted, lambda: "tenant-1f")


@pytest.mark.parametrize("wanted", [SPF, MX, A, Wanted("*.desk.example.com", "TXT", ('"v=spf1 -all"',))])
def test_a_record_as_wanted_passes(wanted: Wanted) -> None:
    assert look(wanted).status is Status.PASS


def test_a_wrong_address_fails_with_the_line_to_publish() -> None:
    check = look(Wanted("mx1.desk.example.com", "A", ("203.0.113.7",), ttl=60))
    assert check.status is Status.FAIL
    assert check.found == "203.0.113.100"
    assert check.hint.endswith("mx1.desk.example.com. 60 IN A 203.0.113.7")


def test_a_missing_dmarc_record_is_named_and_quoted_for_a_zone_file() -> None:
    check = look(Wanted("_dmarc.example.com", "TXT", ("v=DMARC1; p=reject",)))
    assert (check.name, check.status, check.found) == (
        "DMARC _dmarc.example.com",
        Status.FAIL,
        "no such name",
    )
    assert check.hint.endswith('_dmarc.example.com. 300 IN TXT "v=DMARC1; p=reject"')


def test_servers_that_disagree_are_named() -> None:
    check = look(A, zone_b=script.EXAMPLE_ZONE.replace("A 203.0.113.100", "A 203.0.113.9"))
    assert check.status is Status.FAIL
    assert check.found == "the servers disagree: 192.0.2.53: 203.0.113.100; 192.0.2.54: 203.0.113.9"


def test_two_spf_records_void_each_other() -> None:
    check = look(SPF, script.EXAMPLE_ZONE + 'mx1.desk 300 IN TXT "v=spf1 mx -all"\n')
    assert check.status is Status.PERMERROR
    assert "remove all but one SPF record" in check.hint


def test_other_text_beside_spf_does_not_disturb() -> None:
    assert look(SPF, script.EXAMPLE_ZONE + 'mx1.desk 300 IN TXT "ms=1"\n').status is Status.PASS


def test_a_wildcard_is_asked_by_a_fresh_label_and_a_cname_that_masks_it_is_found() -> None:
    zone = script.EXAMPLE_ZONE.replace(
        "*.desk 300 IN MX 10 MX1.desk.example.com.", "*.desk 300 IN CNAME www.host.net."
    )
    check = look(MX, zone.replace('*.desk 300 IN TXT "v=spf1 -all"', ""))
    assert (check.status, check.found) == (Status.FAIL, "CNAME www.host.net")
    assert check.hint.startswith("remove the CNAME")


def test_silence_is_temporary() -> None:
    network = script.Network(script.world())
    network.silent |= {script.HOST_A, script.HOST_B}
    check = check_record(Authority(network.exchange, [script.RECURSIVE]), A, lambda: "x")
    assert check.status is Status.TEMPERROR
    assert "verify_dns_authoritative" in check.hint


def test_an_unreadable_wish_is_permanent() -> None:
    assert look(Wanted("mx1.desk.example.com", "A", ("not an address",))).status is Status.PERMERROR
