"""DMARC for mail as we send it: is there a policy, and is the mail aligned (RFC 7489, RFC 9989).

A tenant's mail has the tenant's domain in From and in the envelope, and a signature by the gateway's domain
above it. Each is the other or lies in it, so no list of public suffixes is needed to see the alignment.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import dmarc

from boringmail.checks import policies
from boringmail.checks.authority import Authority, UnansweredError
from boringmail.checks.causes import UNANSWERED, Key
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status

ADVICE = "run playbooks/provision.yml, or publish the repair"


@dataclass(frozen=True)
class Wanted:
    """The policy of the inventory.

    `zone`: the owner's zone; addresses for reports in it are the owner's. `beside`: other texts of ours at
    the wildcard, where tenants' policy stands.
    """

    domain: str
    zone: str
    record: str
    beside: tuple[str, ...] = ()
    ttl: int = 300


@dataclass(frozen=True)
class Place:
    """Where a receiver looks for the policy of one kind of sender, and where the record for it stands."""

    whose: str
    sender_domain: str
    record_name: str
    beside: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """The name that receivers ask (RFC 7489 6.1)."""
        return f"_dmarc.{self.sender_domain}"


@dataclass(frozen=True)
class Fault:
    """What is wrong in one place."""

    status: Status
    found: str
    hint: str = ADVICE
    repair: str = ""
    symptoms: tuple[str, ...] = ()


def check_dmarc(authority: Authority, wanted: Wanted, label: str) -> Check:
    """The policy for a tenant, asked by `label`, and for the domain itself."""
    title, expected = (
        f"DMARC {wanted.domain}",
        f"{wanted.record} for tenants and for {wanted.domain}, aligned",
    )
    places = (
        Place("tenants", f"{label}.{wanted.domain}", f"*.{wanted.domain}", wanted.beside),
        Place(wanted.domain, wanted.domain, f"_dmarc.{wanted.domain}"),
    )
    faults: list[Fault] = []
    notes: list[str] = []
    try:
        for place in places:
            published = policies.look(authority, place.asked, "DMARC")
            faults += find_faults(place, published, wanted)
            notes += published.texts
        if not faults:
            faults = list(unwilling(authority, notes[0], wanted))
    except UnansweredError as error:
        return Check(
            title, Status.TEMPERROR, expected, str(error), UNREACHABLE_HINT, Key.DMARC, symptoms=(UNANSWERED,)
        )
    if faults:
        return _failed(title, expected, faults)
    return Check(title, Status.PASS, expected, _described(notes, wanted), key=Key.DMARC)


def _failed(title: str, expected: str, faults: list[Fault]) -> Check:
    """One check for both places: somebody who takes the policy away takes it away once."""
    worst = next((fault for fault in faults if fault.status is Status.PERMERROR), faults[0])
    return Check(
        title,
        worst.status,
        expected,
        "; ".join(fault.found for fault in faults),
        worst.hint,
        Key.DMARC,
        "\n".join(fault.repair for fault in faults if fault.repair),
        tuple(dict.fromkeys(symptom for fault in faults for symptom in fault.symptoms))
        if all(fault.symptoms for fault in faults)
        else (),
    )


def _described(texts: list[str], wanted: Wanted) -> str:
    tags = ", ".join(part.strip() for part in texts[0].split(";")[1:] if part.strip())
    differs = any(
        text.replace(" ", "").rstrip(";") != wanted.record.replace(" ", "").rstrip(";") for text in texts
    )
    note = f"; the inventory says {wanted.record}" if differs else ""
    return f"{tags}; SPF aligned by the envelope, DKIM by d={wanted.domain}{note}"


def find_faults(place: Place, published: policies.Published, wanted: Wanted) -> list[Fault]:
    """No record, more than one, a broken one, or one by which our own mail would not be aligned."""
    # Nothing else stands at _dmarc: what a server gives there may be the wildcard's.
    kept = published if place.record_name.startswith("*.") else None
    repair = policies.repair(place.record_name, wanted.record, kept, place.beside, wanted.ttl)
    aliased = ("alias",) if published.cname else ()
    if published.disagreement or not published.texts:
        return [Fault(Status.FAIL, f"{place.whose}: {published.words}", repair=repair, symptoms=aliased)]
    if len(published.texts) > 1:
        hint = "a name has one DMARC record: publish the repair alone"
        return [Fault(Status.PERMERROR, f"{place.whose}: {published.words}", hint, repair, aliased)]
    try:
        policy = dmarc.DMARC().parse_record(published.texts[0], place.sender_domain)
    except dmarc.RecordSyntaxError as error:
        return [Fault(Status.PERMERROR, f"{place.whose}: {published.words} ({error})", repair=repair)]
    signed = dmarc.DKIM(wanted.domain, dmarc.DKIMResult.PASS)
    if dmarc.DMARC().get_result(policy, dkim=signed).dkim is dmarc.DMARCResult.PASS:
        return []
    unaligned = f"a signature by {wanted.domain} is not aligned with {place.sender_domain}"
    found = f"{place.whose}: {published.words}: {unaligned}"
    return [Fault(Status.FAIL, found, "take adkim=s out of the record", repair)]


def unwilling(authority: Authority, record: str, wanted: Wanted) -> Iterator[Fault]:
    """Addresses for reports elsewhere whose owner did not agree to get them (RFC 7489 7.1).

    Raises `UnansweredError`.
    """
    for uri in dmarc.DMARC().parse_record(record, wanted.domain).rua:
        receiver = uri.strip().partition("!")[0].rpartition("@")[2]
        if not receiver or _related(receiver, wanted.zone):
            continue
        name = f"{wanted.domain}._report._dmarc.{receiver}"
        if not policies.look(authority, name, "DMARC").texts:
            hint = f'have {receiver} publish this, or name another address:\n{name}. 300 IN TXT "v=DMARC1"'
            yield Fault(Status.FAIL, f"{uri.strip()} does not take our reports: {name} is missing", hint)


def _related(one: str, other: str) -> bool:
    """Whether one domain is, or lies in, the other."""
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")
