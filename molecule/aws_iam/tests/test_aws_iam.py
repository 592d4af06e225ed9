"""The rights of a mail host as IAM describes them."""

import boto3
import pytest

NAME = "boringmail-mol-iam.example.com"


@pytest.fixture(scope="module")
def iam():
    return boto3.client("iam")


def test_a_host_may_read_its_own_secrets_and_nothing_else(iam):
    [name] = iam.list_role_policies(RoleName=NAME)["PolicyNames"]
    assert iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"] == []
    statements = iam.get_role_policy(RoleName=NAME, PolicyName=name)["PolicyDocument"]["Statement"]
    assert {statement["Action"] for statement in statements} == {"ssm:GetParametersByPath", "kms:Decrypt"}
    read, decrypt = statements
    assert all("/boringmail/mol-iam.example.com" in resource for resource in read["Resource"])
    context = decrypt["Condition"]["StringLike"]["kms:EncryptionContext:PARAMETER_ARN"]
    assert context.endswith(":parameter/boringmail/mol-iam.example.com/*")
    assert decrypt["Condition"]["StringEquals"]["kms:ViaService"] == "ssm.eu-central-1.amazonaws.com"


def test_the_profile_holds_the_role_and_both_are_tagged(iam):
    profile = iam.get_instance_profile(InstanceProfileName=NAME)["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == [NAME]
    tag = {"Key": "boringmail:domain", "Value": "mol-iam.example.com"}
    assert tag in profile["Tags"]
    assert tag in iam.get_role(RoleName=NAME)["Role"]["Tags"]


def test_only_ec2_may_take_the_role(iam):
    trust = iam.get_role(RoleName=NAME)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert [statement["Principal"] for statement in trust] == [{"Service": "ec2.amazonaws.com"}]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"aws_iam_role_name": f"boringmail-{'long.' * 11}example"}, "shorter mail_domain"),
        ({"aws_iam_account_id": "12345"}, "twelve digits"),
        (
            {"aws_iam_parameter_prefix": "/boringmail/mail.example.com/"},
            "must begin with a slash and end without",
        ),
    ],
)
def test_what_iam_would_refuse_or_misunderstand_stops_the_run(step, variables, words):
    assert words in step("preflight", **variables).refusal
