#!/usr/bin/python
"""Asks the parent's own servers whether a zone is delegated to the name servers that Route 53 gave it.

An undelegated zone is the commonest reason why everything is configured and nothing works. The thinking is in
`boringmail.checks.delegation`.
"""

DOCUMENTATION = r"""
module: dns_delegation
short_description: Is a zone delegated to these name servers
description:
  - Asks the authoritative servers of the parent zone; when none of them can be reached
    from here, the resolvers.
  - Runs on the controller.
options:
  zone:
    description: Name of the zone.
    type: str
    required: true
  nameservers:
    description: The name servers that it must be delegated to.
    type: list
    elements: str
    required: true
  resolvers:
    description: Addresses of the resolvers by which the parent's servers are found; empty for the system's.
    type: list
    elements: str
    default: []
author: boringmail
"""

EXAMPLES = r"""
- name: Ask the parent
  dns_delegation:
    zone: example.com
    nameservers: [ns-1.example.net, ns-2.example.org]
"""

RETURN = r"""
checks:
  description: One check with name, status (pass, fail or temperror), expected, found and hint.
  type: list
  elements: dict
  returned: always
"""

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import wire
from boringmail.checks.delegation import check_delegation
from boringmail.checks.result import guarded


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(
        argument_spec={
            "zone": {"type": "str", "required": True},
            "nameservers": {"type": "list", "elements": "str", "required": True},
            "resolvers": {"type": "list", "elements": "str", "default": []},
        },
        supports_check_mode=True,
    )
    zone, nameservers = module.params["zone"], module.params["nameservers"]
    resolvers = module.params["resolvers"] or wire.system_resolvers()
    checks = guarded(
        f"delegation of {zone}", lambda: [check_delegation(zone, nameservers, wire.udp, resolvers)]
    )
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
