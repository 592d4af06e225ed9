"""SPF as receivers evaluate it, of records right, wrong, too long and changed by their owner."""

import pytest

from boringmail.checks.result import Check, Status
from boringmail.checks.spf import Identity, check_spf
from tests.unit.checks import gateway_dns as gateway

TENANTS = Identity(
    "*.desk.example.com", (gateway.ADDRESS,), gateway.SPF, "mx1.desk.example.com", (gateway.DMARC,)
)
HOST = Identity("mx1.desk.example.com", (gateway.ADDRESS,), gateway.HELO_SPF, host="mx1")
REPAIR = [
    f'*.desk.example.com. 300 IN TXT "{gateway.SPF}"',
    f'*.desk.example.com. 300 IN TXT "{gateway.DMARC}"',
]


def look(*changes: tuple[str, str], identity: Identity = TENANTS) -> Check:
    return check_spf(gateway.authority(*changes), identity, gateway.LABEL)


@pytest.mark.parametrize("identity", [TENANTS, HOST])
def test_our_own_records_pass_and_the_look_ups_are_counted(identity: Identity) -> None:
    check = look(identity=identity)
    assert (check.status, check.key, check.host) == (Status.PASS, "spf", identity.host)
    assert check.found.endswith("pass, 1 of 10 look-ups")


@pytest.mark.parametrize(
    ("record", "status", "found"),
    [
        ("v=spf1 -all", Status.FAIL, "fail for 203.0.113.100"),
        ("v=spf1 a:other.example.com ~all", Status.FAIL, "softfail"),
        ("v=spf1 ip4:203.0.113.1", Status.FAIL, "neutral"),
        ("v=spf1 ip4:203.0.113.1000 -all", Status.PERMERROR, "Invalid IP4 address"),
        ("v=spf1 include:nobody.example.com -all", Status.PERMERROR, "No valid SPF record"),
        (
            "v=spf1 mx:x.example.com mx:y.example.com mx:z.example.com -all",
            Status.PERMERROR,
            "Void lookup limit",
        ),
    ],
)
def test_a_record_that_does_not_let_us_send_is_told_with_the_one_that_does(
    record: str, status: Status, found: str
) -> None:
    check = look((gateway.SPF, record))
    assert check.status is status
    assert found in check.found
    assert check.repair.splitlines() == REPAIR
    assert check.symptoms == ()


@pytest.mark.parametrize("ours", [f"ip4:{gateway.ADDRESS}", ""])
def test_more_than_ten_look_ups_are_permanently_wrong_whether_we_are_found_before_or_not(ours: str) -> None:
    names = " ".join(f"a:a{number}.example.com" for number in range(11))
    check = look(
        (gateway.SPF, f"v=spf1 {ours} {names} a:mx1.desk.example.com -all"),
        *(("", f"a{number} 300 IN A 192.0.2.{number}") for number in range(11)),
    )
    assert check.status is Status.PERMERROR
    assert ("12 look-ups, and 10 are allowed" if ours else "Too many DNS lookups") in check.found


def test_an_owner_may_let_others_send_as_well() -> None:
    record = "v=spf1 include:partner.example.com a:mx1.desk.example.com ~all"
    partner = 'partner 300 IN TXT "v=spf1 ip4:192.0.2.0/24 -all"'
    check = look((gateway.SPF, record), ("", partner))
    assert check.status is Status.PASS
    assert "2 of 10 look-ups" in check.found
    assert check.found.endswith(f"the inventory says {gateway.SPF}")


def test_a_missing_record_is_put_beside_what_stands_there() -> None:
    check = look((f'*.desk 300 IN TXT "{gateway.SPF}"\n', ""), ("", '*.desk 300 IN TXT "ms=1"'))
    assert (check.status, check.found) == (Status.FAIL, "no such record")
    assert set(check.repair.splitlines()) == {*REPAIR, '*.desk.example.com. 300 IN TXT "ms=1"'}


def test_two_records_void_each_other() -> None:
    check = look(("", '*.desk 300 IN TXT "v=spf1 mx -all"'))
    assert check.status is Status.PERMERROR
    assert check.repair.splitlines() == REPAIR


def test_a_right_record_with_a_wrong_address_behind_it_follows_from_that_address() -> None:
    check = look((f"A {gateway.ADDRESS}", "A 203.0.113.9"))
    assert (check.status, check.symptoms) == (Status.FAIL, ("address",))


def test_a_record_by_an_alias_follows_from_the_alias() -> None:
    zone = gateway.ZONE.replace(
        "*.desk 300 IN MX 10 mx1.desk.example.com.", "*.desk 300 IN CNAME www.example.com."
    )
    zone = "\n".join(line for line in zone.splitlines() if not line.startswith("*.desk 300 IN TXT")) + "\n"
    authority = gateway.authority((gateway.ZONE, zone), ("", "www 300 IN A 192.0.2.80"))
    check = check_spf(authority, TENANTS, gateway.LABEL)
    assert (check.status, check.symptoms) == (Status.FAIL, ("alias",))


def test_servers_that_disagree_are_named() -> None:
    second = gateway.ZONE.replace(gateway.SPF, "v=spf1 -all")
    check = check_spf(gateway.authority(second=second), TENANTS, gateway.LABEL)
    assert check.status is Status.FAIL
    assert "192.0.2.54: v=spf1 -all" in check.found


def test_a_host_without_address_and_servers_without_answer_are_no_fault_of_the_record() -> None:
    nobody = Identity(TENANTS.name, (), TENANTS.wanted, TENANTS.helo)
    assert look(identity=nobody).symptoms == ("address",)
    silent = check_spf(gateway.authority(silent=True), TENANTS, gateway.LABEL)
    assert (silent.status, silent.symptoms) == (Status.TEMPERROR, ("unanswered",))
