#!/usr/bin/python
"""Several systemd units enabled and started in one go."""

DOCUMENTATION = r"""
---
module: host_units
short_description: Have several systemd units enabled and running
description:
  - Does for a list of units what M(ansible.builtin.systemd_service) does for one with C(enabled=true) and
    C(state=started), without a connection for each.
  - Units are started in the order given.
options:
  names: {description: Unit names with their suffix., type: list, elements: str, required: true}
  daemon_reload: {description: Have systemd read unit files again first., type: bool, default: false}
author: boringmail
attributes:
  check_mode: {support: full, description: Says what would change.}
"""

EXAMPLES = r"""
- name: Enable the instances
  host_units:
    names: [postfix@in.service, postfix@out.service]
"""

RETURN = r"""
changed_units:
  description: The units that were enabled or started.
  returned: always
  type: list
  elements: str
  sample: [postfix@in.service]
"""

from ansible.module_utils.basic import AnsibleModule

ENABLED = frozenset({"enabled", "enabled-runtime", "static", "indirect", "alias", "generated"})
RUNNING = frozenset({"active", "reloading", "activating"})
OPTIONS = {
    "names": {"type": "list", "elements": "str", "required": True},
    "daemon_reload": {"type": "bool", "default": False},
}


def lacking(shown: str, names: list[str]) -> list[str]:
    """The units of `names` that are not enabled and running; `systemctl show` prints a block for each."""
    blocks = [dict(line.split("=", 1) for line in block.splitlines()) for block in shown.split("\n\n")]
    return [name for name, state in zip(names, blocks, strict=True) if not _right(state)]


def _right(state: dict[str, str]) -> bool:
    return state.get("UnitFileState") in ENABLED and state.get("ActiveState") in RUNNING


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    names = module.params["names"]
    if module.params["daemon_reload"] and not module.check_mode:
        module.run_command(["systemctl", "daemon-reload"], check_rc=True)
    properties = "--property=UnitFileState,ActiveState"
    _, shown, _ = module.run_command(["systemctl", "show", properties, "--", *names], check_rc=True)
    wanting = lacking(shown, names)
    if wanting and not module.check_mode:
        for name in wanting:
            module.run_command(["systemctl", "enable", "--", name], check_rc=True)
            code, _, words = module.run_command(["systemctl", "start", "--", name])
            if code != 0:
                module.fail_json(msg=f"{words.strip()} See: journalctl -u {name}", changed_units=wanting)
    module.exit_json(changed=bool(wanting), changed_units=wanting)


if __name__ == "__main__":
    main()
