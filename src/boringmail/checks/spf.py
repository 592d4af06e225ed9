"""SPF as a receiver evaluates it, for the addresses from which mail really leaves (RFC 7208).

The evaluation is pyspf's (docs/adr/0009), fed from the authoritative servers. What the inventory wants is the
repair: an owner may have added senders, and the record is right when it lets our addresses pass.
"""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import spf

from boringmail.checks import policies
from boringmail.checks.authority import Authority, UnansweredError
from boringmail.checks.causes import UNANSWERED, Key
from boringmail.checks.records import UNREACHABLE_HINT
from boringmail.checks.result import Check, Status

MAX_LOOKUPS, MAX_VOID = 10, 2  # RFC 7208 4.6.4
# An address that no record names: for it the whole record is walked. Some receivers resolve every record
# whole, whoever sends (rspamd does), so this is what the limits have to hold for.
NOBODY = "240.0.0.1"

Lookup = Callable[[str, str], Sequence[str]]


@dataclass(frozen=True)
class Identity:
    """A name that stands in HELO or MAIL FROM; it may begin with `*.`.

    `helo` is given when the name is MAIL FROM's. `addresses`: the senders' public IPv4 addresses. `wanted`:
    the record of the inventory. `beside`: other texts of ours at this name.
    """

    name: str
    addresses: tuple[str, ...]
    wanted: str
    helo: str = ""
    beside: tuple[str, ...] = ()
    ttl: int = 300
    host: str = ""


@dataclass(frozen=True)
class Outcome:
    """What pyspf says: one of the results of RFC 7208 2.6, why, and what it took."""

    result: str
    words: str
    lookups: int
    void: int


def check_spf(authority: Authority, identity: Identity, label: str) -> Check:
    """The record of one identity; a wildcard is asked by `label`."""
    addresses = ", ".join(identity.addresses) or "our addresses"
    expected = f"pass for {addresses} within {MAX_LOOKUPS} look-ups, as by {identity.wanted}"
    title = f"SPF {identity.name}"
    told = partial(Check, name=title, key=Key.SPF, expected=expected, host=identity.host)
    asked = identity.name.replace("*", label, 1)
    try:
        published = policies.look(authority, asked, "SPF")
        verdict = judge(authority, identity, asked, published)
    except UnansweredError as error:
        hint = UNREACHABLE_HINT
        return told(status=Status.TEMPERROR, found=str(error), hint=hint, symptoms=(UNANSWERED,))
    if verdict.status is Status.PASS:
        return told(status=Status.PASS, found=verdict.found)
    return told(
        status=verdict.status,
        found=verdict.found,
        hint=verdict.hint,
        symptoms=verdict.symptoms,
        repair=policies.repair(identity.name, identity.wanted, published, identity.beside, identity.ttl),
    )


@dataclass(frozen=True)
class Verdict:
    """What a record is worth, before it becomes a line of the table."""

    status: Status
    found: str
    hint: str = ""
    symptoms: tuple[str, ...] = ()


def judge(authority: Authority, identity: Identity, asked: str, published: policies.Published) -> Verdict:
    """Whether every address passes, within the limits. Raises `UnansweredError`."""
    aliased = ("alias",) if published.cname else ()
    if published.disagreement or not published.texts:
        return Verdict(
            Status.FAIL, published.words, "run playbooks/provision.yml, or publish the repair", aliased
        )
    if len(published.texts) > 1:
        hint = "a name has one SPF record: merge them, or publish the repair alone"
        return Verdict(Status.PERMERROR, published.words, hint, aliased)
    helo = identity.helo or asked
    sender = f"postmaster@{asked}" if identity.helo else ""
    if not identity.addresses:
        words = f"{published.words}: no address to let pass, for the host has no public one"
        return Verdict(Status.PERMERROR, words, "give it one: run playbooks/provision.yml", ("address",))
    outcomes = {address: evaluate(authority, address, sender, helo) for address in identity.addresses}
    whole = evaluate(authority, NOBODY, sender, helo, patient=True)
    for address, outcome in outcomes.items():
        if outcome.result != "pass":
            return _refused(identity, published, address, outcome, aliased)
    count = f"{whole.lookups} of {MAX_LOOKUPS} look-ups"
    if whole.lookups > MAX_LOOKUPS or whole.void > MAX_VOID or whole.result == "permerror":
        hint = "take names out of the record: receivers that resolve it whole give permerror (RFC 7208 4.6.4)"
        return Verdict(Status.PERMERROR, f"{published.words}: {_over(whole)}", hint, aliased)
    note = "" if same(published.texts[0], identity.wanted) else f"; the inventory says {identity.wanted}"
    return Verdict(Status.PASS, f"{published.words}: pass, {count}{note}")


def _over(whole: Outcome) -> str:
    if whole.lookups > MAX_LOOKUPS:
        return f"permerror, {whole.lookups} look-ups, and {MAX_LOOKUPS} are allowed"
    if whole.void > MAX_VOID:
        return f"permerror, {whole.void} look-ups without an answer, and {MAX_VOID} are allowed"
    return f"permerror, {whole.words}"


def _refused(
    identity: Identity,
    published: policies.Published,
    address: str,
    outcome: Outcome,
    aliased: tuple[str, ...],
) -> Verdict:
    status = {"temperror": Status.TEMPERROR, "permerror": Status.PERMERROR}.get(outcome.result, Status.FAIL)
    found = f"{published.words}: {outcome.result} for {address}"
    if outcome.result in {"temperror", "permerror"}:
        found += f" ({outcome.words})"
    # The text is right, so it is the address behind a name in it that is not.
    symptoms = ("address",) if same(published.texts[0], identity.wanted) else aliased
    return Verdict(status, found, "run playbooks/provision.yml, or publish the repair", symptoms)


def same(one: str, other: str) -> bool:
    """Whether two records say the same in the same order."""
    return one.lower().split() == other.lower().split()


def evaluate(authority: Authority, address: str, sender: str, helo: str, *, patient: bool = False) -> Outcome:
    """One evaluation. An empty `sender` checks HELO (RFC 7208 2.3).

    `patient`: go on where a receiver gives up, to see how much too much it is.
    """
    ipaddress.IPv4Address(address)
    with _answers_from(authority):
        query = spf.query(i=address, s=sender, h=helo, strict=not patient, querytime=0)
        result, _, words = query.check()
    return Outcome(result, words, query.lookups, query.void_lookups)


@contextmanager
def _answers_from(authority: Authority) -> Iterator[None]:
    """The one function of its module by which pyspf asks DNS, replaced: there is no other way in."""

    def lookup(name: str, rdtype: str, *_: object) -> list[tuple[tuple[str, str], object]]:
        try:
            values = authority.ask(name, rdtype).values
        except UnansweredError as error:
            raise spf.TempError(f"DNS {error}") from error
        return [((name, rdtype), _as_pyspf_wants(rdtype, value)) for value in values]

    before, spf.DNSLookup = spf.DNSLookup, lookup
    try:
        yield
    finally:
        spf.DNSLookup = before


def _as_pyspf_wants(rdtype: str, value: str) -> object:
    if rdtype == "TXT":
        return (value.encode(),)
    if rdtype == "MX":
        preference, exchange = value.split()
        return int(preference), exchange
    return value
