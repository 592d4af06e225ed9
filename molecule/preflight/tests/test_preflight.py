"""What the role says when something is wrong, and that the other roles' checks come before all work."""

import boto3
import pytest

DOMAIN = "mol-preflight.example.com"
CHECKS = [
    "aws_network : preflight | Require subnets that fit the VPC",
    "aws_iam : preflight | Require a name that IAM takes",
    "aws_secrets : preflight | Require names that the Parameter Store takes",
    "aws_instance : preflight | Require a type of the architecture",
    "aws_address : preflight | Require the patience that a PTR takes",
    "aws_dns : foreign | Require that no record of somebody else is in the way",
    "aws_dns : masks | Require that the wildcard MX reaches every name",
]


@pytest.fixture
def changed(scenario_vars):
    """The settings of the scenario with some of them changed."""
    return lambda **settings: scenario_vars["preflight_settings"] | settings


@pytest.fixture
def undelegated():
    """A hosted zone that nobody points to."""
    route53 = boto3.client("route53")

    def remove():
        for zone in route53.list_hosted_zones()["HostedZones"]:
            if zone["Name"] == f"{DOMAIN}.":
                route53.delete_hosted_zone(Id=zone["Id"])

    remove()  # what a run that was broken off has left
    comment = {"Comment": "not delegated", "PrivateZone": False}
    made = route53.create_hosted_zone(Name=DOMAIN, CallerReference=DOMAIN, HostedZoneConfig=comment)
    yield made["DelegationSet"]["NameServers"]
    remove()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"app_inbound_url": "CHANGE_ME", "admin_cidrs": []}, ["app_inbound_url still", "admin_cidrs is"]),
        ({"mail_dns_zone": "net", "mail_domain": "x.net"}, ["mail_dns_zone 'net' is not"]),
        ({"mail_dns_zone": DOMAIN}, ["0 public hosted zones", "example.com.", "Fix: correct mail_dns_zone"]),
        ({"aws_region": "eu-west-1"}, ["aws_ec2.yml looks in regions", "Fix: regions: [eu-west-1]"]),
    ],
)  # fmt: skip
def test_it_stops_and_names_the_fix(step, changed, settings, words):
    refusal = step("main", preflight_settings=changed(**settings)).refusal
    for word in words:
        assert word in refusal


def test_it_stops_at_a_zone_that_the_world_is_not_sent_to(step, changed, undelegated):
    refusal = step("main", preflight_settings=changed(mail_dns_zone=DOMAIN)).refusal
    assert f"The delegation of {DOMAIN} is not delegated" in refusal
    assert "Fix: at the registrar, or in the parent zone" in refusal
    for server in undelegated:
        assert f"{DOMAIN}. NS {server}." in refusal


def test_it_stops_without_credentials(step):
    nobody = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_EC2_METADATA_DISABLED": "true"}
    assert "docs/iam/owner-policy.json" in step("main", environment=nobody).refusal


def test_the_tag_runs_the_checks_of_every_role_and_changes_nothing(playbook):
    outcome = playbook("playbooks/provision.yml", "--inventory", "inventories/lab", "--tags", "preflight")
    assert outcome.refusal == ""
    assert set(CHECKS) <= set(outcome.tasks)
    assert outcome.changed == 0
