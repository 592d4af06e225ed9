"""The secrets as the Parameter Store holds them."""

import base64

import boto3
import pytest
from cryptography.hazmat.primitives import serialization

PREFIX = "/boringmail/mol-secrets.example.com"


@pytest.fixture(scope="module")
def parameters():
    ssm = boto3.client("ssm", region_name="eu-central-1")
    found = ssm.get_parameters_by_path(Path=PREFIX, Recursive=True, WithDecryption=True)["Parameters"]
    return {parameter["Name"].removeprefix(PREFIX): parameter for parameter in found}


@pytest.fixture(scope="module")
def descriptions():
    pages = boto3.client("ssm", region_name="eu-central-1").get_paginator("describe_parameters").paginate()
    found = [parameter for page in pages for parameter in page["Parameters"]]
    return {parameter["Name"].removeprefix(PREFIX): parameter.get("Description") for parameter in found}


def test_every_secret_is_encrypted_at_rest(parameters):
    assert set(parameters) == {"/submission/app/password", "/inbound/webhook-key", "/dkim/mol1"}
    assert {parameter["Type"] for parameter in parameters.values()} == {"SecureString"}


def test_the_webhook_key_is_one_of_standard_webhooks(parameters):
    value = parameters["/inbound/webhook-key"]["Value"]
    assert value.startswith("whsec_")
    assert len(base64.b64decode(value.removeprefix("whsec_"), validate=True)) == 32


def test_the_dkim_key_is_described_by_its_public_half(parameters, descriptions):
    key = serialization.load_pem_private_key(parameters["/dkim/mol1"]["Value"].encode(), password=None)
    told = base64.b64decode(descriptions["/dkim/mol1"].partition("p=")[2], validate=True)
    assert key.key_size == 2048
    assert serialization.load_der_public_key(told) == key.public_key()


def test_a_second_run_made_no_new_version(parameters):
    assert {parameter["Version"] for parameter in parameters.values()} == {1}


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"aws_secrets_prefix": "/aws/mail"}, "does not begin with /aws or /ssm"),
        ({"aws_secrets_prefix": "boringmail/mail"}, "must be a path as"),
        ({"aws_secrets_parameters": [{"path": "/a", "kind": "password"}]}, "without a slash at its ends"),
        ({"aws_secrets_parameters": [
            {"path": "a/b", "kind": "password"}, {"path": "a-b", "kind": "password"}]}, "Fix: rename one"),
        ({"aws_secrets_dkim_selector": "bm_1"}, "dkim_selector (bm_1)"),
        ({"aws_secrets_dkim_retired_selectors": ["mol1"]}, "the selector in use cannot be retired"),
    ],
)  # fmt: skip
def test_names_that_cannot_work_stop_the_run(step, variables, words):
    assert words in step("preflight", **variables).refusal


def names():
    ssm = boto3.client("ssm", region_name="eu-central-1")
    found = ssm.get_parameters_by_path(Path=f"{OTHER}", Recursive=True)["Parameters"]
    return {parameter["Name"].removeprefix(OTHER) for parameter in found}


OTHER = "/boringmail/mol-rotated.example.com"


def test_a_key_stays_beside_the_next_until_it_is_retired_and_goes_with_the_secrets(step):
    own = {"aws_secrets_prefix": OTHER, "aws_secrets_parameters": []}
    for selector in ("bm1", "bm2", "bm3"):
        assert step("main", **own, aws_secrets_dkim_selector=selector).changed == 1
    assert names() == {"/dkim/bm1", "/dkim/bm2", "/dkim/bm3"}
    own |= {"aws_secrets_dkim_selector": "bm3"}
    assert step("main", **own, aws_secrets_dkim_retired_selectors=["bm1"]).changed == 1
    assert names() == {"/dkim/bm2", "/dkim/bm3"}
    assert step("teardown", **own).refusal == ""
    assert names() == set()
