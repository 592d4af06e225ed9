"""The API without a data plane, served on a port of its own; one process, so one account for all tests."""

import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from werkzeug.serving import make_server

from lab.api.account import OwnerKey
from lab.api.gateway import build_gateway

KEY_ID = "AKIAIOSFODNN7EXAMPLE"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
REGION = "eu-central-1"


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Serve the API; `.url`, `.log` (the call log) and `.gateway`."""
    log = Path(tmp_path_factory.mktemp("api"), "log", "api-calls.jsonl")
    gateway = build_gateway(OwnerKey(KEY_ID, SECRET), log, data_plane=False)
    server = make_server("127.0.0.1", 0, gateway, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(url=f"http://127.0.0.1:{server.server_port}", log=log, gateway=gateway)
    server.shutdown()
    thread.join(5)


@pytest.fixture(scope="session")
def client(api: SimpleNamespace) -> Callable[..., Any]:
    """Return a maker of boto3 clients: `client("ec2")`, or with other credentials."""

    @cache
    def make(service: str, key_id: str = KEY_ID, secret: str = SECRET, token: str | None = None) -> Any:
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=api.url,
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=Config(retries={"total_max_attempts": 1}),
        )

    return make


@pytest.fixture
def network(client: Callable[..., Any]) -> Iterator[SimpleNamespace]:
    """Make a VPC with one subnet and a security group."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.20.1.0/24")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="mail", Description="mail", VpcId=vpc)["GroupId"]
    yield SimpleNamespace(vpc=vpc, subnet=subnet, group=group)
    reservations = ec2.describe_instances(Filters=[{"Name": "subnet-id", "Values": [subnet]}])["Reservations"]
    ids = [item["InstanceId"] for entry in reservations for item in entry["Instances"]]
    if ids:
        ec2.terminate_instances(InstanceIds=ids)


@pytest.fixture
def image(client: Callable[..., Any]) -> str:
    """Return the newest Debian 13 image for amd64."""
    images = client("ec2").describe_images(
        Owners=["136693071363"], Filters=[{"Name": "name", "Values": ["debian-13-amd64-*"]}]
    )["Images"]
    return str(max(images, key=lambda found: found["CreationDate"])["ImageId"])
