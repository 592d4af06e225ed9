"""The metadata service: who gets what, and that version 1 is refused where tokens are required."""

import json
from dataclasses import replace

import pytest
from werkzeug.test import Client

from lab.plane import imds
from lab.plane.imds import MetadataService, RoleCredentials
from lab.plane.state import ElasticIp, Instance, Snapshot

HOST = Instance(
    "i-1", "mx1", "running", "t3.small", "ami-1", "10.20.1.4", "10.20.1.0/24", "ssh-ed25519 AAAA owner",
    "#!/bin/sh\n", (), (), "mail-host", "eu-central-1a", metadata_tokens_required=True,
)  # fmt: skip
OTHER = replace(
    HOST, instance_id="i-2", private_ip="10.20.1.5", metadata_tokens_required=False, public_key=""
)
SNAPSHOT = Snapshot(
    instances=(replace(HOST, instance_id="i-0", state="terminated"), HOST, OTHER),
    elastic_ips=(ElasticIp("203.0.113.100", "10.20.1.4", None),),
)
TOKEN_PATH = "/latest/api/token"
TTL = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}


def issue(instance):
    return RoleCredentials("ASIA1", f"secret of {instance.instance_id}", "session", "2030-01-01T00:00:00Z")


@pytest.fixture
def ask():
    client = Client(MetadataService(lambda: SNAPSHOT, issue, "123456789012"))

    def ask(path, address="10.20.1.4", method="GET", **headers):
        return client.open(path, method=method, headers=headers, environ_base={"REMOTE_ADDR": address})

    return ask


@pytest.fixture
def token(ask):
    return ask(TOKEN_PATH, method="PUT", **TTL).text


@pytest.fixture
def get(ask, token):
    return lambda path: ask(f"/latest/{path}", **{"X-aws-ec2-metadata-token": token})


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("meta-data/instance-id", "i-1"),
        ("meta-data/local-ipv4", "10.20.1.4"),
        ("meta-data/public-ipv4", "203.0.113.100"),
        ("meta-data/hostname", "ip-10-20-1-4.eu-central-1.compute.internal"),
        ("meta-data/placement/region", "eu-central-1"),
        ("meta-data/placement/availability-zone", "eu-central-1a"),
        ("meta-data/placement/", "availability-zone\nregion"),
        ("meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA owner"),
        ("meta-data/iam/security-credentials/", "mail-host"),
        ("user-data", "#!/bin/sh\n"),
    ],
)
def test_metadata(get, path, text):
    answer = get(path)
    assert (answer.status_code, answer.text) == (200, text)


def test_credentials_and_identity_are_the_instance_s(get):
    credentials = json.loads(get("meta-data/iam/security-credentials/mail-host").text)
    assert credentials["SecretAccessKey"] == "secret of i-1"
    assert credentials["Code"] == "Success"
    document = json.loads(get("dynamic/instance-identity/document").text)
    assert (document["instanceId"], document["region"]) == ("i-1", "eu-central-1")


@pytest.mark.parametrize("path", ["meta-data/nothing", "meta-dataX", "nothing", ""])
def test_what_is_not_there(get, path):
    assert get(path).status_code == 404


def test_without_a_token_there_is_nothing_where_one_is_required(ask):
    assert ask("/latest/meta-data/instance-id").status_code == 401
    assert ask("/latest/meta-data/instance-id", address="10.20.1.5").text == "i-2"


def test_a_token_is_one_instance_s_own(ask, token):
    headers = {"X-aws-ec2-metadata-token": token}
    assert ask("/latest/meta-data/instance-id", address="10.20.1.5", **headers).status_code == 401


def test_a_token_ends(ask, token, monkeypatch):
    later = imds.time.monotonic() + 61
    monkeypatch.setattr(imds.time, "monotonic", lambda: later)
    assert ask("/latest/meta-data/", **{"X-aws-ec2-metadata-token": token}).status_code == 401


@pytest.mark.parametrize("ttl", ["", "0", "21601", "x"])
def test_a_token_needs_a_time_to_live(ask, ttl):
    headers = {"X-aws-ec2-metadata-token-ttl-seconds": ttl}
    assert ask(TOKEN_PATH, method="PUT", **headers).status_code == 400


def test_a_proxy_gets_no_token(ask):
    assert ask(TOKEN_PATH, method="PUT", **TTL, **{"X-Forwarded-For": "192.0.2.1"}).status_code == 403


def test_a_stranger_gets_nothing(ask):
    assert ask(TOKEN_PATH, address="10.20.9.10", method="PUT", **TTL).status_code == 404
