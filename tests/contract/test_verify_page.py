"""The page that explains verify.yml has a section for each key, and for nothing else."""

import re

from boringmail.checks.causes import Key
from boringmail.checks.result import LOOKS
from tests.contract.readme_tables import ROOT

PAGE = (ROOT / "docs/operations/verify.md").read_text()
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
PLAYBOOK = (ROOT / "playbooks/verify.yml").read_text()


def test_each_key_is_explained_and_no_other():
    assert list(SECTIONS) == [str(key) for key in Key]


def test_each_section_says_what_breaks_it_and_what_mends_it():
    for key, text in SECTIONS.items():
        assert "**Breaks by**" in text, key
        assert "**Repair**" in text, key


def test_each_look_is_registered_by_a_task_and_each_task_has_its_look():
    registered = set(re.findall(r"register: (__verify_\w+)", PLAYBOOK))
    assert registered - {"__verify_ping", "__verify_dkim"} == {look.variable for look in LOOKS}
