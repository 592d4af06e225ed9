"""The data plane follows each change, and its failure is the caller's to hear."""

import boto3
import pytest
from botocore.exceptions import ClientError

from lab.api.gateway import Follower
from lab.plane.reconcile import DataPlaneError

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@pytest.fixture
def failing(api, monkeypatch):
    def fail(_anew):
        raise DataPlaneError("apply_dns: no such container <bmlab-internet>")

    monkeypatch.setattr(api.gateway, "_reconcile", fail)


@pytest.mark.usefixtures("failing")
@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("ec2", "create_vpc", {"CidrBlock": "10.20.0.0/16"}),
        ("route53", "create_hosted_zone", {"Name": "new.example", "CallerReference": "1"}),
        ("ssm", "put_parameter", {"Name": "/a", "Value": "b", "Type": "String"}),
    ],
)
def test_a_failing_data_plane_fails_the_call(client, service, call, arguments):
    with pytest.raises(ClientError, match="no such container <bmlab-internet>") as failure:
        getattr(client(service), call)(**arguments)
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500


def test_another_region_is_refused_rather_than_left_without_a_data_plane(api):
    elsewhere = boto3.client(
        "ec2", "eu-west-1", endpoint_url=api.url, aws_access_key_id=KEY_ID, aws_secret_access_key=SECRET
    )
    with pytest.raises(ClientError, match="set eu-central-1"):
        elsewhere.create_vpc(CidrBlock="10.20.0.0/16")


@pytest.mark.usefixtures("failing")
def test_reading_needs_no_data_plane(client):
    client("ec2").describe_vpcs()


def test_nothing_is_applied_twice(api):
    applied = []
    follower = Follower(lambda: None, applied.append)
    follower.follow()
    follower.follow()
    assert len(applied) == 1
    follower.follow(anew=True)
    assert len(applied) == 2


def test_what_failed_is_applied_again(api):
    answers = [RuntimeError("once"), None]

    def apply(_snapshot):
        answer = answers.pop(0)
        if answer:
            raise answer

    follower = Follower(lambda: None, apply)
    with pytest.raises(RuntimeError):
        follower.follow()
    follower.follow()
    assert not answers
