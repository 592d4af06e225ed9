"""The host as EC2 describes it."""

import boto3
import pytest

DOMAIN = {"Name": "tag:boringmail:domain", "Values": ["mol-instance.example.com"]}


@pytest.fixture(scope="module")
def ec2():
    return boto3.client("ec2", region_name="eu-central-1")


@pytest.fixture(scope="module")
def instance(ec2):
    running = {"Name": "instance-state-name", "Values": ["running"]}
    [reservation] = ec2.describe_instances(Filters=[DOMAIN, running])["Reservations"]
    [instance] = reservation["Instances"]
    return instance


def test_metadata_needs_a_session_token_and_stays_on_the_host(instance):
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert instance["MetadataOptions"]["HttpPutResponseHopLimit"] == 1


def test_the_queue_volume_outlives_the_host_and_the_root_does_not(instance):
    kept = {
        mapping["DeviceName"]: mapping["Ebs"]["DeleteOnTermination"]
        for mapping in instance["BlockDeviceMappings"]
    }
    assert kept == {"/dev/xvda": True, "/dev/sdf": False}


def test_every_volume_is_encrypted_gp3_and_tagged(ec2):
    volumes = ec2.describe_volumes(Filters=[DOMAIN])["Volumes"]
    assert len(volumes) == 2
    assert {(volume["Encrypted"], volume["VolumeType"]) for volume in volumes} == {(True, "gp3")}


def test_it_is_protected_and_may_act_as_its_role_only(ec2, instance):
    protection = ec2.describe_instance_attribute(
        InstanceId=instance["InstanceId"], Attribute="disableApiTermination"
    )
    assert protection["DisableApiTermination"]["Value"] is True
    assert instance["IamInstanceProfile"]["Arn"].endswith("/boringmail-mol-instance.example.com")
