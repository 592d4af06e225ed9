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
