"""Misspelt names and a source that disagrees are found; the owner's own names pass."""

import pytest

from boringmail.checks.inventory import name_problems, source_problems

SPEC = "argument_specs: {main: {options: {aws_dns_overwrite: {type: list}}}}"


@pytest.fixture
def roles(tmp_path):
    spec = tmp_path / "roles" / "aws_dns" / "meta" / "argument_specs.yml"
    spec.parent.mkdir(parents=True)
    spec.write_text(SPEC)
    return tmp_path / "roles"


@pytest.fixture
def inventory(tmp_path):
    (tmp_path / "inventory" / "group_vars" / "all").mkdir(parents=True)
    return tmp_path / "inventory"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mail_domian: x", ["mail_domian", "mail_domain"]),
        ("aws_dns_overwrites: []", ["aws_dns_overwrites", "aws_dns_overwrite?"]),
        ("aws_dns_nonsense: 1", ["aws_dns_nonsense", "README"]),
    ],
)
def test_a_name_that_nothing_reads_is_named(inventory, roles, line, words):
    (inventory / "group_vars" / "all" / "main.yml").write_text(line)
    [problem] = name_problems(inventory, roles, {"mail_domain": "x"})
    assert all(word in problem for word in words)


@pytest.mark.parametrize(
    "text", ["mail_domain: x", "our_own_thing: 1", "secret: !vault |\n  $ANSIBLE_VAULT", ""]
)
def test_known_names_and_the_owners_own_pass(inventory, roles, text):
    (inventory / "group_vars" / "all" / "main.yml").write_text(text)
    assert name_problems(inventory, roles, {"mail_domain": "x"}) == []


def test_names_of_the_wiring_may_be_alike(inventory, roles):
    (inventory / "group_vars" / "all" / "wiring_mail.yml").write_text("mail_domains: x")
    assert name_problems(inventory, roles, {"mail_domain": "x"}) == []


def test_a_source_that_looks_elsewhere_is_named(inventory):
    (inventory / "aws_ec2.yml").write_text(
        "regions: [us-east-1]\nfilters: {'tag:boringmail:domain': a.example}"
    )
    problems = source_problems(inventory, {"aws_region": "eu-central-1", "mail_domain": "b.example"})
    assert len(problems) == 2
    agreeing = {"aws_region": "us-east-1", "mail_domain": "a.example"}
    assert source_problems(inventory, agreeing) == []
