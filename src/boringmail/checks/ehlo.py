"""The names that a mail host gives itself, which its PTR and A records have to bear out (RFC 5321 4.1.4)."""

from collections.abc import Mapping
from functools import partial

import dns.reversename

from boringmail.checks import repairs
from boringmail.checks.authority import Authority, UnansweredError
from boringmail.checks.causes import UNANSWERED, Key
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status


def title(host_name: str) -> str:
    """The check's name in the table."""
    return f"EHLO of {host_name}"


def first_word(greeting: str) -> str:
    """The name in a banner or in the answer to EHLO, where it stands first (RFC 5321 4.2)."""
    words = greeting.split()
    return words[0].lower().rstrip(".") if words else ""


def check_ehlo(authority: Authority, host_name: str, address: str, spoken: Mapping[str, str]) -> Check:
    """`spoken` has the name said at each place: the banner, the answer to EHLO, the EHLO of mail out."""
    expected = f"{host_name}, which PTR and A records tie to {address}"
    told = partial(Check, name=title(host_name), key=Key.EHLO, expected=expected)
    found = _told(spoken)
    if any(name != host_name.lower() for name in spoken.values()):
        hint = "give Postfix the name that the address has (myhostname, smtp_helo_name, smtpd_banner)"
        repair = repairs.playbook("configure", "postfix")
        return told(status=Status.FAIL, found=found, hint=hint, repair=repair)
    try:
        names = authority.ask(str(dns.reversename.from_address(address)), "PTR").values
        addresses = authority.ask(host_name, "A").values
    except UnansweredError as error:
        found += f"; {error}"
        return told(status=Status.TEMPERROR, found=found, hint=UNREACHABLE_HINT, symptoms=(UNANSWERED,))
    if names == (host_name.lower(),) and address in addresses:
        return told(status=Status.PASS, found=found)
    found += f"; PTR: {', '.join(names) or 'none'}; A: {', '.join(addresses) or 'none'}"
    hint = "mend the PTR or A record (its own line says how)"
    return told(status=Status.FAIL, found=found, hint=hint, symptoms=("address",))


def _told(spoken: Mapping[str, str]) -> str:
    if len(set(spoken.values())) == 1:
        return f"{next(iter(spoken.values()))} in {', '.join(spoken)}"
    return ", ".join(f"{place}: {name or 'nothing'}" for place, name in spoken.items())
