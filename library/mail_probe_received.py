#!/usr/bin/python
"""Whether a probe mail reached the end of the inbound path."""

DOCUMENTATION = r"""
---
module: mail_probe_received
short_description: See that a probe mail was recorded
description:
  - Asks C(boringmail probe show) on the host; when the probe is not there, says what Postfix logged of it.
  - Runs on the mail host as root, with the Python in C(/opt/boringmail).
  - Changes nothing. A missing probe does not fail the module; it shows in C(checks).
options:
  title: {description: The check's name in the table., type: str, default: mail in}
  probe: {description: The token that M(mail_probe_send) returned., type: str, required: true}
  command: {description: The command line., type: path, default: /opt/boringmail/current/bin/boringmail}
  log_file: {description: The log of the inbound instance., type: path, default: /var/log/postfix/in.log}
  wait_seconds: {description: How long to wait for the probe., type: int, default: 30}
author: boringmail
attributes:
  check_mode: {support: full, description: Looks the same in check mode.}
"""

EXAMPLES = r"""
- name: See that the probe arrived
  mail_probe_received:
    probe: "{{ sent.token }}"
  vars:
    ansible_python_interpreter: /opt/boringmail/current/bin/python
"""

RETURN = r"""
checks:
  description: One entry.
  returned: always
  type: list
  elements: dict
  sample: [{name: mail in, status: pass, expected: "...", found: "recorded: ...", hint: ""}]
"""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import mail_in, maillog
from boringmail.checks.result import Check, guarded

OPTIONS = {
    "title": {"type": "str", "default": "mail in"},
    "probe": {"type": "str", "required": True},
    "command": {"type": "path", "default": "/opt/boringmail/current/bin/boringmail"},
    "log_file": {"type": "path", "default": "/var/log/postfix/in.log"},
    "wait_seconds": {"type": "int", "default": 30},
}


def look(given: Mapping[str, Any]) -> list[Check]:
    """Ask the command line, then the log."""
    seconds, probe = given["wait_seconds"], given["probe"]
    command = [given["command"], "probe", "show", probe, "--wait", str(seconds), "--json"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False, timeout=seconds + 20)
    record = mail_in.read_record(shown.stdout) if shown.returncode == 0 else None
    last = None
    if record is None:
        lines = maillog.Tail(Path(given["log_file"]), from_start=True).read_lines()
        last = maillog.latest(lines, lambda delivery: f"+{probe}@" in delivery.recipient)
    return [mail_in.judge_record(given["title"], probe, record, last, seconds)]


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    checks = guarded(module.params["title"], lambda: look(module.params))
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
