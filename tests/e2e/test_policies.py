"""The shipped IAM policies grant what the playbooks and the instance use: all of it and nothing else."""

import json

from lab import paths
from lab.drive import aws
from tests.e2e.apicalls import granted, unmatched, unused, used_by_instances, used_by_owner

OWNER_POLICY = paths.CHECKOUT / "docs/iam/owner-policy.json"
PLAYBOOKS = {"site.yml", "provision.yml", "teardown.yml"}

# Rights that AWS asks for although no API call bears their name: the call log cannot show them.
IMPLIED_FOR_OWNER = {
    "iam:PassRole",  # RunInstances with an instance profile
    "ec2:CreateTags",  # every ec2 call that tags what it makes
    "ssm:AddTagsToResource",  # PutParameter with tags
    "iam:TagRole",  # CreateRole with tags
    "iam:TagInstanceProfile",  # CreateInstanceProfile with tags
    "kms:Encrypt",  # PutParameter of a SecureString
    "kms:GenerateDataKey",  # the same, advanced parameters
}
# Used only when something was changed by hand, when the owner narrows a network, or when a host is
# made again beside its kept volume: no ordinary run shows them.
CORRECTING = {
    "ec2:AttachVolume",
    "ec2:AuthorizeSecurityGroupEgress",
    "ec2:DisassociateAddress",
    "ec2:ModifyInstanceAttribute",
    "ec2:ReplaceRoute",
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:StartInstances",
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
}
# Rights for what a first build, a second run and a teardown do not meet.
FOR_CORRECTIONS = {
    "ec2:AttachVolume",  # a kept queue volume goes to the next host
    "ec2:AuthorizeSecurityGroupEgress",  # rules that somebody changed by hand
    "ec2:RevokeSecurityGroupEgress",
    "ec2:RevokeSecurityGroupIngress",
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress",
    "ec2:ReplaceRoute",  # a route that leads elsewhere
    "ec2:StartInstances",  # a host that was stopped
    "ec2:DisassociateAddress",  # teardown_release=addresses
    "ec2:ReleaseAddress",
    "ec2:ResetAddressAttribute",
}
# Needs no right (AWS: "no permissions are required to perform this operation").
FREE = {"sts:GetCallerIdentity"}
# GetParametersByPath with decryption: SSM asks KMS on the instance's behalf.
IMPLIED_FOR_INSTANCE = {"kms:Decrypt"}


def instance_policies():
    """The inline policies of the roles that the instances of this account have."""
    client = aws.iam()
    found = []
    for role in client.list_roles()["Roles"]:
        if role["RoleName"].startswith("boringmail"):
            for name in client.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
                document = client.get_role_policy(RoleName=role["RoleName"], PolicyName=name)[
                    "PolicyDocument"
                ]
                found.append(json.loads(document) if isinstance(document, str) else document)
    return found


def test_the_owners_policy_grants_all_that_the_playbooks_use(built):
    policy = granted(json.loads(OWNER_POLICY.read_text()))
    assert unmatched(used_by_owner(PLAYBOOKS) - FREE, policy) == set()


def test_the_owners_policy_grants_nothing_that_is_never_used(built):
    policy = granted(json.loads(OWNER_POLICY.read_text()))
    assert unused(policy, used_by_owner(PLAYBOOKS)) - IMPLIED_FOR_OWNER - CORRECTING == set()


def test_the_instances_policy_grants_what_it_uses_and_nothing_else(built):
    policies = instance_policies()
    assert policies
    policy = set().union(*(granted(document) for document in policies))
    assert unmatched(used_by_instances() - FREE, policy) == set()
    assert unused(policy, used_by_instances()) - IMPLIED_FOR_INSTANCE == set()
