"""Forward-confirmed reverse DNS of a sending address (RFC 8601 2.7.3 calls it iprev)."""

import re
from dataclasses import dataclass
from functools import partial

import dns.reversename

from boringmail.checks import repairs
from boringmail.checks.authority import Authority, UnansweredError
from boringmail.checks.causes import UNANSWERED, Key
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status

# A name made of the address: receivers take it for an end user's line.
GENERIC = re.compile(r"(\d{1,3}[-.x]){2,3}\d{1,3}|\bdyn|\bpool\b|\bdhcp|compute\.amazonaws\.com$")


@dataclass(frozen=True)
class Sender:
    """A sending address and the name that its host gives in EHLO; `host` as the inventory calls it."""

    address: str
    name: str
    host: str = ""


def check_ptr(authority: Authority, sender: Sender) -> Check:
    """The address's PTR record has to be the EHLO name, and that name has to lead back to the address."""
    expected = f"{sender.name}, which has the address {sender.address}"
    title = f"PTR {sender.address or sender.name}"
    told = partial(Check, name=title, key=Key.PTR, expected=expected, host=sender.host)
    if not sender.address:
        found, hint = "the host has no public address", "run playbooks/provision.yml"
        return told(status=Status.PERMERROR, found=found, hint=hint, symptoms=("address",))
    try:
        names = authority.ask(str(dns.reversename.from_address(sender.address)), "PTR").values
        right = names == (sender.name.lower().rstrip("."),)
        addresses = authority.ask(sender.name, "A").values if right else ()
    except UnansweredError as error:
        hint = UNREACHABLE_HINT
        return told(status=Status.TEMPERROR, found=str(error), hint=hint, symptoms=(UNANSWERED,))
    if sender.address in addresses:
        return told(status=Status.PASS, found=expected)
    if right:
        found = f"{sender.name}, which has {', '.join(addresses) or 'no address'}"
        hint = "mend the A record (its own line says how)"
        return told(status=Status.FAIL, found=found, hint=hint, symptoms=("forward",))
    found, repair = ", ".join(names) or "no PTR record", repairs.playbook("provision")
    return told(status=Status.FAIL, found=found, hint=_advice(names), repair=repair)


def _advice(names: tuple[str, ...]) -> str:
    advice = (
        "set the address's reverse name; EC2 takes minutes to publish it and refuses it without the A record"
    )
    if any(GENERIC.search(name) for name in names):
        return f"{advice}. The name it has now is a generic one, by which many receivers refuse mail"
    if len(names) > 1:
        return f"{advice}. Of several names a receiver may see any"
    return advice
