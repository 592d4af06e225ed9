"""The instance's policy grants what the instance uses, and nothing else."""

import json
import re

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


# Certbot's log holds what its plug-in asked of Route 53, word for word.
CHANGE = re.compile(
    r"hostedzone/(?P<zone>\w+)/rrset/.*<Action>(?P<action>\w+)</Action>"
    r".*<Name>(?P<name>[^<]+)</Name><Type>(?P<type>\w+)</Type>"
)
KEYS = "route53:ChangeResourceRecordSets"


def test_the_records_that_it_may_write_are_those_that_prove_its_names(host):
    log = host.shell("cat /var/log/letsencrypt/*.log*")
    lines = [line for line in log.splitlines() if "Making request for OperationModel(name=Change" in line]
    written = [found.groupdict() for line in lines if (found := CHANGE.search(line))]
    assert len(written) == len(lines) > 0
    (statement,) = (
        statement
        for document in instance_policies()
        for statement in document["Statement"]
        if statement["Action"] == KEYS
    )
    allowed = statement["Condition"]["ForAllValues:StringEquals"]
    assert {entry["zone"] for entry in written} == {statement["Resource"].rpartition("/")[2]}
    assert {entry["name"] for entry in written} == set(allowed[f"{KEYS}NormalizedRecordNames"])
    assert {entry["type"] for entry in written} == set(allowed[f"{KEYS}RecordTypes"])
    assert {entry["action"] for entry in written} == set(allowed[f"{KEYS}Actions"])
