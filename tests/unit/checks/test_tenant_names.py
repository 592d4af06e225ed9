"""Names of the zone that the wildcard does not reach."""

from typing import Any

from boringmail.checks.result import Check, Status
from boringmail.checks.tenant_names import Wanted, check_tenant_names

DOMAIN = "desk.example.com"
MX, SPF, DMARC = f"10 mx1.{DOMAIN}.", f"v=spf1 a:mx1.{DOMAIN} -all", "v=DMARC1; p=none"


def entry(name: str, kind: str, *values: str) -> dict[str, Any]:
    return {"name": f"{name}.", "type": kind, "ttl": 300, "resource_records": [{"value": v} for v in values]}


OURS = [
    entry(f"\\052.{DOMAIN}", "MX", MX),
    entry(f"mx1.{DOMAIN}", "A", "203.0.113.100"),
    entry(f"bm1._domainkey.{DOMAIN}", "TXT", '"v=DKIM1"'),
]


def look(*strangers: dict[str, Any], accepted: str = "") -> Check:
    wanted = Wanted(DOMAIN, (MX,), SPF, DMARC, frozenset({f"mx1.{DOMAIN}"}), frozenset({accepted}))
    return check_tenant_names([*OURS, *strangers], wanted)


def test_a_zone_with_our_records_alone_passes() -> None:
    check = look()
    assert (check.status, check.key, check.found) == (Status.PASS, "tenant_names", "none")


def test_each_masked_name_is_named_with_the_records_it_lacks_and_keeps_its_texts() -> None:
    check = look(
        entry(f"acme.{DOMAIN}", "A", "192.0.2.1"),
        entry(f"acme.{DOMAIN}", "TXT", '"ms=1" "2"', '"v=spf1 -all"'),
    )
    assert check.status is Status.FAIL
    assert check.found == f"acme.{DOMAIN} (exists by acme.{DOMAIN} A)"
    assert f"aws_dns_accepted_masks: [acme.{DOMAIN}]" in check.hint
    assert check.repair.splitlines() == [
        f"acme.{DOMAIN}. 300 IN MX {MX}",
        f'acme.{DOMAIN}. 300 IN TXT "{SPF}"',
        f'acme.{DOMAIN}. 300 IN TXT "ms=12"',
        f'_dmarc.acme.{DOMAIN}. 300 IN TXT "{DMARC}"',
    ]


def test_what_the_repair_publishes_is_no_mask_any_more() -> None:
    mended = [
        entry(f"acme.{DOMAIN}", "A", "192.0.2.1"),
        entry(f"acme.{DOMAIN}", "MX", MX),
        entry(f"acme.{DOMAIN}", "TXT", f'"{SPF}"'),
        entry(f"_dmarc.acme.{DOMAIN}", "TXT", f'"{DMARC}"'),
    ]
    assert look(*mended).status is Status.PASS


def test_an_accepted_name_passes_and_is_told() -> None:
    check = look(entry(f"status.{DOMAIN}", "A", "192.0.2.1"), accepted=f"status.{DOMAIN}")
    assert (check.status, check.found) == (Status.PASS, f"accepted: status.{DOMAIN}")


def test_beside_an_alias_nothing_can_be_published() -> None:
    check = look(entry(f"www.{DOMAIN}", "CNAME", "host.example.net."))
    assert (check.status, check.repair) == (Status.FAIL, "")
    assert f"www.{DOMAIN} has to go first" in check.hint
