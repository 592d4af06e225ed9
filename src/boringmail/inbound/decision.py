"""What the application's answer means for a mail: the answer table, as pure functions.

| answer | what happens |
|---|---|
| 2xx | delivered |
| 410 | dead-letter box; the recipient is refused at RCPT for a while |
| 408, 425, 429, 401, 403, 404, 3xx, 5xx, no answer | deferred, never bounced |
| any other 4xx | dead-letter box, with the answer |
| deferred, but too old | dead-letter box, so that the queue's own lifetime is never reached |
"""

import email.utils
import enum
from dataclasses import dataclass, replace
from datetime import UTC
from http import HTTPStatus

# The mail is fine, the way to the application is not: a wrong key or path is repaired by the operator.
_DEFERRED_4XX = {401, 403, 404, 408, 425, 429}
# The application says itself that it takes nothing just now.
_OVERLOADED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}


class Action(enum.Enum):
    """What becomes of a mail."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    DEAD_LETTER = "dead_letter"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back from one call: a status, or the name of what failed."""

    status: int | None = None
    failure: str = ""
    retry_after: str | None = None
    excerpt: str = ""

    @property
    def reason(self) -> str:
        """One word for logs and replies."""
        return self.failure if self.status is None else f"status_{self.status}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one mail, and what it says about the application.

    `hold_seconds`: the application asked not to be called for so long. `severe`: one such answer is enough to
    stop calling for a moment; others might be about this one mail.
    """

    action: Action
    reason: str
    gone: bool = False
    hold_seconds: float | None = None
    severe: bool = False


def decide(answer: Answer, *, now: float, hold_limit_seconds: float) -> Verdict:
    """The verdict on one answer. `now` is Unix time, for a Retry-After that is a date."""
    status = answer.status
    if status is not None and 200 <= status <= 299:  # noqa: PLR2004 - the class of statuses
        return Verdict(Action.DELIVERED, answer.reason)
    if status == HTTPStatus.GONE:
        return Verdict(Action.DEAD_LETTER, answer.reason, gone=True)
    if status is not None and 400 <= status <= 499 and status not in _DEFERRED_4XX:  # noqa: PLR2004 - as above
        return Verdict(Action.DEAD_LETTER, answer.reason)
    hold = retry_after_seconds(answer.retry_after, now=now)
    return Verdict(
        Action.DEFERRED,
        answer.reason,
        hold_seconds=None if hold is None else min(hold, hold_limit_seconds),
        severe=status in _OVERLOADED or answer.failure == "connection_failed",
    )


def expire(verdict: Verdict, *, age_seconds: float, max_age_seconds: float) -> Verdict:
    """A mail that is still deferred when it is too old goes to the dead-letter box."""
    if verdict.action is Action.DEFERRED and age_seconds > max_age_seconds:
        return replace(verdict, action=Action.DEAD_LETTER, reason=f"too_old_{verdict.reason}")
    return verdict


def retry_after_seconds(value: str | None, *, now: float) -> float | None:
    """RFC 9110 10.2.3: seconds, or an HTTP date. None if absent or neither."""
    if value is None:
        return None
    value = value.strip()[:100]
    if value.isascii() and value.isdigit():
        return float(value[:10])
    try:
        moment = email.utils.parsedate_to_datetime(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
        return max(0.0, moment.timestamp() - now)
    except Exception:  # noqa: BLE001 - the library raises half a dozen types on hostile dates
        return None


def reply(verdict: Verdict) -> str:
    """The LMTP reply to DATA for one recipient. It names no host and no path of the application."""
    if verdict.action is Action.DELIVERED:
        return "250 2.0.0 Delivered"
    if verdict.action is Action.DEAD_LETTER:
        return f"250 2.0.0 Kept in the dead-letter box ({verdict.reason})"
    return f"451 4.3.0 The application does not take it now ({verdict.reason})"
