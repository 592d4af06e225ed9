"""Route 53 keeps one record set per name and type, and makes the NS and SOA records of a new zone.

moto lets CREATE add a second record set beside the first, and writes a SOA that is no SOA.
"""

from typing import Any

from moto.route53.exceptions import ResourceRecordAlreadyExists
from moto.route53.models import Route53Backend

from lab.api.patches.replacing import replace


def _absolute(name: str) -> str:
    return str(name).lower().rstrip(".") + "."


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
        change(self, zoneid, change_list)

    def create_hosted_zone(self: Any, *args: Any, **kwargs: Any) -> Any:
        zone = create(self, *args, **kwargs)
        first = _absolute(zone.delegation_set.name_servers[0])
        for item in zone.rrsets:
            if item.type == "NS":
                item.records = [_absolute(name) for name in item.records]
            elif item.type == "SOA":
                item.records = [f"{first} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"]
        return zone

    replace(Route53Backend, "create_hosted_zone", create_hosted_zone)
    replace(Route53Backend, "change_resource_record_sets", change_resource_record_sets)
