"""The instance's policy grants what the instance uses, and nothing else."""

import json

from lab.drive import aws
from tests.e2e.apicalls import FREE, granted, unmatched, unused, used_by_instances

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


def test_the_instances_policy_grants_what_it_uses_and_nothing_else(built):
    policies = instance_policies()
    assert policies
    policy = set().union(*(granted(document) for document in policies))
    assert unmatched(used_by_instances() - FREE, policy) == set()
    assert unused(policy, used_by_instances()) - IMPLIED_FOR_INSTANCE == set()
