#!/usr/bin/python
"""A probe mail in, sent as the world sends it."""

DOCUMENTATION = r"""
---
module: mail_probe_send
short_description: Send a probe mail to a mail host's public address
description:
  - Looks the MX up, connects to port 25 of the host's public address and hands in one mail to a reserved
    probe address, which the gateway records and never gives to the app.
  - Runs on the controller, with the Python that runs Ansible.
  - Sends one mail each time, in check mode too, and changes nothing else. Bad news does not fail the module.
options:
  title: {description: The check's name in the table., type: str, default: mail in}
  host_name: {description: The host's public name., type: str, required: true}
  address: {description: The host's public IPv4 address., type: str, required: true}
  mail_domain: {description: The gateway's domain., type: str, required: true}
  port: {description: The port to connect to., type: int, default: 25}
  control_domain:
    description:
      - Another domain that receives mail. When its mail exchanger cannot be reached either, this controller's
        network blocks port 25, and the result is temperror.
    type: str
    default: ""
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
  dns_port: {description: Port on which name servers listen., type: int, default: 53}
author: boringmail
attributes:
  check_mode: {support: full, description: Sends in check mode too.}
"""

EXAMPLES = r"""
- name: Send a probe mail in
  mail_probe_send:
    host_name: mx1.desk.example.com
    address: 203.0.113.100
    mail_domain: desk.example.com
  register: sent
"""

RETURN = r"""
checks:
  description: One entry.
  returned: always
  type: list
  elements: dict
  sample: [{name: mail in, status: pass, expected: "...", found: "2.0.0 Ok: queued as 4dGB", hint: ""}]
token:
  description: The probe's token, by which the host knows it.
  returned: always
  type: str
  sample: 6f1e8a1c0d2b4e77
sent_at:
  description: When that was, in seconds since 1970 by this controller's clock.
  returned: always
  type: float
  sample: 1795509300.0
"""

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import letter, mail_in, smtp, wire
from boringmail.checks.authority import Authority
from boringmail.checks.result import Check, guarded

OPTIONS = {
    "title": {"type": "str", "default": "mail in"},
    "host_name": {"type": "str", "required": True},
    "address": {"type": "str", "required": True},
    "mail_domain": {"type": "str", "required": True},
    "port": {"type": "int", "default": 25},
    "control_domain": {"type": "str", "default": ""},
    "recursive": {"type": "list", "elements": "str", "default": []},
    "authoritative": {"type": "list", "elements": "str", "default": []},
    "dns_port": {"type": "int", "default": 53},
}


def look(given: Mapping[str, Any], token: str) -> list[Check]:
    """Bind the real clock and sockets to the check."""
    authority = Authority(
        partial(wire.udp, port=given["dns_port"]),
        given["recursive"] or wire.system_resolvers(),
        given["authoritative"],
    )
    recipient = letter.probe_address(token, given["mail_domain"])
    target = mail_in.Target(given["host_name"], given["address"], recipient.rpartition("@")[2])
    text = letter.write(letter.STRANGER, recipient, token, datetime.now(UTC))

    def deliver() -> str:
        return mail_in.deliver_over(smtp.connect(target.address, given["port"]), recipient, text)

    elsewhere = given["control_domain"]
    control = partial(mail_in.port_reachable, authority, elsewhere, smtp.reachable) if elsewhere else None
    misled = mail_in.find_exchanger(authority, given["title"], target)
    return [misled or mail_in.check_send(given["title"], target, deliver, control)]


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    token = secrets.token_hex(8)
    checks = guarded(module.params["title"], lambda: look(module.params, token))
    module.exit_json(
        changed=False, token=token, sent_at=time.time(), checks=[check.as_dict() for check in checks]
    )


if __name__ == "__main__":
    main()
