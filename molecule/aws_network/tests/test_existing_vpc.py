"""Building in a VPC that is there already: what it must offer, and that nothing else of it is touched."""

import boto3
import pytest

THEIRS = "molecule somebody's network"
NAME = "boringmail molecule mol-network existing"
RANGE, FREE, TAKEN = "10.30.0.0/16", "10.30.7.0/24", "10.30.1.0/24"


def tagged(kind, name):
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": name}]}]


def named(name):
    return [{"Name": "tag:Name", "Values": [name]}]


def remove(ec2):
    """Takes away every network of theirs, with what is in it."""
    for vpc in ec2.describe_vpcs(Filters=named(THEIRS))["Vpcs"]:
        within = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        attached = [{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
        for subnet in ec2.describe_subnets(Filters=within)["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        for gateway in ec2.describe_internet_gateways(Filters=attached)["InternetGateways"]:
            ec2.detach_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"], VpcId=vpc["VpcId"])
            ec2.delete_internet_gateway(InternetGatewayId=gateway["InternetGatewayId"])
        ec2.delete_vpc(VpcId=vpc["VpcId"])


@pytest.fixture(scope="module")
def ec2():
    return boto3.client("ec2", region_name="eu-central-1")


@pytest.fixture(scope="module")
def ours(step, ec2):
    """Variables of the role for a VPC of somebody, which has one subnet and no gateway yet."""
    common = {"aws_network_name": NAME, "aws_network_tags": {"boringmail:domain": "mol-existing.example.com"}}
    step("teardown", **common)  # what a run that was broken off has left
    remove(ec2)
    vpc = ec2.create_vpc(CidrBlock=RANGE, TagSpecifications=tagged("vpc", THEIRS))["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock=TAKEN, TagSpecifications=tagged("subnet", THEIRS))
    yield common | {"aws_network_existing_vpc_id": vpc, "aws_network_mail_subnet_cidr": FREE}
    step("teardown", **common)
    remove(ec2)


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"aws_network_existing_vpc_id": "vpc-0123456789abcdef0"}, ["not exist", "existing_vpc_id"]),
        ({"aws_network_mail_subnet_cidr": "10.20.1.0/24"}, [f"which has {RANGE}", "a free range of it"]),
        ({"aws_network_mail_subnet_cidr": "10.30.1.128/25"}, ["overlaps subnet-", TAKEN, "free range"]),
        ({}, ["has no internet gateway", "attach-internet-gateway"]),
    ],
    ids=["no such VPC", "elsewhere", "overlapping", "no gateway"],
)  # fmt: skip
def test_a_vpc_that_cannot_hold_the_hosts_is_refused_with_its_fix(step, ours, variables, words):
    outcome = step("preflight", **(ours | variables))
    for word in words:
        assert word in outcome.refusal
    assert outcome.changed == 0


def test_the_hosts_get_a_subnet_of_their_own_and_teardown_takes_only_that(step, ec2, ours):
    vpc = ours["aws_network_existing_vpc_id"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert step("preflight", **ours).refusal == ""
    assert step("main", **ours).refusal == ""
    again = step("main", **ours)
    assert (again.refusal, again.changed) == ("", 0)
    assert step("preflight", **ours).refusal == "", "our own subnet is in nobody's way"

    [subnet] = ec2.describe_subnets(Filters=named(f"{NAME} mail"))["Subnets"]
    assert (subnet["VpcId"], subnet["CidrBlock"]) == (vpc, FREE)
    assert ec2.describe_subnets(Filters=named(f"{NAME} app"))["Subnets"] == []
    [table] = ec2.describe_route_tables(Filters=named(NAME))["RouteTables"]
    assert {item.get("SubnetId") for item in table["Associations"]} == {subnet["SubnetId"]}
    default = [route for route in table["Routes"] if route.get("DestinationCidrBlock") == "0.0.0.0/0"]
    assert default[0]["GatewayId"] == gateway
    [group] = ec2.describe_security_groups(Filters=named(NAME))["SecurityGroups"]
    assert group["VpcId"] == vpc

    assert step("teardown", **ours).refusal == ""
    left = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    assert [each["CidrBlock"] for each in left] == [TAKEN]
    assert ec2.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"]


def test_subnets_that_do_not_fit_the_vpc_that_is_made_are_refused(step):
    refusal = step("preflight", aws_network_mail_subnet_cidr="10.20.2.0/25").refusal
    assert "must lie side by side in 10.20.0.0/16" in refusal
