"""The order of configure.yml: who is asked is there before who asks, and goes after."""

from pathlib import Path

import yaml

PLAYBOOK = Path(__file__).parents[3] / "playbooks/configure.yml"


def roles():
    plays = yaml.safe_load(PLAYBOOK.read_text())
    imports = [task.get("ansible.builtin.import_role") for play in plays for task in play.get("tasks", [])]
    return [(each["name"], each.get("tasks_from", "main")) for each in imports if each]


def test_postfix_asks_nobody_who_is_not_there():
    """Mail would be deferred while /run/boringmail/policy.sock is missing."""
    order = roles()
    asks = order.index(("postfix", "main"))
    assert order.index(("boringmail", "main")) < asks < order.index(("boringmail", "retire"))


def test_rspamd_and_the_certificate_come_before_the_daemon_that_needs_them():
    order = roles()
    for name in ("certificate", "credentials", "rspamd"):
        assert order.index((name, "main")) < order.index(("boringmail", "main"))
