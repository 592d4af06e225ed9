"""Names in the zone that hide the wildcard MX: a tenant of that name would get no mail (RFC 4592 3.3.1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from boringmail.checks import hosted_zone, policies, zonefile
from boringmail.checks.causes import Key
from boringmail.checks.hosted_zone import Entry, Record
from boringmail.checks.result import Check, Status


@dataclass(frozen=True)
class Wanted:
    """What every tenant's name has to say, and which names are let be."""

    domain: str
    exchangers: tuple[str, ...]
    spf: str
    dmarc: str
    own_names: frozenset[str] = frozenset()
    accepted: frozenset[str] = frozenset()
    ttl: int = zonefile.DEFAULT_TTL_SECONDS


def check_tenant_names(entries: Sequence[Entry], wanted: Wanted) -> Check:
    """One check for the zone's record sets: all names that are masked and not accepted."""
    title, expected = f"tenants' names in {wanted.domain}", "no name that the wildcard MX does not reach"
    found = hosted_zone.masks(entries, wanted.own_names, wanted.exchangers, wanted.domain)
    masked = [mask for mask in found if mask["name"] not in wanted.accepted]
    if not masked:
        let_be = [mask["name"] for mask in found]
        shown = f"accepted: {', '.join(let_be)}" if let_be else "none"
        return Check(title, Status.PASS, expected, shown, key=Key.TENANT_NAMES)
    names = [mask["name"] for mask in masked]
    live = [hosted_zone.live_record(entry) for entry in entries]
    hint = (
        "mail to these names does not come here: remove the records, or publish the repair, or accept it by "
        f"aws_dns_accepted_masks: [{', '.join(names)}]"
    )
    aliases = [name for name in names if _has(live, name, "CNAME")]
    if aliases:
        hint += f". Beside a CNAME no other record may stand: {', '.join(aliases)} has to go first"
    return Check(
        title,
        Status.FAIL,
        expected,
        ", ".join(f"{mask['name']} (exists by {mask['because']})" for mask in masked),
        hint,
        Key.TENANT_NAMES,
        "\n".join(repair(name, live, wanted) for name in names if name not in aliases),
    )


def repair(name: str, live: Collection[Record], wanted: Wanted) -> str:
    """The records that the wildcard would have given the name; texts of others stay."""
    texts = [
        "".join(strings(value))
        for record in live
        if (record["name"], record["type"]) == (name, "TXT")
        for value in record["values"]
    ]
    others = [text for text in texts if policies.kind_of(text) != "SPF"]
    return "\n".join(
        [
            zonefile.lines(name, "MX", wanted.exchangers, wanted.ttl),
            zonefile.lines(name, "TXT", [wanted.spf, *others], wanted.ttl),
            zonefile.lines(f"_dmarc.{name}", "TXT", [wanted.dmarc], wanted.ttl),
        ]
    )


def strings(value: str) -> list[str]:
    """The strings of a TXT value as Route 53 writes it, quoted and apart by blanks."""
    return value[1:-1].split('" "') if value.startswith('"') else [value]


def _has(live: Collection[Record], name: str, rdtype: str) -> bool:
    return any((record["name"], record["type"]) == (name, rdtype) for record in live)
