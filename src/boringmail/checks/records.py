"""DNS records as published, against what the inventory wants."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import dns.exception

from boringmail.checks import wire, zonefile
from boringmail.checks.authority import Answer, Authority, UnansweredError
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

UNREACHABLE_HINT = (
    "this controller could not ask the authoritative servers: let it reach them on port 53, or name servers "
    "that it can reach in verify_dns_authoritative"
)
MISSING_HINT = "run playbooks/provision.yml, or publish the repair"
FOREIGN_HINT = (
    "a record not ours stands there, and provisioning stops before it: remove it and publish the repair, or "
    'give it up by aws_dns_overwrite: ["{name}"] and run playbooks/provision.yml'
)
# The TXT record that names the records which provisioning wrote (docs/adr/0004).
CLAIM = "v=boringmail1 "


@dataclass(frozen=True)
class Wanted:
    """A record set the inventory wants. `name` may start with `*.`; values are in zone-file form."""

    name: str
    rdtype: str
    values: tuple[str, ...]
    ttl: int = zonefile.DEFAULT_TTL_SECONDS
    host: str = ""

    @property
    def title(self) -> str:
        """The check's name in the table."""
        return f"{self.rdtype} {self.name.rstrip('.')}"

    @property
    def claim(self) -> str:
        """How the claim record names it."""
        return f"{CLAIM}{self.rdtype} {self.name.rstrip('.').lower()}"


def check_records(authority: Authority, wanted: Iterable[Wanted], domain: str, label: str) -> list[Check]:
    """One check per record set; a wildcard is asked by `label`, which nobody has taken."""
    return [check_record(authority, record, domain, label) for record in wanted]


def check_record(authority: Authority, wanted: Wanted, domain: str, label: str) -> Check:
    """Every authoritative server that answers has to give the values the inventory wants."""
    told = partial(Check, wanted.title, key=Key.RECORDS, host=wanted.host)
    if not wanted.values:
        hint = "give the host its address: run playbooks/provision.yml"
        return told(Status.PERMERROR, "an address", "the host has no public one", hint)
    try:
        values = tuple(sorted(wire.normal(wanted.rdtype, value) for value in wanted.values))
    except dns.exception.DNSException as error:
        words = f"cannot read {wanted.values}: {error}"
        return told(Status.PERMERROR, "a valid record", words, "mend the value in the inventory")
    expected = ", ".join(values)
    try:
        answers = authority.ask_all(wanted.name.replace("*", label, 1), wanted.rdtype)
    except UnansweredError as error:
        return told(Status.TEMPERROR, expected, str(error), UNREACHABLE_HINT)
    if all(_shown(answer) == expected for answer in answers):
        return told(Status.PASS, expected, expected)
    foreign = any(answer.values or answer.cname for answer in answers) and not _ours(
        authority, wanted, domain
    )
    return told(
        Status.FAIL,
        expected,
        _found(answers) + (" (a record not ours)" if foreign else ""),
        FOREIGN_HINT.format(name=wanted.name) if foreign else MISSING_HINT,
        repair=zonefile.lines(wanted.name, wanted.rdtype, wanted.values, wanted.ttl),
    )


def _found(answers: list[Answer]) -> str:
    shown = {answer.server: _shown(answer) for answer in answers}
    if len(set(shown.values())) == 1:
        return next(iter(shown.values()))
    return "the servers disagree: " + "; ".join(f"{server}: {seen}" for server, seen in shown.items())


def _shown(answer: Answer) -> str:
    if answer.cname:
        return f"CNAME {answer.cname}"
    return ", ".join(answer.values) or ("no such record" if answer.exists else "no such name")


def _ours(authority: Authority, wanted: Wanted, domain: str) -> bool:
    """Whether provisioning wrote it, as far as can be told."""
    try:
        claims = authority.ask(f"_boringmail.{domain}", "TXT").values
    except UnansweredError:
        return True
    return wanted.claim in claims
