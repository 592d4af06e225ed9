"""The DMARC policy where receivers look for it, and whether our mail is aligned by it."""

import pytest

from boringmail.checks.dmarc import Wanted, check_dmarc
from boringmail.checks.result import Check, Status
from tests.unit.checks import gateway_dns as gateway

WANTED = Wanted(gateway.DOMAIN, "example.com", gateway.DMARC, beside=(gateway.SPF,))
TENANTS = f'*.desk 300 IN TXT "{gateway.DMARC}"\n'
APEX = f'_dmarc.desk 300 IN TXT "{gateway.DMARC}"\n'
TENANTS_REPAIR = [
    f'*.desk.example.com. 300 IN TXT "{gateway.DMARC}"',
    f'*.desk.example.com. 300 IN TXT "{gateway.SPF}"',
]
APEX_REPAIR = [f'_dmarc.desk.example.com. 300 IN TXT "{gateway.DMARC}"']


def look(*changes: tuple[str, str], leave: str = "") -> Check:
    return check_dmarc(gateway.authority(*changes, leave=leave), WANTED, gateway.LABEL)


def test_a_policy_for_tenants_and_domain_passes() -> None:
    check = look()
    assert (check.status, check.key) == (Status.PASS, "dmarc")
    assert check.found == "p=none; SPF aligned by the envelope, DKIM by d=desk.example.com"


@pytest.mark.parametrize(
    ("changes", "found", "repair"),
    [
        ([(TENANTS, "")], "tenants: no such record", TENANTS_REPAIR),
        (
            [(TENANTS, ""), (APEX, "")],
            "tenants: no such record; desk.example.com: no such",
            TENANTS_REPAIR + APEX_REPAIR,
        ),
        ([(gateway.DMARC, f"{gateway.DMARC}; adkim=s")], "is not aligned with tenant-1f", TENANTS_REPAIR),
    ],
)
def test_a_missing_or_unfitting_policy_fails_in_one_check_with_every_line_to_publish(
    changes: list[tuple[str, str]], found: str, repair: list[str]
) -> None:
    check = look(*changes)
    assert check.status is Status.FAIL
    assert found in check.found
    assert check.repair.splitlines() == repair


def test_the_wildcard_answers_for_the_domain_too() -> None:
    assert look((APEX, "")).status is Status.PASS


@pytest.mark.parametrize(
    "record", ["v=DMARC1", "v=DMARC1; p=perhaps", "v=DMARC1; p", "v=DMARC1; rua=mailto:a@b.c"]
)
def test_a_record_that_is_none_is_permanently_wrong(record: str) -> None:
    assert look((gateway.DMARC, record)).status is Status.PERMERROR


def test_two_records_void_each_other() -> None:
    assert look(("", '_dmarc.desk 300 IN TXT "v=DMARC1; p=reject"')).status is Status.PERMERROR


def test_a_stricter_policy_of_the_owners_passes_and_is_told() -> None:
    check = look((gateway.DMARC, "v=DMARC1; p=reject; aspf=s;"))
    assert check.status is Status.PASS
    assert check.found.startswith("p=reject, aspf=s;")
    assert check.found.endswith(f"the inventory says {gateway.DMARC}")


@pytest.mark.parametrize("address", ["mailto:dmarc@example.com", "mailto:dmarc@ops.example.com!10m"])
def test_reports_into_the_owners_zone_need_nobodys_leave(address: str) -> None:
    assert look((gateway.DMARC, f"{gateway.DMARC}; rua={address}")).status is Status.PASS


def test_reports_elsewhere_need_that_domains_leave() -> None:
    record = (gateway.DMARC, f"{gateway.DMARC}; rua=mailto:a@example.com,mailto:x@reports.com")
    check = look(record)
    assert check.status is Status.FAIL
    assert "mailto:x@reports.com does not take our reports" in check.found
    assert check.hint.splitlines()[1] == (
        'desk.example.com._report._dmarc.reports.com. 300 IN TXT "v=DMARC1"'
    )
    assert look(record, leave="v=DMARC1").status is Status.PASS


def test_silence_is_temporary() -> None:
    check = check_dmarc(gateway.authority(silent=True), WANTED, gateway.LABEL)
    assert (check.status, check.symptoms) == (Status.TEMPERROR, ("unanswered",))
