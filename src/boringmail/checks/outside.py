"""A mail host's port 25 as the Internet sees it: names, manners, certificate."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from boringmail.checks import certificate, ehlo, smtp, smtp_open
from boringmail.checks.authority import Authority
from boringmail.checks.causes import Key
from boringmail.checks.mail_in import OWN_NETWORK_HINT
from boringmail.checks.result import Check, Status


@dataclass(frozen=True)
class Place:
    """The host under test. `strangers` is a domain of somebody else's, to which nothing may be relayed."""

    host_name: str
    address: str
    ours: str
    strangers: str
    ca_text: str = ""


@dataclass(frozen=True)
class Within:
    """What was seen on the host itself; None where it was not, and then `words` says why."""

    outgoing_name: str | None = None
    submission: certificate.Seen | None = None
    words: str = ""

    @classmethod
    def read(cls, facts: Mapping[str, Any]) -> "Within":
        """Out of what the module on the host returned; anything missing was not seen."""
        seen = facts.get("submission")
        return cls(
            outgoing_name=facts.get("outgoing_name"),
            submission=certificate.Seen(**seen) if seen else None,
            words=str(facts.get("words") or ("" if seen else "port 587: not looked at from the host")),
        )


def check_port_25(
    place: Place,
    connect: Callable[[], smtp.Session],
    authority: Authority,
    within: Within,
    now: Callable[[], datetime],
) -> list[Check]:
    """Names, manners and certificate. `connect` makes a new session; `now` is time-zone aware."""
    attempts = smtp_open.relay_attempts(place.ours, place.host_name, place.strangers)
    with ThreadPoolExecutor() as pool:
        shown = pool.submit(_look_at_certificate, place, connect)
        tries = pool.submit(_try_relaying, connect, attempts)
        try:
            manners = smtp_open.listen(connect())
        except (OSError, smtp.RefusedError) as error:
            unseen = [_unreached(title(place.host_name), key, error) for title, key in _TITLES]
            return [*unseen, _judge_certificate(place, shown.result(), within, now())]
        spoken = {
            "banner": ehlo.first_word(manners.banner),
            "EHLO": ehlo.first_word(manners.greeting),
        }
        if within.outgoing_name is not None:
            spoken["mail out"] = within.outgoing_name.lower().rstrip(".")
        return [
            ehlo.check_ehlo(authority, place.host_name, place.address, spoken),
            smtp_open.judge(place.host_name, manners, tries.result(), len(attempts)),
            _judge_certificate(place, shown.result(), within, now()),
        ]


_TITLES = ((ehlo.title, Key.EHLO), (smtp_open.title, Key.SMTP_OPEN))


def _look_at_certificate(place: Place, connect: Callable[[], smtp.Session]) -> certificate.Seen | str:
    try:
        handshake = certificate.over_smtp(connect)
        return certificate.look("port 25", place.host_name, handshake, place.ca_text)
    except (OSError, smtp.RefusedError) as error:
        return f"port 25: {error}"


def _try_relaying(
    connect: Callable[[], smtp.Session], attempts: tuple[smtp_open.Attempt, ...]
) -> list[tuple[str, str]]:
    try:
        return smtp_open.try_relaying(connect(), certificate.unquestioning(), attempts)
    except (OSError, smtp.RefusedError) as error:
        return [("", f"no session: {error}")]


def _judge_certificate(place: Place, shown: certificate.Seen | str, within: Within, now: datetime) -> Check:
    seen = [one for one in (shown, within.submission) if isinstance(one, certificate.Seen)]
    unseen = [words for words in (shown, within.words) if isinstance(words, str) and words]
    return certificate.check_certificate(f"certificate of {place.host_name}", seen, unseen, now)


def _unreached(title: str, key: Key, error: Exception) -> Check:
    told = partial(Check, name=title, key=key, expected="a session on port 25", symptoms=("unreached",))
    return told(status=Status.TEMPERROR, found=str(error), hint=OWN_NETWORK_HINT)
