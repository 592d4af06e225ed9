"""The texts of SPF and DMARC at a name, among other people's TXT records and on all its servers."""

from collections.abc import Iterable
from dataclasses import dataclass

from boringmail.checks import zonefile
from boringmail.checks.authority import Answer, Authority

# A name holds one record of each kind; two make it void (RFC 7208 4.5, RFC 7489 6.6.3).
MARKS = {"SPF": "v=spf1", "DMARC": "v=dmarc1"}


@dataclass(frozen=True)
class Published:
    """What the servers say of one kind at a name; they agree unless `disagreement` says how they differ."""

    texts: tuple[str, ...]
    others: tuple[str, ...]
    cname: str | None = None
    exists: bool = True
    disagreement: str = ""

    @property
    def words(self) -> str:
        """For `found`."""
        if self.disagreement:
            return f"the servers disagree: {self.disagreement}"
        text = " and ".join(self.texts) or ("no such record" if self.exists else "no such name")
        return f"{text} (by the CNAME {self.cname})" if self.cname else text


def kind_of(text: str) -> str:
    """`SPF`, `DMARC`, or nothing."""
    start = text.strip('"').lower()
    return next((kind for kind, mark in MARKS.items() if start.startswith(mark)), "")


def look(authority: Authority, name: str, kind: str) -> Published:
    """Ask every server for one kind of text. Raises `authority.UnansweredError`."""
    answers = [_followed(authority, answer) for answer in authority.ask_all(name, "TXT")]
    seen = {answer.server: _of_kind(answer.values, kind) for answer in answers}
    first = answers[0]
    differing = len(set(seen.values())) > 1
    words = (f"{server}: {' and '.join(texts) or 'none'}" for server, texts in seen.items())
    return Published(
        texts=_of_kind(first.values, kind),
        others=tuple(value for value in first.values if kind_of(value) != kind),
        cname=first.cname,
        exists=any(answer.exists for answer in answers),
        disagreement="; ".join(words) if differing else "",
    )


def _followed(authority: Authority, answer: Answer) -> Answer:
    if answer.cname is None or answer.values:
        return answer
    target = authority.ask(answer.cname, "TXT")
    return Answer(answer.server, target.values, answer.cname, target.exists)


def _of_kind(values: Iterable[str], kind: str) -> tuple[str, ...]:
    return tuple(value for value in values if kind_of(value) == kind)


def repair(name: str, wanted: str, published: Published | None, beside: tuple[str, ...], ttl: int) -> str:
    """The whole TXT record set with the wanted text; what else stands there stays.

    `beside`: texts of ours that belong there too, put where none of their kind is left.
    """
    others = published.others if published and not published.cname else ()
    kinds = {kind_of(value) for value in others}
    missing = tuple(text for text in beside if kind_of(text) not in kinds)
    return zonefile.lines(name, "TXT", (wanted, *others, *missing), ttl)
