"""Credentials: who is let in, who is refused and in which words, and what the call log says of them."""

import json

import pytest
from botocore.exceptions import ClientError

ROLE_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
CALLS = {
    "ec2": "describe_vpcs",
    "sts": "get_caller_identity",
    "ssm": "describe_parameters",
    "route53": "list_hosted_zones",
}


def last_call(api):
    return json.loads(api.log.read_text().splitlines()[-1])


@pytest.mark.parametrize(
    ("service", "code"),
    [
        ("ec2", "AuthFailure"),
        ("sts", "InvalidClientTokenId"),
        ("ssm", "UnrecognizedClientException"),
        ("route53", "InvalidClientTokenId"),
    ],
)
def test_an_unknown_key_is_refused_in_the_service_s_own_words(client, service, code):
    with pytest.raises(ClientError) as refusal:
        getattr(client(service, key_id="AKIANOBODYKNOWSTHIS0"), CALLS[service])()
    assert refusal.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(
    ("service", "code"),
    [("ec2", "AuthFailure"), ("sts", "SignatureDoesNotMatch"), ("ssm", "InvalidSignatureException")],
)
def test_a_wrong_secret_is_refused(client, api, service, code):
    with pytest.raises(ClientError) as refusal:
        getattr(client(service, secret="wrong"), CALLS[service])()
    assert refusal.value.response["Error"]["Code"] == code
    assert last_call(api)["principal"] == "unknown"


@pytest.mark.parametrize("service", CALLS)
def test_the_owner_is_let_in_and_logged(client, api, service):
    getattr(client(service), CALLS[service])()
    line = last_call(api)
    assert (line["principal"], line["service"], line["status"]) == ("owner", service, 200)
    assert line["action"].lower() == CALLS[service].replace("_", "")


def test_the_owner_is_a_user_of_the_account(client):
    arn = client("sts").get_caller_identity()["Arn"]
    assert arn == "arn:aws:iam::123456789012:user/owner"


def test_a_role_is_logged_by_its_name_and_its_token_is_needed(client, api):
    client("iam").create_role(RoleName="mail-host", AssumeRolePolicyDocument=ROLE_TRUST)
    found = client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/mail-host", RoleSessionName="i-1"
    )["Credentials"]
    key = {"key_id": found["AccessKeyId"], "secret": found["SecretAccessKey"]}
    client("ssm", **key, token=found["SessionToken"]).describe_parameters()
    assert last_call(api)["principal"] == "role/mail-host"
    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        client("ssm", **key, token="another").describe_parameters()


def test_no_secret_reaches_the_call_log(client, api):
    client("ssm").put_parameter(Name="/boringmail/a/b", Value="planted-secret", Type="SecureString")
    assert last_call(api)["resource"] == "/boringmail/a/b"
    assert "planted-secret" not in api.log.read_text()


def test_rest_calls_are_named_too(client, api):
    zone = client("route53").list_hosted_zones()["HostedZones"][0]["Id"].rpartition("/")[2]
    client("route53").list_resource_record_sets(HostedZoneId=zone)
    line = last_call(api)
    assert (line["action"], line["resource"]) == ("ListResourceRecordSets", zone)
