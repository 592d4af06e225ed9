"""Route 53 keeps one record set per name and type, and makes the NS and SOA records of a new zone.

moto lets CREATE add a second record set beside the first, but none that was there once and was deleted. It
takes values that are none (a TXT without quotation marks is the usual one) and a CNAME beside other records,
writes a SOA that is no SOA, and gives every zone the same name servers, so that nobody could see which of two
zones is delegated.
"""

import itertools
from typing import Any

import dns.exception
import dns.rdata
from moto.route53.exceptions import ResourceRecordAlreadyExists, Route53ClientError
from moto.route53.models import Route53Backend

from lab.api.patches.replacing import replace

_zone_numbers = itertools.count(100)
_QUOTED = frozenset({"TXT", "SPF"})


def _absolute(name: str) -> str:
    return str(name).lower().rstrip(".") + "."


def _name_servers(number: int) -> list[str]:
    """Return a zone's own four name servers, by which one sees whether its parent points to it."""
    suffixes = ("com", "net", "org", "co.uk")
    return [f"ns-{512 * i + number}.awsdns-{number % 64:02d}.{suffix}" for i, suffix in enumerate(suffixes)]


def _refuse(message: str) -> None:
    raise Route53ClientError("InvalidChangeBatch", f"[{message}]")


def _check_values(kind: str, values: list[str]) -> None:
    for value in values:
        if kind in _QUOTED and not value.startswith('"'):
            problem = "InvalidCharacterString (Value should be enclosed in quotation marks)"
            _refuse(f"Invalid Resource Record: 'FATAL problem: {problem} encountered with '{value}''")
        try:
            dns.rdata.from_text("IN", kind, value)
        except (dns.exception.DNSException, ValueError) as error:
            _refuse(f"Invalid Resource Record: 'FATAL problem: {error} encountered with '{value}''")


def _check_cname(name: str, kinds: set[str]) -> None:
    """A CNAME stands alone (RFC 1034 3.6.2)."""
    if "CNAME" in kinds and len(kinds) > 1:
        _refuse(
            f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records"
        )


def _as_upsert(entry: dict[str, Any]) -> dict[str, Any]:
    return entry | {"Action": "UPSERT"} if entry["Action"] == "CREATE" else entry


def apply() -> None:
    """Correct moto."""
    change = Route53Backend.change_resource_record_sets
    create: Any = Route53Backend.create_hosted_zone

    def change_resource_record_sets(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        zone = self.get_hosted_zone(zoneid)
        present = {(_absolute(item.name), item.type, item.set_identifier) for item in zone.rrsets}
        for entry in change_list:
            wanted = entry["ResourceRecordSet"]
            key = (_absolute(wanted["Name"]), wanted["Type"], wanted.get("SetIdentifier"))
            if entry["Action"] == "DELETE":
                present.discard(key)
            elif entry["Action"] == "CREATE" and key in present:
                raise ResourceRecordAlreadyExists(name=key[0], _type=key[1])
            else:
                _check_values(wanted["Type"], [item["Value"] for item in wanted.get("ResourceRecords", [])])
                present.add(key)
        for touched in {_absolute(entry["ResourceRecordSet"]["Name"]) for entry in change_list}:
            _check_cname(touched, {kind for name, kind, _ in present if name == touched})
        # moto would hold a CREATE against its journal, where what was deleted still stands.
        change(self, zoneid, [_as_upsert(entry) for entry in change_list])

    def create_hosted_zone(self: Any, *args: Any, **kwargs: Any) -> Any:
        zone = create(self, *args, **kwargs)
        zone.delegation_set.name_servers = _name_servers(next(_zone_numbers))
        first = _absolute(zone.delegation_set.name_servers[0])
        for item in zone.rrsets:
            if item.type == "NS":
                item.records = [_absolute(name) for name in zone.delegation_set.name_servers]
            elif item.type == "SOA":
                item.records = [f"{first} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]
        return zone

    replace(Route53Backend, "create_hosted_zone", create_hosted_zone)
    replace(Route53Backend, "change_resource_record_sets", change_resource_record_sets)
