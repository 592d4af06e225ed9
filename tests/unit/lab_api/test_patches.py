"""What moto answers once corrected, as a playbook sees it; `test_moto_as_it_comes` tells when that can go."""

from ipaddress import ip_address, ip_network

import pytest
from botocore.exceptions import ClientError

from lab.api.patches import reverse_dns


def zone_of(client):
    zones = client("route53").list_hosted_zones()["HostedZones"]
    return next(zone["Id"] for zone in zones if zone["Name"] == "example.com.")


def change(client, action, name, kind, *values):
    record = {
        "Name": name,
        "Type": kind,
        "TTL": 300,
        "ResourceRecords": [{"Value": value} for value in values],
    }
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    client("route53").change_resource_record_sets(HostedZoneId=zone_of(client), ChangeBatch=batch)


def run(client, network, image, **more):
    options = {"ImageId": image, "InstanceType": "t3.small", "SubnetId": network.subnet}
    answer = client("ec2").run_instances(MinCount=1, MaxCount=1, **(options | more))
    return answer["Instances"][0]


@pytest.fixture
def address(client):
    ec2 = client("ec2")
    found = ec2.allocate_address(Domain="vpc")
    yield found
    ec2.reset_address_attribute(AllocationId=found["AllocationId"], Attribute="domain-name")
    reverse_dns.forget_all()
    ec2.release_address(AllocationId=found["AllocationId"])


def test_elastic_ips_are_the_lab_s(address):
    assert ip_address("203.0.113.100") <= ip_address(address["PublicIp"]) <= ip_address("203.0.113.199")


def test_tags_of_an_elastic_ip_are_found_by_their_resource_type(client, address):
    ec2 = client("ec2")
    ec2.create_tags(Resources=[address["AllocationId"]], Tags=[{"Key": "Name", "Value": "mx1"}])
    filters = [{"Name": "resource-type", "Values": ["elastic-ip"]}]
    assert [tag["Value"] for tag in ec2.describe_tags(Filters=filters)["Tags"]] == ["mx1"]


def test_an_elastic_ip_outlives_its_instance(client, network, image, address):
    ec2 = client("ec2")
    instance = run(client, network, image)["InstanceId"]
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    ec2.terminate_instances(InstanceIds=[instance])
    [found] = ec2.describe_addresses(AllocationIds=[address["AllocationId"]])["Addresses"]
    assert "AssociationId" not in found


def test_a_ptr_waits_for_the_forward_record(client, address):
    with pytest.raises(ClientError, match="does not resolve"):
        client("ec2").modify_address_attribute(
            AllocationId=address["AllocationId"], DomainName="nobody.desk.example.com"
        )


def test_a_ptr_is_pending_and_then_done(client, address, monkeypatch):
    ec2 = client("ec2")
    now = 1000.0
    monkeypatch.setattr(reverse_dns.time, "monotonic", lambda: now)
    change(client, "UPSERT", "mx1.desk.example.com", "A", address["PublicIp"])
    wanted = {"AllocationId": address["AllocationId"], "DomainName": "mx1.desk.example.com"}
    answer = ec2.modify_address_attribute(**wanted)["Address"]
    assert answer["PtrRecordUpdate"] == {"Value": "mx1.desk.example.com.", "Status": "PENDING"}
    now += reverse_dns.PTR_DELAY_SECONDS
    [done] = ec2.describe_addresses_attribute(AllocationIds=[address["AllocationId"]])["Addresses"]
    assert done["PtrRecord"] == "mx1.desk.example.com."
    assert "PtrRecordUpdate" not in done
    with pytest.raises(ClientError, match=r"InvalidAddress\.Locked"):
        ec2.release_address(AllocationId=address["AllocationId"])


def test_an_address_without_ptr_is_left_out(client, address):
    answer = client("ec2").describe_addresses_attribute(AllocationIds=[address["AllocationId"]])
    assert answer["Addresses"] == []


def test_private_addresses_are_of_the_subnet_unique_and_not_aws_s_own(client, network, image):
    found = [ip_address(run(client, network, image)["PrivateIpAddress"]) for _ in range(3)]
    assert len(set(found)) == 3
    assert all(item in ip_network("10.20.1.0/24") and int(item) & 0xFF >= 4 for item in found)


def test_a_repeated_client_token_starts_no_second_host(client, network, image):
    first = run(client, network, image, ClientToken="once")
    assert run(client, network, image, ClientToken="once")["InstanceId"] == first["InstanceId"]


def test_an_image_for_another_architecture_is_refused(client, network, image):
    with pytest.raises(ClientError, match="does not match the architecture 'x86_64'"):
        run(client, network, image, InstanceType="t4g.small")


def test_credit_mode_is_kept_and_changed(client, network, image):
    ec2 = client("ec2")
    instance = run(client, network, image, CreditSpecification={"CpuCredits": "standard"})["InstanceId"]

    def mode():
        answer = ec2.describe_instance_credit_specifications(InstanceIds=[instance])
        return answer["InstanceCreditSpecifications"][0]["CpuCredits"]

    assert mode() == "standard"
    ec2.modify_instance_credit_specification(
        InstanceCreditSpecifications=[{"InstanceId": instance, "CpuCredits": "unlimited"}]
    )
    assert mode() == "unlimited"


def test_a_volume_says_everything(client):
    volume = client("ec2").create_volume(AvailabilityZone="eu-central-1a", Size=8, VolumeType="gp3")
    assert (volume["SnapshotId"], volume["MultiAttachEnabled"], volume["Iops"]) == ("", False, 3000)


def test_the_console_of_an_instance_that_has_printed_nothing_is_empty(client, network, image):
    instance = run(client, network, image)["InstanceId"]
    assert client("ec2").get_console_output(InstanceId=instance).get("Output", "") == ""


def test_an_existing_record_is_not_created_again(client):
    with pytest.raises(ClientError, match="already exists"):
        change(client, "CREATE", "app.example.com", "A", "10.20.2.11")


def test_a_deleted_record_may_come_back(client):
    for action in ("CREATE", "DELETE", "CREATE", "DELETE"):
        change(client, action, "again.example.com", "A", "10.20.2.12")


@pytest.mark.parametrize(
    ("kind", "value"),
    [("TXT", "v=spf1 -all"), ("A", "10.20.2.300"), ("MX", "mx1.example.com."), ("TXT", f'"{"x" * 256}"')],
)
def test_a_value_that_is_none_is_refused(client, kind, value):
    with pytest.raises(ClientError, match="InvalidChangeBatch"):
        change(client, "UPSERT", "bad.example.com", kind, value)


def test_a_split_txt_and_a_wildcard_are_taken(client):
    change(client, "UPSERT", "*.desk.example.com", "TXT", f'"{"x" * 255}" "y"')


def test_a_cname_stands_alone(client):
    with pytest.raises(ClientError, match="conflicts"):
        change(client, "CREATE", "www.example.com", "A", "10.20.2.11")


def test_two_zones_have_different_name_servers(client):
    route53 = client("route53")
    answers = [route53.create_hosted_zone(Name="other.example", CallerReference=str(i)) for i in range(2)]
    first, second = (set(answer["DelegationSet"]["NameServers"]) for answer in answers)
    assert not first & second
    for answer in answers:
        route53.delete_hosted_zone(Id=answer["HostedZone"]["Id"])
