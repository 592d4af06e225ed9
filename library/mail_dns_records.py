#!/usr/bin/python
"""DNS records as the authoritative servers publish them, against what the inventory wants."""

DOCUMENTATION = r"""
---
module: mail_dns_records
short_description: Compare published DNS records with the wanted ones
description:
  - Asks every authoritative server of a name, found by walking the delegation from the root, never a cache.
  - Runs on the controller, with the Python that runs Ansible.
  - Changes nothing. A record that is wrong does not fail the module; it shows in C(checks).
options:
  records:
    description: The wanted record sets. A name that starts with C(*.) is asked by a label nobody has taken.
    type: list
    elements: dict
    required: true
    suboptions:
      name: {description: Name without the last dot., type: str, required: true}
      type: {description: Record type., type: str, required: true, choices: [A, MX, TXT, CNAME]}
      values: {description: Values as in a zone file., type: list, elements: str, required: true}
      ttl: {description: Seconds; shown in the line to publish., type: int, default: 300}
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
- name: Compare the MX record that every tenant shares
  mail_dns_records:
    records:
      - {name: "*.desk.example.com", type: MX, values: [10 mx1.desk.example.com.]}
"""

RETURN = r"""
checks:
  description: One entry per record set.
  returned: always
  type: list
  elements: dict
  sample: [{name: A mx1.example.com, status: pass, expected: 192.0.2.1, found: 192.0.2.1, hint: ""}]
"""

import secrets
from functools import partial

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import records, wire
from boringmail.checks.authority import Authority
from boringmail.checks.result import guarded

RECORD = {
    "name": {"type": "str", "required": True},
    "type": {"type": "str", "required": True, "choices": ["A", "MX", "TXT", "CNAME"]},
    "values": {"type": "list", "elements": "str", "required": True},
    "ttl": {"type": "int", "default": 300},
}


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(
        argument_spec={
            "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD},
            "recursive": {"type": "list", "elements": "str", "default": []},
            "authoritative": {"type": "list", "elements": "str", "default": []},
            "port": {"type": "int", "default": 53},
        },
        supports_check_mode=True,
    )
    given = module.params
    wanted = [records.Wanted(r["name"], r["type"], tuple(r["values"]), r["ttl"]) for r in given["records"]]
    recursive = given["recursive"] or wire.system_resolvers()
    authority = Authority(partial(wire.udp, port=given["port"]), recursive, given["authoritative"])
    checks = guarded(
        "DNS records",
        lambda: records.check_records(authority, wanted, lambda: f"boringmail-check-{secrets.token_hex(4)}"),
    )
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
