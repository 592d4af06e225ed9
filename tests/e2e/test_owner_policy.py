"""The owner policy grants what the playbooks use, from a first build to a full teardown, and nothing else."""

import json

from lab import paths
from tests.e2e.apicalls import FREE, granted, unmatched, unused, used_by_owner

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


def test_the_owners_policy_grants_all_that_the_playbooks_use():
    policy = granted(json.loads(OWNER_POLICY.read_text()))
    assert unmatched(used_by_owner(PLAYBOOKS) - FREE, policy) == set()


def test_the_owners_policy_grants_nothing_that_is_never_used():
    policy = granted(json.loads(OWNER_POLICY.read_text()))
    assert unused(policy, used_by_owner(PLAYBOOKS)) - IMPLIED_FOR_OWNER - CORRECTING == set()
