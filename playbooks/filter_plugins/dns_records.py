"""What to write into a hosted zone and what to leave alone: other people's DNS is sacred.

A record is ours when the TXT record `_boringmail.<domain>` claims it. Pure functions of the zone's record
sets, as `amazon.aws.route53_info` gives them, and of the records wanted.
"""

from collections.abc import Callable, Iterable
from typing import Any

from boringmail.checks.hosted_zone import Record, comparable, live_record, masks, plain_name

CLAIM = "v=boringmail1 "

Key = tuple[str, str]


def _key(record: Record) -> Key:
    return record["type"], record["name"]


def _same(live: Record, wanted: Record) -> bool:
    return comparable(live) == comparable(wanted)


def _claims(live: dict[Key, Record], domain: str) -> set[Key]:
    """What the claim record names, as `"v=boringmail1 MX *.example.com"`."""
    record = live.get(("TXT", f"_boringmail.{domain}"), {"values": []})
    texts = [value.strip('"') for value in record["values"]]
    pairs = [text.removeprefix(CLAIM).split(" ") for text in texts if text.startswith(CLAIM)]
    return {(pair[0], pair[1]) for pair in pairs if len(pair) == 2}  # noqa: PLR2004 (type and name)


def _claim_record(keys: Iterable[Key], domain: str, ttl: int) -> Record:
    values = [f'"{CLAIM}{kind} {name}"' for kind, name in sorted(keys)]
    return {"name": f"_boringmail.{domain}", "type": "TXT", "ttl": ttl, "values": values}


def _in_the_way(record: Record, live: dict[Key, Record]) -> list[Record]:
    """Live records that cannot stay beside a wanted one: its type, and an alias name (RFC 1034 3.6.2)."""
    keys = [_key(record), ("CNAME", record["name"])]
    return [live[key] for key in dict.fromkeys(keys) if key in live]


def _foreign(
    wanted: list[Record], live: dict[Key, Record], ours: set[Key], overwrite: list[str]
) -> list[Record]:
    """Live records in our way that neither we wrote nor the owner gave up. Equal ones are in nobody's way."""
    given = {plain_name(name) for name in overwrite}
    found = {}
    for record in wanted:
        for other in _in_the_way(record, live):
            equal = _key(other) == _key(record) and _same(other, record)
            if not equal and _key(other) not in ours and other["name"] not in given:
                found[_key(other)] = other
    return list(found.values())


def _kept(ours: set[Key], below: str, retired: list[str]) -> set[Key]:
    """Records of ours that are not wanted any more and stay all the same."""
    gone = {plain_name(name) for name in retired}
    return {key for key in ours if below and key[1].endswith(f".{plain_name(below)}") and key[1] not in gone}


def dns_plan(
    entries: list[dict[str, Any]],
    wanted: list[Record],
    domain: str,
    overwrite: list[str] | None = None,
    *,
    kept_below: str = "",
    retired: list[str] | None = None,
) -> dict[str, Any]:
    """What stands between a zone and the records wanted.

    A wanted record without values stands for one whose value is not known yet: it is not written. Records of
    ours below the name `kept_below` stay when they are not wanted any more, until `retired` names them.
    What it returns: `foreign`, records in the way that are not ours (when there is one, nothing may be
    written); `claim`, the claim record to write first or None; `write`, records to write; `delete`, records
    to delete; `final_claim`, the claim record to write last or None; `remove_claim`, the claim record to
    delete last or None.
    """
    live = {_key(record): record for record in map(live_record, entries)}
    ours = _claims(live, domain)
    claim_key = ("TXT", f"_boringmail.{domain}")
    wanted_keys = {_key(record) for record in wanted} | _kept(ours & set(live), kept_below, retired or [])
    stale = [live[key] for key in sorted(ours - wanted_keys) if key in live]
    aliases = [("CNAME", record["name"]) for record in wanted]
    doomed = stale + [live[key] for key in dict.fromkeys(aliases) if key in live and key not in ours]
    write = [
        record
        for record in wanted
        if record["values"]
        and (
            _key(record) not in live
            or not _same(live[_key(record)], record)
            # The TTL of a record that somebody else wrote with our value is theirs to choose.
            or (_key(record) in ours and live[_key(record)]["ttl"] != record["ttl"])
        )
    ]
    # An equal record that we did not write stays unclaimed, so that teardown leaves it.
    final = (ours & wanted_keys) | {_key(record) for record in write}
    first = ours | final
    ttl = 300
    return {
        "foreign": _foreign(wanted, live, ours, overwrite or []),
        "claim": _claim_record(first, domain, ttl) if first != ours else None,
        "write": write,
        "delete": doomed,
        "final_claim": _claim_record(final, domain, ttl) if final and final != first else None,
        "remove_claim": live.get(claim_key) if ours and not final else None,
    }


def dns_masks(entries: list[dict[str, Any]], wanted: list[Record], domain: str) -> list[Record]:
    """Names below the domain that the wildcard MX does not answer for; see `hosted_zone.masks`."""
    own_names = {record["name"] for record in wanted}
    exchangers = {value for record in wanted if record["type"] == "MX" for value in record["values"]}
    return masks(entries, own_names, exchangers, domain)


def dns_cuts(entries: list[dict[str, Any]], domain: str, zone: str) -> list[Record]:
    """Delegations between the zone and the domain: records that we wrote below them would never be seen."""
    records = [live_record(entry) for entry in entries]
    return [
        record
        for record in records
        if record["type"] == "NS"
        and record["name"] != plain_name(zone)
        and f".{domain}".endswith(f".{record['name']}")
    ]


class FilterModule:
    """What Ansible looks for."""

    def filters(self) -> dict[str, Callable[..., object]]:
        """Filter names and functions."""
        return {"dns_plan": dns_plan, "dns_masks": dns_masks, "dns_cuts": dns_cuts}
