"""The owner's view of the local AWS: clients with the lab's credentials, and a look-up or two."""

import os
import shlex

import boto3
from mypy_boto3_ec2 import EC2Client
from mypy_boto3_iam import IAMClient
from mypy_boto3_route53 import Route53Client
from mypy_boto3_ssm import SSMClient

from lab import paths


def environment() -> dict[str, str]:
    """The lab's environment, as `.lab/env` exports it."""
    lines = (line.removeprefix("export ") for line in paths.ENV.read_text().splitlines())
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def _session() -> boto3.Session:
    # The endpoint has no parameter in a session: botocore reads it from the environment alone.
    os.environ.update(environment())
    return boto3.Session()


def ec2() -> EC2Client:
    """The EC2 client."""
    return _session().client("ec2")


def iam() -> IAMClient:
    """The IAM client."""
    return _session().client("iam")


def route53() -> Route53Client:
    """The Route 53 client."""
    return _session().client("route53")


def ssm() -> SSMClient:
    """The SSM client."""
    return _session().client("ssm")


def parameter(name: str) -> str:
    """The decrypted value of an SSM parameter."""
    return ssm().get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
