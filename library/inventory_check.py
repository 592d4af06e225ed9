#!/usr/bin/python
"""Reads what the owner filled in and names every mistake at once, before anything is made or asked.

Argument specs stop at the first bad value and miss misspelt names; here one run shows the whole list. The
thinking is in `boringmail.checks.settings` and `boringmail.checks.inventory`.
"""

DOCUMENTATION = r"""
module: inventory_check
short_description: Find mistakes in the owner's values
description:
  - Looks for missing and placeholder values, bad syntax, combinations that cannot work, names that no role
    knows, and for an C(aws_ec2.yml) that disagrees with the values.
  - Reads files on the controller and asks nobody.
options:
  settings:
    description: The owner's values by name.
    type: dict
    required: true
  inventory_dir:
    description: Directory of the inventory, with C(group_vars) and C(aws_ec2.yml).
    type: path
    required: true
  roles_dir:
    description: Directory of the roles, whose argument specs say which names exist.
    type: path
    required: true
author: boringmail
"""

EXAMPLES = r"""
- name: Check the values
  inventory_check:
    settings: {mail_domain: mail.example.com}
    inventory_dir: inventories/example
    roles_dir: roles
"""

RETURN = r"""
problems:
  description: One sentence each, naming the variable and the fix.
  type: list
  elements: str
  returned: always
"""

from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks.inventory import name_problems, source_problems
from boringmail.checks.settings import value_problems


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(
        argument_spec={
            "settings": {"type": "dict", "required": True},
            "inventory_dir": {"type": "path", "required": True},
            "roles_dir": {"type": "path", "required": True},
        },
        supports_check_mode=True,
    )
    settings, inventory_dir = module.params["settings"], Path(module.params["inventory_dir"])
    problems = value_problems(settings)
    problems += name_problems(inventory_dir, Path(module.params["roles_dir"]), settings)
    # The disagreement is only worth saying once the values themselves are right.
    problems = problems or source_problems(inventory_dir, settings)
    module.exit_json(changed=False, problems=problems)


if __name__ == "__main__":
    main()
