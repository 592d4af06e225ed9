"""The secrets as the Parameter Store holds them."""

import base64

import boto3
import pytest

PREFIX = "/boringmail/mol-secrets.example.com"


@pytest.fixture(scope="module")
def parameters():
    ssm = boto3.client("ssm", region_name="eu-central-1")
    found = ssm.get_parameters_by_path(Path=PREFIX, Recursive=True, WithDecryption=True)["Parameters"]
    return {parameter["Name"].removeprefix(PREFIX): parameter for parameter in found}


def test_every_secret_is_encrypted_at_rest(parameters):
    assert set(parameters) == {"/submission/app/password", "/inbound/webhook-key"}
    assert {parameter["Type"] for parameter in parameters.values()} == {"SecureString"}


def test_the_webhook_key_is_one_of_standard_webhooks(parameters):
    value = parameters["/inbound/webhook-key"]["Value"]
    assert value.startswith("whsec_")
    assert len(base64.b64decode(value.removeprefix("whsec_"), validate=True)) == 32


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
    ],
)  # fmt: skip
def test_names_that_cannot_work_stop_the_run(step, variables, words):
    assert words in step("preflight", **variables).refusal
