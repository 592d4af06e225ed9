"""The network as EC2 describes it."""

import boto3
import pytest

NAME = "boringmail molecule mol-network"


@pytest.fixture(scope="module")
def ec2():
    return boto3.client("ec2", region_name="eu-central-1")


@pytest.fixture(scope="module")
def group(ec2):
    [group] = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": [NAME]}])[
        "SecurityGroups"
    ]
    return group


def test_each_port_is_open_to_whom_it_must_be_and_to_nobody_else(group):
    tcp = [rule for rule in group["IpPermissions"] if rule["IpProtocol"] == "tcp"]
    open_to = {rule["FromPort"]: {r["CidrIp"] for r in rule["IpRanges"]} for rule in tcp}
    apps = {"10.20.2.0/24", "10.99.0.0/16"}
    assert open_to == {
        25: {"0.0.0.0/0"},
        443: {"0.0.0.0/0"},
        587: apps,
        465: apps,
        22: {"203.0.113.250/32"},
    }
    assert all(rule["FromPort"] == rule["ToPort"] for rule in tcp)


def test_path_mtu_discovery_gets_through(group):
    icmp = {rule["FromPort"] for rule in group["IpPermissions"] if rule["IpProtocol"] == "icmp"}
    assert icmp == {3, 8}


def test_both_subnets_route_to_the_internet(ec2):
    [table] = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [NAME]}])["RouteTables"]
    subnets = {item["SubnetId"] for item in table["Associations"] if "SubnetId" in item}
    assert len(subnets) == 2
    default = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    assert default[0]["GatewayId"].startswith("igw-")


def test_everything_is_tagged(ec2):
    wanted = {"Name": "tag:boringmail:domain", "Values": ["mol-network.example.com"]}
    assert ec2.describe_vpcs(Filters=[wanted])["Vpcs"]
    assert len(ec2.describe_subnets(Filters=[wanted])["Subnets"]) == 2
    assert ec2.describe_internet_gateways(Filters=[wanted])["InternetGateways"]
    assert ec2.describe_route_tables(Filters=[wanted])["RouteTables"]
    assert ec2.describe_security_groups(Filters=[wanted])["SecurityGroups"]
