#!/usr/bin/python
"""What the DNS says of the gateway, as receivers and senders of mail see it."""

DOCUMENTATION = r"""
---
module: mail_dns
short_description: Judge the gateway's DNS as other mail servers do
description:
  - Compares address and MX records with the wanted ones; evaluates SPF for the addresses from which mail
    leaves, for HELO and MAIL FROM; compares the DKIM record with the key in use; judges the DMARC policy with
    alignment; and looks whether PTR records lead back.
  - Asks every authoritative server of a name, found by walking the delegation from the root, never a cache.
    One module for all of it, so that each server is asked once, and a silent one is waited for once.
  - Runs on the controller, with the Python that runs Ansible.
  - Changes nothing. What is wrong does not fail the module; it shows in C(checks).
options:
  domain: {description: The gateway's domain., type: str, required: true}
  zone: {description: The owner's zone that holds it., type: str, required: true}
  senders:
    description: The hosts from which mail leaves.
    type: list
    elements: dict
    required: true
    suboptions:
      host: {description: Name in the inventory., type: str, required: true}
      name: {description: "Public name, as given in EHLO.", type: str, required: true}
      address: {description: Public IPv4 address; empty when it has none., type: str, required: true}
  records:
    description: The wanted record sets. A name that starts with C(*.) is asked by a label nobody has taken.
    type: list
    elements: dict
    required: true
    suboptions:
      name: {description: Name without the last dot., type: str, required: true}
      type: {description: Record type., type: str, required: true, choices: [A, MX]}
      values: {description: Values as in a zone file., type: list, elements: str, required: true}
      ttl: {description: Seconds; shown in the line to publish., type: int, default: 300}
      host: {description: The host whose record it is., type: str, default: ""}
  sender_names:
    description: Names that stand in MAIL FROM, as C(*.desk.example.com).
    type: list
    elements: str
    required: true
  sender_spf: {description: The SPF record wanted for these., type: str, required: true}
  helo_spf: {description: The SPF record wanted for a host's own name., type: str, required: true}
  dmarc: {description: The DMARC record wanted., type: str, required: true}
  dkim_selector: {description: The selector in use., type: str, required: true}
  dkim_public_key:
    description:
      - The public half of the key in use, SubjectPublicKeyInfo in DER and base64. Empty when not known.
    type: str
    required: true
  dkim_trouble: {description: Why the public half is not known., type: str, default: ""}
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
  port: {description: Port on which name servers listen., type: int, default: 53}
author: boringmail
attributes:
  check_mode: {support: full, description: Looks the same in check mode.}
"""

EXAMPLES = r"""
- name: Judge the DNS
  mail_dns:
    domain: desk.example.com
    zone: example.com
    senders: [{host: mx1, name: mx1.desk.example.com, address: 203.0.113.100}]
    records:
      - {name: "*.desk.example.com", type: MX, values: [10 mx1.desk.example.com.]}
    sender_names: ["*.desk.example.com"]
    sender_spf: v=spf1 a:mx1.desk.example.com -all
    helo_spf: v=spf1 a -all
    dmarc: v=DMARC1; p=none
    dkim_selector: bm1
    dkim_public_key: MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A...
"""

RETURN = r"""
checks:
  description: One entry per record set, SPF identity and address, and one each for DKIM and DMARC.
  returned: always
  type: list
  elements: dict
  sample: [{name: A mx1.example.com, key: records, status: pass, expected: 192.0.2.1, found: 192.0.2.1}]
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from boringmail.checks import dkim_record, dmarc, ptr, records, spf, wire
from boringmail.checks.authority import Authority
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, guarded

TEXT = {"type": "str", "required": True}
NAMES = {"type": "list", "elements": "str", "required": True}
RECORD = {
    "name": TEXT,
    "type": {**TEXT, "choices": ["A", "MX"]},
    "values": NAMES,
    "ttl": {"type": "int", "default": 300},
    "host": {"type": "str", "default": ""},
}
SENDER = {"host": TEXT, "name": TEXT, "address": TEXT}
OPTIONS = {
    "domain": TEXT,
    "zone": TEXT,
    "senders": {"type": "list", "elements": "dict", "required": True, "options": SENDER},
    "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD},
    "sender_names": NAMES,
    "sender_spf": TEXT,
    "helo_spf": TEXT,
    "dmarc": TEXT,
    "dkim_selector": TEXT,
    # The public half: no secret, whatever Ansible makes of the name.
    "dkim_public_key": {**TEXT, "no_log": False},
    "dkim_trouble": {"type": "str", "default": ""},
    "recursive": {"type": "list", "elements": "str", "default": []},
    "authoritative": {"type": "list", "elements": "str", "default": []},
    "port": {"type": "int", "default": 53},
}


def looks(
    given: Mapping[str, Any], authority: Authority, label: str
) -> Iterator[tuple[str, Key, Callable[[], list[Check]]]]:
    """Each look with its title and key, so that a fault of ours in one leaves the others their lines."""
    domain = given["domain"]
    wanted = [
        records.Wanted(r["name"], r["type"], tuple(r["values"]), r["ttl"], r["host"])
        for r in given["records"]
    ]
    yield "DNS records", Key.RECORDS, lambda: records.check_records(authority, wanted, domain, label)
    for identity in identities(given):
        yield (
            f"SPF {identity.name}",
            Key.SPF,
            lambda identity=identity: [spf.check_spf(authority, identity, label)],
        )
    signature = dkim_record.Signature(
        domain, given["dkim_selector"], given["dkim_public_key"], given["dkim_trouble"]
    )
    yield "DKIM record", Key.DKIM_RECORD, lambda: [dkim_record.check_dkim_record(authority, signature)]
    policy = dmarc.Wanted(domain, given["zone"], given["dmarc"], beside=(given["sender_spf"],))
    yield "DMARC", Key.DMARC, lambda: [dmarc.check_dmarc(authority, policy, label)]
    for entry in given["senders"]:
        sender = ptr.Sender(entry["address"], entry["name"], entry["host"])
        yield f"PTR {sender.address}", Key.PTR, lambda sender=sender: [ptr.check_ptr(authority, sender)]


def identities(given: Mapping[str, Any]) -> list[spf.Identity]:
    """Every name that receivers look SPF up by: tenants in MAIL FROM, hosts in HELO."""
    senders = given["senders"]
    addresses = tuple(sender["address"] for sender in senders if sender["address"])
    # DMARC stands at the wildcard too: it answers for _dmarc.<tenant>.
    mail_from = [
        spf.Identity(
            name, addresses, given["sender_spf"], senders[0]["name"], (given["dmarc"],) if "*" in name else ()
        )
        for name in given["sender_names"]
    ]
    helo = [
        spf.Identity(
            sender["name"], tuple(filter(None, [sender["address"]])), given["helo_spf"], host=sender["host"]
        )
        for sender in senders
    ]
    return mail_from + helo


def main() -> None:
    """Declare and run."""
    module = AnsibleModule(argument_spec=OPTIONS, supports_check_mode=True)
    given = module.params
    recursive = given["recursive"] or wire.system_resolvers()
    authority = Authority(partial(wire.udp, port=given["port"]), recursive, given["authoritative"])
    label = f"boringmail-check-{secrets.token_hex(4)}"
    checks = [
        check for title, key, look in looks(given, authority, label) for check in guarded(title, look, key)
    ]
    module.exit_json(changed=False, checks=[check.as_dict() for check in checks])


if __name__ == "__main__":
    main()
