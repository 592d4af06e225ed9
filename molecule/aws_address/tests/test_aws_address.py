"""The address as EC2 describes it. Its PTR needs forward records: the whole run looks at that."""

import boto3


def test_the_host_has_one_address_of_its_own():
    ec2 = boto3.client("ec2", region_name="eu-central-1")
    domain = {"Name": "tag:boringmail:domain", "Values": ["mol-address.example.com"]}
    [address] = ec2.describe_addresses(Filters=[domain])["Addresses"]
    tags = {tag["Key"]: tag["Value"] for tag in address["Tags"]}
    assert tags["boringmail:host"] == "mx1"
    instances = ec2.describe_instances(InstanceIds=[address["InstanceId"]])["Reservations"][0]["Instances"]
    assert instances[0]["PublicIpAddress"] == address["PublicIp"]
    assert instances[0]["PrivateIpAddress"] == address["PrivateIpAddress"]


def test_the_host_is_the_default_one():
    ec2 = boto3.client("ec2", region_name="eu-central-1")
    domain = {"Name": "tag:boringmail:domain", "Values": ["mol-address.example.com"]}
    running = {"Name": "instance-state-name", "Values": ["running"]}
    [reservation] = ec2.describe_instances(Filters=[domain, running])["Reservations"]
    [instance] = reservation["Instances"]
    assert (instance["InstanceType"], instance["Architecture"]) == ("t3.small", "x86_64")
    [image] = ec2.describe_images(ImageIds=[instance["ImageId"]])["Images"]
    assert image["Name"] == "debian-13-amd64-20260901-2587", "the newest"
    credit = ec2.describe_instance_credit_specifications(InstanceIds=[instance["InstanceId"]])
    assert credit["InstanceCreditSpecifications"][0]["CpuCredits"] == "unlimited"


def test_a_wait_that_no_ptr_can_meet_is_refused(step):
    assert "Fix: set 60 or more" in step("preflight", aws_address_ptr_timeout_seconds=5).refusal
