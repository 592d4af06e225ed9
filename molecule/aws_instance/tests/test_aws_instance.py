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
    assert kept == {"/dev/sda1": True, "/dev/sdf": False}


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


def test_it_is_the_host_that_was_asked_for(ec2, instance):
    assert instance["InstanceType"] == "t4g.small"
    assert instance["Architecture"] == "arm64"
    [image] = ec2.describe_images(ImageIds=[instance["ImageId"]])["Images"]
    assert image["Name"].startswith("ubuntu/images/hvm-ssd-gp3/ubuntu-resolute-26.04-arm64-server-")
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert tags["boringmail:login-user"] == "ubuntu"


def test_a_burst_costs_nothing_as_it_was_asked_for(ec2, instance):
    described = ec2.describe_instance_credit_specifications(InstanceIds=[instance["InstanceId"]])
    [credit] = described["InstanceCreditSpecifications"]
    assert credit["CpuCredits"] == "standard"


@pytest.mark.parametrize(
    ("kind", "architecture", "fix"),
    [("t3.small", "arm64", "t4g.small"), ("c7gn.large", "amd64", "t3.small")],
)
def test_a_type_of_the_other_architecture_is_refused_with_its_fix(step, kind, architecture, fix):
    refusal = step("preflight", aws_instance_type=kind, aws_instance_architecture=architecture).refusal
    assert f"Instance type {kind} cannot run {architecture}" in refusal
    assert f"Fix: set aws_instance_type to {fix}" in refusal
