"""Whether DNS lists that receivers ask name our own address (RFC 5782)."""

import ipaddress
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from boringmail.checks.authority import UnansweredError
from boringmail.checks.causes import Key
from boringmail.checks.recursive import Recursive
from boringmail.checks.result import Check, Status

# Not listings but answers about the question; Postfix and others that take any answer for a listing refuse
# everybody (https://www.spamhaus.com/resource-hub/dnsbl/using-our-public-mirrors-check-your-return-codes-now/).
ERRORS = ipaddress.ip_network("127.255.255.0/24")
ERROR_MEANINGS = {
    "127.255.255.252": "the list's name is mistyped",
    "127.255.255.254": "it answers no public resolver and no address without a name of its own",
    "127.255.255.255": "it was asked too often",
}
LISTINGS = ipaddress.ip_network("127.0.0.0/8")
# Every list names the first, and no list the second (RFC 5782 5): that is how a dead one is known.
LISTED, UNLISTED = "127.0.0.2", "127.0.0.1"


@dataclass(frozen=True)
class Blocklist:
    """A list: its zone, where to ask for removal, what each of its codes means.

    Without codes, any in 127/8 is a listing (RFC 5782 2.1).
    """

    zone: str
    removal_url: str
    codes: Mapping[str, str] = field(default_factory=dict)


# Lists that are widely asked, and answer everybody who asks through a resolver of their own.
KNOWN = (
    Blocklist(
        "zen.spamhaus.org",
        "https://check.spamhaus.org/",
        {
            "127.0.0.2": "SBL: a source of spam",
            "127.0.0.3": "CSS: a source of spam, found automatically",
            "127.0.0.4": "XBL: a hijacked machine",
            "127.0.0.9": "DROP: a network of criminals",
            "127.0.0.10": "PBL: a range that its owner says sends no mail",
            "127.0.0.11": "PBL: a range that Spamhaus says sends no mail",
        },
    ),
    Blocklist(
        "bl.spamcop.net", "https://www.spamcop.net/bl.shtml", {"127.0.0.2": "users reported spam from it"}
    ),
    Blocklist("psbl.surriel.com", "https://psbl.org/", {"127.0.0.2": "it wrote to spam traps"}),
)


@dataclass(frozen=True)
class _Answer:
    listing: str = ""
    failure: str = ""
    note: str = ""


def check_blocklists(address: str, lists: Sequence[Blocklist], resolver: Recursive) -> Check:
    """A listing fails. A list that gives no answer or an error is named; without any answer: temperror."""
    told = partial(Check, name=f"block lists on {address}", key=Key.BLOCKLISTS, expected="in no list")
    with ThreadPoolExecutor(max(len(lists), 1)) as pool:
        answers = list(pool.map(lambda one: _ask(address, one, resolver), lists))
    failures = [answer.failure for answer in answers if answer.failure]
    words = [answer.note for answer in answers if answer.note] + failures
    listings = [answer.listing for answer in answers if answer.listing]
    if listings:
        pages = [one.removal_url for one, answer in zip(lists, answers, strict=True) if answer.listing]
        hint = "stop what the list complains of, then ask for removal:\n" + "\n".join(filter(None, pages))
        return told(status=Status.FAIL, found="; ".join(listings + words), hint=hint)
    if failures and len(failures) == len(lists):
        hint = (
            "see that the host uses its own resolver and that the lists' names are right (verify_blocklists)"
        )
        return told(status=Status.TEMPERROR, found="; ".join(failures), hint=hint)
    clear = [one.zone for one, answer in zip(lists, answers, strict=True) if answer == _Answer()]
    found = "; ".join([f"not in {', '.join(clear)}"] * bool(clear) + words)
    return told(status=Status.PASS, found=found or "no list is asked")


def _ask(address: str, one: Blocklist, resolver: Recursive) -> _Answer:
    name = _name(address, one)
    try:
        codes = resolver.ask(name, "A")
        if not codes and not resolver.ask(_name(LISTED, one), "A"):
            return _Answer(note=f"{one.zone} lists not even {LISTED}: it is dead, or its name is wrong")
        everything = bool(codes) and bool(resolver.ask(_name(UNLISTED, one), "A"))
    except UnansweredError as error:
        return _Answer(failure=f"{one.zone} does not answer ({error})")
    errors = [code for code in codes if ipaddress.ip_address(code) in ERRORS]
    if errors:
        meaning = ERROR_MEANINGS.get(errors[0], "an error")
        return _Answer(note=f"{one.zone} answers {errors[0]}, no listing: {meaning}")
    if everything:
        return _Answer(note=f"{one.zone} lists even {UNLISTED}, so everybody: no listing, ask it no more")
    known = [code for code in codes if code in one.codes] if one.codes else []
    if not one.codes:
        known = [code for code in codes if ipaddress.ip_address(code) in LISTINGS]
    if known:
        meanings = ", ".join(f"{code} {one.codes.get(code, '')}".strip() for code in known)
        return _Answer(listing=f"{one.zone} lists it: {meanings}{_reason(name, resolver)}")
    return _Answer(note=f"{one.zone} answers {', '.join(codes)}, which means nothing" if codes else "")


def _name(address: str, one: Blocklist) -> str:
    """What is asked about an address (RFC 5782 2.1)."""
    return ".".join([*reversed(address.split(".")), one.zone])


def _reason(name: str, resolver: Recursive) -> str:
    try:
        words = resolver.ask(name, "TXT")
    except UnansweredError:
        return ""
    return f' ("{" ".join(words)}")' if words else ""
