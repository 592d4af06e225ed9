#!/usr/bin/python
"""Forward-confirmed reverse DNS of the addresses that mail leaves from."""

DOCUMENTATION = r"""
---
module: mail_ptr
short_description: Check that an address has a PTR record that leads back to it
description:
  - Asks the authoritative servers of the reverse and of the forward zone, never a cache.
  - Runs on the controller, with the Python that runs Ansible.
  - Changes nothing. A wrong record does not fail the module; it shows in C(checks).
options:
  address:
    description: The public IPv4 address, on AWS the Elastic IP.
    type: str
    required: true
  host_name:
    description: The name that the host gives in EHLO.
    type: str
    required: true
  recursive:
    description: Addresses of recursive resolvers that know the root. Empty takes this machine's own.
    type: list
    elements: str
    default: []
  authoritative:
    description: Addresses of authoritative servers to ask instead of walking the delegation.
    type: list
    elements: str
    default: []
  port:
    description: Port on which name servers listen.
    type: int
    default: 53
author: boringmail
attributes:
  check_mode: {support: full, description: Looks the same in check mode.}
"""

EXAMPLES = r"""
- name: Check the reverse name of mx1
  mail_ptr:
    address: 203.0.113.100
    host_name: mx1.desk.example.com
"""

RETURN = r"""
checks:
  description: One entry.
  returned: always
  type: list
  elements: dict
  sample: [{name: PTR 192.0.2.1, status: fail, expected: mx1.example.com, found: no PTR record, hint: "..."}]
"""

from functools import partial

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import wire
from boringmail.checks.authority import Authority
from boringmail.checks.ptr import check_ptr
from boringmail.checks.result import guarded


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(
        argument_spec={
            "address": {"type": "str", "required": True},
            "host_name": {"type": "str", "required": True},
            "recursive": {"type": "list", "elements": "str", "default": []},
            "authoritative": {"type": "list", "elements": "str", "default": []},
            "port": {"type": "int", "default": 53},
        },
        supports_check_mode=True,
    )
    given = module.params
    recursive = given["recursive"] or wire.system_resolvers()
    authority = Authority(partial(wire.udp, port=given["port"]), recursive, given["authoritative"])
    address, host_name = given["address"], given["host_name"]
    checks = guarded(f"PTR {address}", lambda: [check_ptr(authority, address, host_name)])
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
