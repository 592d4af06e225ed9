"""DNS records as published, against what the inventory wants."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import dns.exception

from boringmail.checks import wire
from boringmail.checks.authority import Answer, Authority, UnansweredError
from boringmail.checks.result import Check, Status

UNREACHABLE_HINT = (
    "this controller could not ask the authoritative servers: let it reach them on port 53, or name servers "
    "that it can reach in verify_dns_authoritative"
)
# A name holds one record of these kinds; two make it void (RFC 7208 4.5, RFC 7489 6.6.3).
POLICIES = {"v=spf1": "SPF", "v=dmarc1": "DMARC"}


@dataclass(frozen=True)
class Wanted:
    """A record set the inventory wants. `name` may start with `*.`; values are in zone-file form."""

    name: str
    rdtype: str
    values: tuple[str, ...]
    ttl: int = 300

    @property
    def policy(self) -> str | None:
        """`SPF` or `DMARC` when it is such a record."""
        return next(
            (label for value in self.values for mark, label in POLICIES.items() if _is(mark, value)), None
        )

    @property
    def title(self) -> str:
        """The check's name in the table."""
        return f"{self.policy or self.rdtype} {self.name.rstrip('.')}"

    def zone_lines(self) -> str:
        """What to paste into a zone file."""
        return "\n".join(
            f"{self.name.rstrip('.')}. {self.ttl} IN {self.rdtype} {self._quoted(v)}" for v in self.values
        )

    def _quoted(self, value: str) -> str:
        return f'"{value}"' if self.rdtype == "TXT" and not value.startswith('"') else value


def check_records(
    authority: Authority, wanted: Iterable[Wanted], new_label: Callable[[], str]
) -> list[Check]:
    """One check per record set; a wildcard is asked by a label that nobody has taken."""
    return [check_record(authority, record, new_label) for record in wanted]


def check_record(authority: Authority, wanted: Wanted, new_label: Callable[[], str]) -> Check:
    """Every authoritative server that answers has to give the values the inventory wants."""
    try:
        values = tuple(sorted(wire.normal(wanted.rdtype, value) for value in wanted.values))
    except dns.exception.DNSException as error:
        words = f"cannot read {wanted.values}: {error}"
        return Check(
            wanted.title, Status.PERMERROR, "a valid record", words, "mend the value in the inventory"
        )
    expected = _shown(values)
    try:
        answers = authority.ask_all(_asked_name(wanted.name, new_label), wanted.rdtype)
    except UnansweredError as error:
        return Check(wanted.title, Status.TEMPERROR, expected, str(error), UNREACHABLE_HINT)
    found = {answer.server: _relevant(answer, values, wanted.policy) for answer in answers}
    if all(seen == values for seen in found.values()):
        return Check(wanted.title, Status.PASS, expected, expected)
    return _mismatch(wanted, expected, answers, found)


def _mismatch(
    wanted: Wanted, expected: str, answers: list[Answer], found: dict[str, tuple[str, ...]]
) -> Check:
    hint = f"run playbooks/provision.yml, or publish:\n{wanted.zone_lines()}"
    alias = next((answer.cname for answer in answers if answer.cname), None)
    if alias:
        hint = f"remove the CNAME that hides it; then {hint}"
    words = {server: _shown(seen) if seen else _nothing(server, answers) for server, seen in found.items()}
    if len(set(words.values())) == 1:
        text = next(iter(words.values()))
    else:
        text = "the servers disagree: " + "; ".join(f"{server}: {seen}" for server, seen in words.items())
    status = (
        Status.PERMERROR if wanted.policy and any(len(seen) > 1 for seen in found.values()) else Status.FAIL
    )
    if status is Status.PERMERROR:
        hint = f"remove all but one {wanted.policy} record:\n{wanted.zone_lines()}"
    return Check(wanted.title, status, expected, text, hint)


def _relevant(answer: Answer, wanted: tuple[str, ...], policy: str | None) -> tuple[str, ...]:
    """The values to compare: beside SPF or DMARC other people's TXT records may stand."""
    if answer.cname:
        return (f"CNAME {answer.cname}",)
    if policy is None:
        return answer.values
    marks = [mark for mark in POLICIES if any(_is(mark, value) for value in wanted)]
    return tuple(value for value in answer.values if any(_is(mark, value) for mark in marks))


def _nothing(server: str, answers: list[Answer]) -> str:
    answer = next(answer for answer in answers if answer.server == server)
    return "no such record" if answer.exists else "no such name"


def _asked_name(name: str, new_label: Callable[[], str]) -> str:
    return f"{new_label()}{name[1:]}" if name.startswith("*.") else name


def _is(mark: str, value: str) -> bool:
    return value.strip('"').lower().startswith(mark)


def _shown(values: tuple[str, ...]) -> str:
    return ", ".join(values)
