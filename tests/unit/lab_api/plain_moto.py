"""Ask moto as it comes what the lab corrects; print as JSON which corrections are still needed.

Run in a process of its own: the corrections are made in place.
"""

import json
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.exceptions import ClientError
from moto import mock_aws

REGION = "eu-central-1"
Check = Callable[[], bool]


@cache
def ec2() -> Any:
    return boto3.client("ec2", REGION)


@cache
def route53() -> Any:
    return boto3.client("route53", REGION)


def refused(call: Callable[..., Any], **arguments: Any) -> bool:
    try:
        call(**arguments)
    except (ClientError, NotImplementedError):
        return True
    return False


def run_instance(**more: Any) -> dict[str, Any]:
    answer = ec2().run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="t3.small", **more
    )
    return dict(answer["Instances"][0])


def change(zone: str, action: str, kind: str, value: str) -> dict[str, Any]:
    record = {"Name": "a.example.com", "Type": kind, "TTL": 300, "ResourceRecords": [{"Value": value}]}
    return {
        "HostedZoneId": zone,
        "ChangeBatch": {"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    }


def new_zone() -> dict[str, Any]:
    return dict(route53().create_hosted_zone(Name="example.com", CallerReference="1"))


def elastic_ips_are_loopback() -> bool:
    return bool(ec2().allocate_address(Domain="vpc")["PublicIp"].startswith("127."))


def elastic_ip_tags_have_another_type() -> bool:
    address = ec2().allocate_address(Domain="vpc")["AllocationId"]
    ec2().create_tags(Resources=[address], Tags=[{"Key": "a", "Value": "b"}])
    return not ec2().describe_tags(Filters=[{"Name": "resource-type", "Values": ["elastic-ip"]}])["Tags"]


def address_stays_with_the_dead() -> bool:
    instance = run_instance()["InstanceId"]
    address = ec2().allocate_address(Domain="vpc")["AllocationId"]
    ec2().associate_address(AllocationId=address, InstanceId=instance)
    ec2().terminate_instances(InstanceIds=[instance])
    [found] = ec2().describe_addresses(AllocationIds=[address])["Addresses"]
    return bool(found.get("AssociationId"))


def no_modify_address_attribute() -> bool:
    address = ec2().allocate_address(Domain="vpc")["AllocationId"]
    return refused(ec2().modify_address_attribute, AllocationId=address, DomainName="a.example.com")


def console_is_a_sample() -> bool:
    instance = run_instance()["InstanceId"]
    return bool(ec2().get_console_output(InstanceId=instance)["Output"])


def credit_mode_is_forgotten() -> bool:
    instance = run_instance(CreditSpecification={"CpuCredits": "unlimited"})["InstanceId"]
    answer = ec2().describe_instance_credit_specifications(InstanceIds=[instance])
    return bool(answer["InstanceCreditSpecifications"][0]["CpuCredits"] != "unlimited")


def first_addresses_are_given_out() -> bool:
    vpc = ec2().create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2().create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    found = [
        ec2().create_network_interface(SubnetId=subnet)["NetworkInterface"]["PrivateIpAddress"]
        for _ in range(60)
    ]
    found.append(run_instance(SubnetId=subnet)["PrivateIpAddress"])
    return len(set(found)) < len(found) or any(int(item.split(".")[3]) in {0, 1, 2, 3, 255} for item in found)


def architecture_is_ignored() -> bool:
    image = ec2().register_image(Name="x86", Architecture="x86_64")["ImageId"]
    return not refused(ec2().run_instances, ImageId=image, MinCount=1, MaxCount=1, InstanceType="t4g.small")


def token_is_ignored() -> bool:
    first, second = (run_instance(ClientToken="once")["InstanceId"] for _ in range(2))
    return first != second


def created_twice() -> bool:
    zone = new_zone()["HostedZone"]["Id"]
    call = route53().change_resource_record_sets
    call(**change(zone, "CREATE", "A", "192.0.2.1"))
    return not refused(call, **change(zone, "CREATE", "A", "192.0.2.2"))


def deleted_stays_taken() -> bool:
    zone = new_zone()["HostedZone"]["Id"]
    later = {"Name": "b.example.com", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.2"}]}
    batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": later}]}
    route53().change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    for action in ("CREATE", "DELETE"):
        route53().change_resource_record_sets(**change(zone, action, "A", "192.0.2.1"))
    return refused(route53().change_resource_record_sets, **change(zone, "CREATE", "A", "192.0.2.1"))


def bad_value_is_taken() -> bool:
    zone = new_zone()["HostedZone"]["Id"]
    call = route53().change_resource_record_sets
    return not refused(call, **change(zone, "CREATE", "TXT", "no quotation marks"))


def zones_share_name_servers() -> bool:
    return bool(new_zone()["DelegationSet"]["NameServers"] == new_zone()["DelegationSet"]["NameServers"])


def soa_is_none() -> bool:
    zone = new_zone()["HostedZone"]["Id"]
    sets = route53().list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    soa = next(item for item in sets if item["Type"] == "SOA")
    return len(soa["ResourceRecords"][0]["Value"].split()) != 7 or "{" in soa["ResourceRecords"][0]["Value"]


def volume_leaves_out() -> bool:
    volume = ec2().create_volume(AvailabilityZone="eu-central-1a", Size=8)["VolumeId"]
    [found] = ec2().describe_volumes(VolumeIds=[volume])["Volumes"]
    return "SnapshotId" not in found or "MultiAttachEnabled" not in found


def detaching_needs_the_instance() -> bool:
    instance = run_instance()["InstanceId"]
    volume = ec2().create_volume(AvailabilityZone="eu-central-1a", Size=8)["VolumeId"]
    ec2().attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    try:
        ec2().detach_volume(VolumeId=volume)
    except TypeError:
        return True
    return False


CHECKS: dict[str, Check] = {
    name: check for name, check in list(globals().items()) if callable(check) and check.__module__ == __name__
}
for not_a_check in ("ec2", "route53", "refused", "run_instance", "change", "new_zone"):
    del CHECKS[not_a_check]


def main() -> None:
    needed = {}
    for name, check in CHECKS.items():
        with mock_aws():
            needed[name] = check()
    json.dump(needed, sys.stdout)


if __name__ == "__main__":
    main()
