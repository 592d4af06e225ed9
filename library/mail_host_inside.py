#!/usr/bin/python
"""A mail host as it sees itself: its resolver, its way out, lists about it, its key for DKIM."""

DOCUMENTATION = r"""
---
module: mail_host_inside
short_description: Look at a mail host from within
description:
  - Checks the host's own resolver, whether port 25 out is open, DNS lists as seen through that resolver, and
    the private key that mail is signed with.
  - Notes for M(mail_smtp_outside) what only shows here, the EHLO name of outgoing mail and the certificate of
    submission.
  - Runs on the mail host as root, with the Python in C(/opt/boringmail).
  - Has the host's unbound forget what it knows of our own domain, so that what was just mended is seen
    by everything that looks after this. Changes nothing else.
  - Bad news does not fail the module; it shows in C(checks).
options:
  mail_domain: {description: The gateway's domain., type: str, required: true}
  host_name: {description: The host's public name., type: str, required: true}
  address: {description: The host's public IPv4 address., type: str, required: true}
  resolvers:
    description: The resolvers to look at. Empty takes those of C(/etc/resolv.conf).
    type: list
    elements: str
    default: []
  dns_port: {description: The resolvers' port., type: int, default: 53}
  port_25_hosts:
    description: Domains whose mail exchangers are tried; one that can be reached is enough.
    type: list
    elements: str
    required: true
  blocklists:
    description: DNS lists to ask. Empty takes those that boringmail knows.
    type: list
    elements: dict
    default: []
    suboptions:
      zone: {description: The list's zone., type: str, required: true}
      removal_url: {description: Where to ask for removal., type: str, default: ""}
      codes:
        description: What each answer means; others are no listings. Empty takes any answer in 127/8 as one.
        type: dict
        default: {}
  dkim_key_file: {description: The private key., type: path, required: true}
  dkim_key_user: {description: The user who signs., type: str, default: _rspamd}
  dkim_public_key:
    description: The public half that the key has to have, in base64. Empty compares nothing.
    type: str
    default: ""
  submission_host: {description: The name that the app uses., type: str, required: true}
  submission_port: {description: Its port., type: int, default: 587}
  ca_certificates:
    description: Authorities (PEM) to trust besides those of the system.
    type: str
    default: ""
  postfix_directory:
    description: Configuration of the outbound instance.
    type: path
    default: /etc/postfix-out
author: boringmail
attributes:
  check_mode: {support: full, description: Looks the same in check mode.}
"""

EXAMPLES = r"""
- name: Look at the host from within
  mail_host_inside:
    mail_domain: desk.example.com
    host_name: mx1.desk.example.com
    address: 203.0.113.100
    port_25_hosts: [mailbox.example]
    dkim_key_file: /var/lib/rspamd-dkim/desk.example.com.bm1.key
    submission_host: submit.desk.example.com
  vars:
    ansible_python_interpreter: /opt/boringmail/current/bin/python
"""

RETURN = r"""
checks:
  description: One entry each of the resolver, port 25 out, the lists and the key.
  returned: always
  type: list
  elements: dict
  sample: [{name: resolver of mx1.example.com, key: resolver, status: pass, expected: "...", found: "..."}]
within:
  description: What M(mail_smtp_outside) wants to know.
  returned: always
  type: dict
  sample: {outgoing_name: mx1.example.com, submission: {place: port 587, code: 0}, words: ""}
"""

import contextlib
import socket
import subprocess
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any

import dns.resolver
from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import blocklists, certificate, dkim_key, port_25_out, resolver, smtp, wire
from boringmail.checks.recursive import Recursive
from boringmail.checks.result import Check, guarded

BLOCKLIST = {
    "zone": {"type": "str", "required": True},
    "removal_url": {"type": "str", "default": ""},
    "codes": {"type": "dict", "default": {}},
}
OPTIONS = {
    "mail_domain": {"type": "str", "required": True},
    "host_name": {"type": "str", "required": True},
    "address": {"type": "str", "required": True},
    "resolvers": {"type": "list", "elements": "str", "default": []},
    "dns_port": {"type": "int", "default": 53},
    "port_25_hosts": {"type": "list", "elements": "str", "required": True},
    "blocklists": {"type": "list", "elements": "dict", "default": [], "options": BLOCKLIST},
    "dkim_key_file": {"type": "path", "required": True},
    "dkim_key_user": {"type": "str", "default": "_rspamd"},
    "dkim_public_key": {"type": "str", "default": "", "no_log": False},
    "submission_host": {"type": "str", "required": True},
    "submission_port": {"type": "int", "default": 587},
    "ca_certificates": {"type": "str", "default": ""},
    "postfix_directory": {"type": "path", "default": "/etc/postfix-out"},
}
COMMAND_SECONDS = 10.0


def forget(domain: str) -> None:
    """Empty unbound's memory of a domain. That it is not there or does not answer has a check of its own."""
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        command = ["unbound-control", "flush_zone", domain]
        subprocess.run(command, capture_output=True, check=False, timeout=COMMAND_SECONDS)


def connect_to_port_25(address: str) -> None:
    """Raises OSError when no connection can be made."""
    socket.create_connection((address, 25), timeout=smtp.CONNECT_SECONDS / 2).close()


def configured_resolvers() -> list[str]:
    """Those of /etc/resolv.conf; none when it names none."""
    try:
        return wire.system_resolvers()
    except dns.resolver.NoResolverConfiguration:
        return []


def read_public_half(user: str, path: str) -> bytes:
    """The key is read as the signer reads it, with the signer's rights."""
    command = ["runuser", "-u", user, "--", "openssl", "pkey", "-in", path, "-pubout", "-outform", "DER"]
    return subprocess.run(command, capture_output=True, check=True, timeout=COMMAND_SECONDS).stdout


def outgoing_name(directory: str) -> str | None:
    """The name in the EHLO of outgoing mail, with Postfix' variables in it resolved."""
    command = ["postconf", "-c", directory, "-x", "-h", "smtp_helo_name"]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=COMMAND_SECONDS, text=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def look_within(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is no check of its own. Loopback: neither DNS nor a security group has a say in it."""
    name = given["submission_host"]

    def connect() -> smtp.Session:
        return smtp.connect("127.0.0.1", given["submission_port"], server_name=name)

    facts: dict[str, Any] = {"outgoing_name": outgoing_name(given["postfix_directory"]), "words": ""}
    try:
        handshake = certificate.over_smtp(connect)
        facts["submission"] = asdict(
            certificate.look(f"port {given['submission_port']}", name, handshake, given["ca_certificates"])
        )
    except (OSError, smtp.RefusedError) as error:
        facts["words"] = f"port {given['submission_port']}: {error}"
    return facts


def plan(given: Mapping[str, Any]) -> dict[str, Callable[[], Check]]:
    """The checks by their keys, with the real resolver, files and sockets bound to them."""
    name = given["host_name"]
    servers = given["resolvers"] or configured_resolvers()
    exchange = partial(wire.udp, port=given["dns_port"])
    recursive = Recursive(exchange, servers[0] if servers else "127.0.0.1")
    lists = [blocklists.Blocklist(**one) for one in given["blocklists"]] or blocklists.KNOWN
    key_file, read = given["dkim_key_file"], partial(read_public_half, given["dkim_key_user"])
    return {
        "resolver": lambda: resolver.check_resolver(f"resolver of {name}", servers, exchange),
        "port_25_out": lambda: port_25_out.check_port_25_out(
            f"port 25 out of {name}", given["port_25_hosts"], recursive, connect_to_port_25
        ),
        "blocklists": lambda: blocklists.check_blocklists(given["address"], lists, recursive),
        "dkim_key": lambda: dkim_key.check_dkim_key(
            f"DKIM key of {name}", key_file, given["dkim_public_key"], lambda: read(key_file)
        ),
    }


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    given = module.params
    forget(given["mail_domain"])
    with ThreadPoolExecutor() as pool:
        within = pool.submit(look_within, given)
        looks = [
            pool.submit(guarded, f"{key} of {given['host_name']}", lambda one=one: [one()], key)
            for key, one in plan(given).items()
        ]
        checks = [check.as_dict() for look in looks for check in look.result()]
    module.exit_json(changed=False, checks=checks, within=within.result())


if __name__ == "__main__":
    main()
