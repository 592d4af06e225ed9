#!/usr/bin/python
"""A mail host's SMTP as a stranger on the Internet meets it."""

DOCUMENTATION = r"""
---
module: mail_smtp_outside
short_description: Look at a mail host's SMTP from outside
description:
  - Checks the names in banner and EHLO, that port 25 relays for nobody and offers no AUTH, the certificate,
    and that the ports of submission are closed. Attempts to relay end before DATA, so no mail is sent.
  - Runs on the controller, with the Python that runs Ansible.
  - Changes nothing. Bad news does not fail the module; it shows in C(checks).
options:
  host_name: {description: The host's public name., type: str, required: true}
  address: {description: The host's public IPv4 address., type: str, required: true}
  mail_domain: {description: The gateway's domain., type: str, required: true}
  relay_domain:
    description: A domain of somebody else's, to which the host has to refuse to relay.
    type: str
    default: example.org
  ca_certificates:
    description: Authorities (PEM) to trust besides those of the system.
    type: str
    default: ""
  within:
    description: What M(mail_host_inside) returned under that name. Empty says that nothing is known.
    type: dict
    default: {}
  port: {description: The port to connect to., type: int, default: 25}
  closed_ports:
    description: Ports that have to be closed.
    type: list
    elements: int
    default: [587, 465]
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
  check_mode: {support: full, description: Looks the same in check mode.}
"""

EXAMPLES = r"""
- name: Look at mx1 from outside
  mail_smtp_outside:
    host_name: mx1.desk.example.com
    address: 203.0.113.100
    mail_domain: desk.example.com
    relay_domain: mailbox.example
  delegate_to: localhost
"""

RETURN = r"""
checks:
  description: One entry each of the names, port 25, the certificate and the closed ports.
  returned: always
  type: list
  elements: dict
  sample: [{name: EHLO of mx1.example.com, key: ehlo, status: pass, expected: "...", found: "...", hint: ""}]
"""

import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import letter, outside, ports_closed, smtp, wire
from boringmail.checks.authority import Authority
from boringmail.checks.result import Check, guarded

OPTIONS = {
    "host_name": {"type": "str", "required": True},
    "address": {"type": "str", "required": True},
    "mail_domain": {"type": "str", "required": True},
    "relay_domain": {"type": "str", "default": "example.org"},
    "ca_certificates": {"type": "str", "default": ""},
    "within": {"type": "dict", "default": {}},
    "port": {"type": "int", "default": 25},
    "closed_ports": {"type": "list", "elements": "int", "default": [587, 465]},
    "recursive": {"type": "list", "elements": "str", "default": []},
    "authoritative": {"type": "list", "elements": "str", "default": []},
    "dns_port": {"type": "int", "default": 53},
}


def opens(address: str, port: int) -> bool:
    """Whether a connection can be made."""
    try:
        socket.create_connection((address, port), timeout=ports_closed.CONNECT_SECONDS).close()
    except OSError:
        return False
    return True


def look_at_port_25(given: Mapping[str, Any]) -> list[Check]:
    """Bind the real clock, resolver and sockets to the checks."""
    authority = Authority(
        partial(wire.udp, port=given["dns_port"]),
        given["recursive"] or wire.system_resolvers(),
        given["authoritative"],
    )
    place = outside.Place(
        host_name=given["host_name"],
        address=given["address"],
        ours=letter.probe_address("", given["mail_domain"]).rpartition("@")[2],
        strangers=given["relay_domain"] or "example.org",
        ca_text=given["ca_certificates"],
    )

    def connect() -> smtp.Session:
        return smtp.connect(place.address, given["port"], server_name=place.host_name)

    within = outside.Within.read(given["within"])
    return outside.check_port_25(place, connect, authority, within, lambda: datetime.now(UTC))


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    given = module.params
    name, reach = given["host_name"], partial(opens, given["address"])
    checks = guarded(f"port 25 of {name}", lambda: look_at_port_25(given), "smtp_open")
    checks += guarded(
        f"submission of {name}",
        lambda: [ports_closed.check_closed(name, reach, given["closed_ports"])],
        "submission_closed",
    )
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
