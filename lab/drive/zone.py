"""A hosted zone as its owner edits it: record sets read, replaced and deleted, zone-file lines pasted."""

from collections import defaultdict
from typing import Any, Literal

import dns.rdatatype
import dns.zonefile

from lab.drive import aws

TTL_SECONDS = 300
# A TXT record of one of these kinds takes the place of the one of its kind, whatever else stands at the name.
_MARKS = ("v=spf1", "v=dmarc1", "v=dkim1")


class HostedZone:
    """One public hosted zone of the account, found by its name."""

    def __init__(self, name: str) -> None:
        self._name = name.rstrip(".")
        self._client = aws.route53()
        zones = self._client.list_hosted_zones_by_name(DNSName=self._name, MaxItems="1")["HostedZones"]
        self._id = next(zone["Id"] for zone in zones if zone["Name"].rstrip(".") == self._name)

    def values(self, name: str, rdtype: str) -> list[str]:
        """The values of a record set, as a zone file has them; empty when there is none."""
        found = self._find(name, rdtype)
        return [record["Value"] for record in found["ResourceRecords"]] if found else []

    def put(self, name: str, rdtype: str, values: list[str], ttl: int = TTL_SECONDS) -> None:
        """Have a record set hold just these values; none deletes it."""
        if values:
            records = [{"Value": value} for value in values]
            self._change("UPSERT", {"Name": name, "Type": rdtype, "TTL": ttl, "ResourceRecords": records})
        elif found := self._find(name, rdtype):
            self._change("DELETE", found)

    def paste(self, lines: str) -> None:
        """Put zone-file lines in place: they replace what stands there of their name, type and kind."""
        wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
        ttls = {}
        for rrset in dns.zonefile.read_rrsets(lines, rdclass=None, default_ttl=TTL_SECONDS):
            at = (rrset.name.to_text(), dns.rdatatype.to_text(rrset.rdtype))
            wanted[at] += [rdata.to_text() for rdata in rrset]
            ttls[at] = rrset.ttl
        for (name, rdtype), values in wanted.items():
            kept = [
                value
                for value in self.values(name, rdtype)
                if rdtype == "TXT" and not _same_kind(value, values)
            ]
            self.put(name, rdtype, [*kept, *values], ttls[name, rdtype])

    def _find(self, name: str, rdtype: str) -> Any:
        pages = self._client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=self._id)
        sets = (found for page in pages for found in page["ResourceRecordSets"])
        return next(
            (one for one in sets if _plain(one["Name"]) == _plain(name) and one["Type"] == rdtype), None
        )

    def _change(self, action: Literal["UPSERT", "DELETE"], record_set: Any) -> None:
        self._client.change_resource_record_sets(
            HostedZoneId=self._id,
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record_set}]},
        )


def _plain(name: str) -> str:
    return name.rstrip(".").replace("\\052", "*").lower()


def _same_kind(value: str, values: list[str]) -> bool:
    same = any(mark in value.lower() and mark in other.lower() for mark in _MARKS for other in values)
    return same or value in values
