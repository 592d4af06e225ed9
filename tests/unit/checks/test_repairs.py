"""Commands to paste, complete with paths."""

import shlex

from boringmail.checks import repairs

PLACES = {"config": "/g/ansible.cfg", "inventory": "/my inventories/lab", "playbooks": "/g/playbooks"}


def test_a_playbook_is_run_with_its_paths_from_anywhere() -> None:
    command = repairs.fill(repairs.playbook("configure", "unbound"), PLACES, "")
    assert shlex.split(command) == [
        "ANSIBLE_CONFIG=/g/ansible.cfg", "ansible-playbook", "-i", "/my inventories/lab",
        "/g/playbooks/configure.yml", "--tags", "unbound",
    ]  # fmt: skip


def test_a_command_on_the_host_names_the_host() -> None:
    command = shlex.split(repairs.fill(repairs.on_host("systemctl restart 'a b'"), PLACES, "mx1"))
    assert command[1:] == [
        "ansible", "-i", "/my inventories/lab", "mx1", "-b",
        "-m", "ansible.builtin.command", "-a", "systemctl restart 'a b'",
    ]  # fmt: skip


def test_zone_lines_are_left_as_they_are() -> None:
    line = 'a.example. 300 IN TXT "v=spf1 -all"'
    assert repairs.fill(line, PLACES, "mx1") == line
