"""A teardown that is told to release everything leaves nothing of ours in the account."""

import pytest

from lab.demo.playbook import must_succeed, play
from lab.drive import aws


@pytest.mark.timeout(300)
def test_what_is_named_is_released_too(host, values):
    domain = values["mail_domain"]
    ours = [{"Name": "tag:boringmail:domain", "Values": [domain]}]
    ec2 = aws.ec2()
    assert ec2.describe_addresses(Filters=ours)["Addresses"]
    assert ec2.describe_volumes(Filters=ours)["Volumes"]

    release = "teardown_release=addresses,volumes,secrets"
    must_succeed(play("teardown.yml", "-e", f"teardown_confirm={domain}", "-e", release))

    assert ec2.describe_addresses(Filters=ours)["Addresses"] == []
    assert ec2.describe_volumes(Filters=ours)["Volumes"] == []
    assert ec2.describe_vpcs(Filters=ours)["Vpcs"] == []
    left = aws.ssm().get_parameters_by_path(Path=f"/boringmail/{domain}", Recursive=True)
    assert left["Parameters"] == []
