"""What the data plane is told of the account."""

import base64

import pytest

from lab.api import snapshot

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAHjkIp2gAwOKOMuAdk4fsPPrnd2RjdQzcAMaqSBsXbN owner"
USER_DATA = "#!/bin/sh\necho hello\n"
TRUST = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow",'
    '"Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
)


@pytest.fixture(scope="module")
def role(client):
    iam = client("iam")
    iam.create_role(RoleName="snapshot-host", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="snapshot-host")
    iam.add_role_to_instance_profile(InstanceProfileName="snapshot-host", RoleName="snapshot-host")
    return "snapshot-host"


@pytest.fixture
def instance(client, network, image, role):
    ec2 = client("ec2")
    ec2.import_key_pair(KeyName="owner", PublicKeyMaterial=PUBLIC_KEY.encode())
    volume = {"VolumeSize": 12, "VolumeType": "gp3", "Encrypted": True}
    answer = ec2.run_instances(
        ImageId=image,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        KeyName="owner",
        SubnetId=network.subnet,
        SecurityGroupIds=[network.group],
        UserData=USER_DATA,
        IamInstanceProfile={"Name": role},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "mx1"}]}],
        BlockDeviceMappings=[
            {"DeviceName": "/dev/xvda", "Ebs": volume | {"DeleteOnTermination": True}},
            {"DeviceName": "/dev/sdf", "Ebs": volume | {"DeleteOnTermination": False}},
        ],
    )
    yield answer["Instances"][0]["InstanceId"]
    ec2.delete_key_pair(KeyName="owner")


def taken(instance_id):
    return next(item for item in snapshot.take().instances if item.instance_id == instance_id)


def test_an_instance_is_told_whole(instance, network, role):
    found = taken(instance)
    assert (found.name, found.state, found.subnet_cidr) == ("mx1", "running", "10.20.1.0/24")
    assert found.public_key.split()[:2] == PUBLIC_KEY.split()[:2]
    assert found.user_data == USER_DATA
    assert found.role_name == role
    assert network.group in found.security_group_ids
    assert found.metadata_tokens_required
    volumes = [(item.device, item.size_gib, item.delete_on_termination) for item in found.volumes]
    assert volumes == [("/dev/xvda", 12, True), ("/dev/sdf", 12, False)]


def test_a_volume_is_told_until_it_is_deleted_and_where_it_is_attached(client, instance):
    ec2 = client("ec2")
    zone = ec2.describe_subnets()["Subnets"][0]["AvailabilityZone"]
    volume = ec2.create_volume(AvailabilityZone=zone, Size=1, VolumeType="gp3")["VolumeId"]
    assert volume in snapshot.take().volume_ids
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdg")
    assert volume in [item.volume_id for item in taken(instance).volumes]
    ec2.detach_volume(VolumeId=volume)
    assert volume not in [item.volume_id for item in taken(instance).volumes]
    ec2.delete_volume(VolumeId=volume)
    assert volume not in snapshot.take().volume_ids


def test_a_terminated_instance_leaves_the_volume_that_is_to_be_kept(client, instance):
    root, queue = (item.volume_id for item in taken(instance).volumes)
    client("ec2").terminate_instances(InstanceIds=[instance])
    assert root not in snapshot.take().volume_ids
    assert queue in snapshot.take().volume_ids
    client("ec2").delete_volume(VolumeId=queue)


def test_reboots_are_counted(client, instance):
    assert taken(instance).reboots == 0
    client("ec2").reboot_instances(InstanceIds=[instance])
    assert taken(instance).reboots == 1


def test_a_terminated_instance_is_told_as_such(client, instance):
    client("ec2").terminate_instances(InstanceIds=[instance])
    assert taken(instance).state == "terminated"


def test_user_data_may_be_anything(client, network, image):
    blob = base64.b64encode(bytes(range(256))).decode()
    answer = client("ec2").run_instances(
        ImageId=image,
        InstanceType="t3.small",
        MinCount=1,
        MaxCount=1,
        SubnetId=network.subnet,
        UserData=blob,
    )
    assert taken(answer["Instances"][0]["InstanceId"]).user_data == blob


def test_an_elastic_ip_names_the_address_behind_it(client, instance):
    ec2 = client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=address["AllocationId"], InstanceId=instance)
    found = {item.public_ip: item for item in snapshot.take().elastic_ips}[address["PublicIp"]]
    assert found.private_ip == taken(instance).private_ip
    assert found.ptr is None
    ec2.release_address(AllocationId=address["AllocationId"])


def test_rules_name_cidrs_and_groups(client, network):
    ec2 = client("ec2")
    tcp = {"IpProtocol": "tcp", "FromPort": 587, "ToPort": 587}
    ec2.authorize_security_group_ingress(
        GroupId=network.group,
        IpPermissions=[
            tcp | {"IpRanges": [{"CidrIp": "10.20.2.0/24"}, {"CidrIp": "10.20.3.0/24"}]},
            tcp | {"UserIdGroupPairs": [{"GroupId": network.group}]},
        ],
    )
    rules = [item for item in snapshot.take().rules if item.group_id == network.group]
    assert {rule.cidrs for rule in rules if rule.direction == "ingress"} == {
        ("10.20.2.0/24",),
        ("10.20.3.0/24",),
        (),
    }
    assert [rule.source_group_ids for rule in rules if rule.source_group_ids] == [(network.group,)]
    assert [rule.protocol for rule in rules if rule.direction == "egress"] == ["-1"]


def test_a_zone_can_be_there_without_delegation(client):
    route53 = client("route53")
    zone = route53.create_hosted_zone(
        Name="orphan.example", CallerReference="1", HostedZoneConfig={"Comment": "not delegated"}
    )["HostedZone"]["Id"]
    delegated = {item.name: item.delegated for item in snapshot.take().zones}
    assert delegated["orphan.example."] is False
    assert delegated["example.com."] is True
    route53.delete_hosted_zone(Id=zone)
