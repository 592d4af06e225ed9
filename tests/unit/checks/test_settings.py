"""Each mistake in the owner's values gets its own sentence."""

import pytest

from boringmail.checks.settings import value_problems


@pytest.fixture
def settings(tmp_path):
    key = tmp_path / "key.pub"
    key.write_text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGgKk7jEPhNqTsbDmrfCMb3lIErMOLaf1PTTCfoY1IyY me\n")
    return {
        "mail_domain": "desk.example.com",
        "mail_dns_zone": "example.com",
        "mail_hosts": ["mx1"],
        "aws_region": "eu-central-1",
        "admin_cidrs": ["198.51.100.7/32"],
        "app_cidrs": ["10.20.2.0/24"],
        "app_inbound_url": "https://app.example.com/mail",
        "ssh_public_key_file": str(key),
        "existing_vpc_id": "",
        "verify_echo_address": "",
        "verify_answering_address": "",
    }


def test_good_values_have_no_problem(settings):
    assert value_problems(settings) == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("mail_domain", "", "is missing"),
        ("mail_domain", "mail.CHANGE_ME", "placeholder"),
        ("mail_domain", "Desk.example.com.", "not a domain name"),
        ("mail_domain", "desk.example.org", "does not lie in"),
        ("mail_domain", "notexample.com", "does not lie in"),
        ("mail_dns_zone", "com", "not a domain name"),
        ("mail_hosts", [], "is missing"),
        ("mail_hosts", "mx1", "not a list"),
        ("mail_hosts", ["mx1", "mx1"], "twice"),
        ("mail_hosts", ["submit"], "submit"),
        ("aws_region", "frankfurt", "no region"),
        ("admin_cidrs", ["CHANGE_ME"], "placeholder"),
        ("admin_cidrs", ["198.51.100.7"], "not an IPv4 network"),
        ("admin_cidrs", ["198.51.100.7/24"], "not an IPv4 network"),
        ("admin_cidrs", ["0.0.0.0/0"], "whole Internet"),
        ("app_cidrs", ["8.8.8.0/24"], "public network"),
        ("app_inbound_url", "app.example.com/mail", "not a URL"),
        ("app_inbound_url", "https://user:word@app.example.com/", "without credentials"),
        ("ssh_public_key_file", "/nowhere/key.pub", "does not exist"),
        ("existing_vpc_id", "my-vpc", "no VPC id"),
        ("verify_echo_address", "example.net", "no address"),
        ("verify_echo_address", "me@acme.desk.example.com", "elsewhere"),
        ("verify_answering_address", "echo@desk.example.com", "elsewhere"),
    ],
)
def test_a_bad_value_is_named_with_its_fix(settings, name, value, words):
    [problem] = value_problems(settings | {name: value})
    assert problem.startswith(name)
    assert words in problem


def test_a_private_key_is_refused(settings, tmp_path):
    key = tmp_path / "key"
    key.write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")
    [problem] = value_problems(settings | {"ssh_public_key_file": str(key)})
    assert ".pub" in problem
