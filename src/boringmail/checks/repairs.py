"""Commands that mend, as one line that runs from any directory of the controller.

A module knows neither the inventory nor the host's name in it: it writes marks, and `fill` puts the paths in
their place when the results are gathered.
"""

import shlex
from collections.abc import Mapping

_CONFIG, _INVENTORY, _PLAYBOOKS, _HOST = "@config@", "@inventory@", "@playbooks@", "@host@"
# Roles, library and plug-ins are found by it, wherever the command is run.
_ENVIRONMENT = f"ANSIBLE_CONFIG={_CONFIG}"


def playbook(name: str, tags: str = "") -> str:
    """Runs one of our playbooks, `configure` or `provision`, whole or by tags."""
    command = f"{_ENVIRONMENT} ansible-playbook -i {_INVENTORY} {_PLAYBOOKS}/{name}.yml"
    return f"{command} --tags {tags}" if tags else command


def on_host(command: str) -> str:
    """Runs one command, without a shell, as root on the host whose check this is."""
    words = shlex.quote(command)
    return f"{_ENVIRONMENT} ansible -i {_INVENTORY} {_HOST} -b -m ansible.builtin.command -a {words}"


def fill(text: str, places: Mapping[str, str], host: str) -> str:
    """`places` holds the absolute paths `config`, `inventory` and `playbooks`."""
    for mark, value in (
        (_CONFIG, places.get("config")),
        (_INVENTORY, places.get("inventory")),
        (_PLAYBOOKS, places.get("playbooks")),
        (_HOST, host),
    ):
        text = text.replace(mark, shlex.quote(value or mark))
    return text
