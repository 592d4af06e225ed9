"""What the application has answered, for a while. Pure: time is an argument, monotonic seconds.

Mailboxes that exist and those that do not are remembered apart: a sender who tries a million names would
otherwise push out those that mail really comes for.
"""

from dataclasses import dataclass

from boringmail.policy.decision import Existence


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long an answer holds, in seconds; `stale`: how much longer one may stand in for a missing one."""

    exists: float
    gone: float
    stale: float


class Cache:
    """Answers by key. Bounded: beyond the limit (of each kind) the oldest is forgotten."""

    def __init__(self, lifetimes: Lifetimes, *, limit: int) -> None:
        self._lifetimes = lifetimes
        self._limit = limit
        # When each was answered.
        self._exists: dict[str, float] = {}
        self._gone: dict[str, float] = {}

    def put(self, key: str, existence: Existence, *, now: float) -> None:
        """Remembers an answer; that nothing is known changes nothing."""
        if existence is Existence.UNKNOWN:
            return
        self._exists.pop(key, None)
        self._gone.pop(key, None)
        answers = self._exists if existence is Existence.EXISTS else self._gone
        answers[key] = now
        if len(answers) > self._limit:
            del answers[next(iter(answers))]

    def get(self, key: str, *, now: float) -> Existence:
        """The answer that still holds."""
        if now - self._exists.get(key, -float("inf")) < self._lifetimes.exists:
            return Existence.EXISTS
        if now - self._gone.get(key, -float("inf")) < self._lifetimes.gone:
            return Existence.GONE
        return Existence.UNKNOWN

    def stand_in(self, key: str, *, now: float) -> Existence:
        """What to say while the application cannot be asked: never that a mailbox does not exist."""
        limit = self._lifetimes.exists + self._lifetimes.stale
        known = now - self._exists.get(key, -float("inf")) < limit
        return Existence.EXISTS if known else Existence.UNKNOWN
