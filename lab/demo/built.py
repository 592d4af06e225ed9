"""What the run has built, as AWS tells it: hosts, addresses, DNS records."""

from dataclasses import dataclass

from lab.drive import aws
from lab.drive.mail_host import MailHost
from lab.plane.state import Record


@dataclass(frozen=True)
class Built:
    """The gateway from outside."""

    host: MailHost
    instance_type: str
    ptr: str
    records: tuple[Record, ...]


def built(host: MailHost, zone: str, domain: str) -> Built:
    """Ask AWS what there is for `domain` in the hosted zone `zone`."""
    client = aws.ec2()
    instance = client.describe_instances(InstanceIds=[host.instance_id])["Reservations"][0]["Instances"][0]
    address = client.describe_addresses(PublicIps=[host.public_ip])["Addresses"][0]
    attributes = client.describe_addresses_attribute(
        AllocationIds=[address["AllocationId"]], Attribute="domain-name"
    )["Addresses"]
    return Built(
        host=host,
        instance_type=str(instance["InstanceType"]),
        ptr=attributes[0].get("PtrRecord", "") if attributes else "",
        records=tuple(_records(zone, domain)),
    )


def _records(zone: str, domain: str) -> list[Record]:
    client = aws.route53()
    zones = client.list_hosted_zones_by_name(DNSName=zone)["HostedZones"]
    zone_id = next(entry["Id"] for entry in zones if entry["Name"] == f"{zone}.")
    found = []
    for page in client.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone_id):
        for entry in page["ResourceRecordSets"]:
            name = entry["Name"].rstrip(".").replace("\\052", "*")
            if name == domain or name.endswith(f".{domain}"):
                values = tuple(record["Value"] for record in entry.get("ResourceRecords", []))
                found.append(Record(name, str(entry["Type"]), entry.get("TTL", 0), values))
    return found
