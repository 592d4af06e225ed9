"""The rights of a mail host as IAM describes them."""

import boto3
import pytest

NAME = "boringmail-mol-iam.example.com"


@pytest.fixture(scope="module")
def iam():
    return boto3.client("iam")


@pytest.fixture(scope="module")
def statements(iam):
    """The statements of the role's one policy, by action."""
    [name] = iam.list_role_policies(RoleName=NAME)["PolicyNames"]
    assert iam.list_attached_role_policies(RoleName=NAME)["AttachedPolicies"] == []
    document = iam.get_role_policy(RoleName=NAME, PolicyName=name)["PolicyDocument"]
    return {statement["Action"]: statement for statement in document["Statement"]}


def test_a_host_may_read_its_secrets_and_prove_its_names_and_nothing_else(statements):
    assert set(statements) == {
        "ssm:GetParametersByPath",
        "kms:Decrypt",
        "route53:ListHostedZones",
        "route53:ChangeResourceRecordSets",
        "route53:GetChange",
    }


def test_a_host_may_read_its_own_secrets_alone(statements):
    read, decrypt = statements["ssm:GetParametersByPath"], statements["kms:Decrypt"]
    assert all("/boringmail/mol-iam.example.com" in resource for resource in read["Resource"])
    context = decrypt["Condition"]["StringLike"]["kms:EncryptionContext:PARAMETER_ARN"]
    assert context.endswith(":parameter/boringmail/mol-iam.example.com/*")
    assert decrypt["Condition"]["StringEquals"]["kms:ViaService"] == "ssm.eu-central-1.amazonaws.com"


def test_a_host_may_write_the_challenges_of_its_names_in_its_zone_alone(statements):
    write = statements["route53:ChangeResourceRecordSets"]
    assert write["Resource"] == "arn:aws:route53:::hostedzone/Z0123456789MOLIAM"
    assert write["Condition"] == {
        "ForAllValues:StringEquals": {
            "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
                "_acme-challenge.mx1.mol-iam.example.com",
                "_acme-challenge.submit.mol-iam.example.com",
            ],
            "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"],
            "route53:ChangeResourceRecordSetsActions": ["UPSERT", "DELETE"],
        }
    }


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
        ({"aws_iam_certificate_names": ["MX1.example.com."]}, "full host names in lower case"),
        ({"aws_iam_zone_id": "/hostedzone/Z0123456789"}, "without /hostedzone/"),
    ],
)
def test_what_iam_would_refuse_or_misunderstand_stops_the_run(step, variables, words):
    assert words in step("preflight", **variables).refusal


def test_a_host_whose_certificate_is_its_own_may_write_no_record(step, iam):
    variables = {"aws_iam_role_name": f"{NAME}-plain", "aws_iam_certificate_names": []}
    step("main", **variables)
    try:
        [name] = iam.list_role_policies(RoleName=f"{NAME}-plain")["PolicyNames"]
        document = iam.get_role_policy(RoleName=f"{NAME}-plain", PolicyName=name)["PolicyDocument"]
        actions = {statement["Action"] for statement in document["Statement"]}
        assert actions == {"ssm:GetParametersByPath", "kms:Decrypt"}
    finally:
        step("teardown", **variables)
