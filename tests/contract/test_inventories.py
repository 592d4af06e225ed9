"""The inventories: the lab's differs from what an owner copies in values only, and every name is read."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from boringmail.checks.inventory import name_problems
from tests.contract.readme_tables import ROOT

EXAMPLE, LAB = ROOT / "inventories/example", ROOT / "inventories/lab"
READERS = ("playbooks", "roles", "inventories/example")
COMMENT = re.compile(r"^\s*#.*$", re.MULTILINE)


def values(inventory):
    return yaml.safe_load((inventory / "group_vars/all/main.yml").read_text())


def test_an_owner_fills_in_the_same_values_as_the_lab():
    assert list(values(EXAMPLE)) == list(values(LAB))


def test_the_source_of_hosts_differs_in_region_and_domain_only():
    example = (EXAMPLE / "aws_ec2.yml").read_text()
    own = values(LAB)
    region = example.replace("regions: [CHANGE_ME]", f"regions: [{own['aws_region']}]")
    assert region.replace("mail.CHANGE_ME", own["mail_domain"]) == (LAB / "aws_ec2.yml").read_text()


@pytest.mark.parametrize("inventory", [EXAMPLE, LAB], ids=lambda path: path.name)
def test_no_name_looks_like_one_of_ours_and_is_not(inventory):
    assert name_problems(inventory, ROOT / "roles", values(inventory)) == []


@pytest.mark.parametrize("inventory", [EXAMPLE, LAB], ids=lambda path: path.name)
def test_every_name_of_verify_is_read_by_somebody(inventory):
    files = [path for folder in READERS for path in (ROOT / folder).rglob("*.yml")]
    texts = [COMMENT.sub("", path.read_text()) for path in files]
    for path in sorted((inventory / "group_vars/all").glob("*.yml")):
        for name in yaml.safe_load(path.read_text()) or {}:
            if name.startswith("verify_"):
                uses = [text for text in texts if re.search(rf"\b{name}\b(?!:)", text)]
                assert uses, f"{path.name}: nothing reads {name}"


@pytest.mark.parametrize("wanted", ["true", "false"])
def test_mail_for_the_domain_itself_is_taken_when_its_mx_was_asked_for(wanted):
    ansible = str(Path(sys.executable).with_name("ansible"))
    options = ["-m", "ansible.builtin.debug", "-a", "var=postfix_apex_enabled"]
    finished = subprocess.run(
        [
            ansible,
            "localhost",
            "-i",
            str(EXAMPLE / "controller.yml"),
            "-e",
            f"aws_dns_apex_enabled={wanted}",
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=ROOT,
    )
    assert f"postfix_apex_enabled: {wanted}" in finished.stdout
