"""How the endpoint is told to answer: well by default, or in one of the ways in which apps go wrong."""

import threading
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from typing import Any


class Mode(StrEnum):
    """A way to answer. `down` closes the listener and so holds for every recipient."""

    OK = "ok"
    REFUSE = "refuse"
    GONE = "gone"
    UNPROCESSABLE = "unprocessable"
    UNAUTHORIZED = "unauthorized"
    TOO_MANY = "too_many"
    REDIRECT = "redirect"
    SLOW = "slow"
    HANG = "hang"
    DROP = "drop"
    COMMIT_THEN_DROP = "commit_then_drop"
    ANSWER = "answer"
    RESET = "reset"
    TRICKLE_HEAD = "trickle_head"
    TRICKLE_BODY = "trickle_body"
    DOWN = "down"


# The status of the modes that only answer; all other modes do something more.
REFUSALS = {
    Mode.REFUSE: HTTPStatus.SERVICE_UNAVAILABLE,
    Mode.GONE: HTTPStatus.GONE,
    Mode.UNPROCESSABLE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Mode.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
    Mode.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Mode.REDIRECT: HTTPStatus.FOUND,
}


@dataclass(frozen=True)
class Rule:
    """One order: `mode` for `recipients` at `paths` (None: all), `times` times (None: until changed).

    `seconds` is how long `slow` and `hang` wait, and how long before each byte of what trickles. `status` is
    that of `answer` and `trickle_body`; `retry_after_seconds` goes out as Retry-After. `reset` closes in the
    middle of the request, before its recipient is known: for all recipients at its paths.
    """

    mode: Mode
    recipients: tuple[str, ...] | None = None
    paths: tuple[str, ...] | None = None
    status: int = HTTPStatus.OK
    seconds: float = 0.0
    retry_after_seconds: int | None = None
    times: int | None = None

    def public(self) -> dict[str, Any]:
        """The rule as the control port shows it."""
        return asdict(self)


def rule_of(order: dict[str, Any]) -> Rule:
    """Read a rule from JSON; ValueError or TypeError when it is none."""
    recipients, paths = order.get("recipients"), order.get("paths")
    return Rule(
        mode=Mode(order["mode"]),
        recipients=None if recipients is None else tuple(recipients),
        paths=None if paths is None else tuple(paths),
        status=int(order.get("status", HTTPStatus.OK)),
        seconds=float(order.get("seconds", 0.0)),
        retry_after_seconds=order.get("retry_after_seconds"),
        times=order.get("times"),
    )


class Behaviour:
    """The rules in force; the first that fits a recipient is used. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Rule] = []

    def set(self, rules: list[Rule]) -> None:
        """Replace all rules."""
        with self._lock:
            self._rules = list(rules)

    def rules(self) -> list[Rule]:
        """The rules in force."""
        with self._lock:
            return list(self._rules)

    def resets(self, path: str) -> bool:
        """Whether a request to this path is to be reset before it is read."""
        with self._lock:
            return any(
                rule.mode is Mode.RESET and (rule.paths is None or path in rule.paths) for rule in self._rules
            )

    def take(self, recipient: str, path: str = "") -> Rule:
        """The rule for one request, using up one of its `times`."""
        with self._lock:
            for index, rule in enumerate(self._rules):
                if rule.recipients is not None and recipient not in rule.recipients:
                    continue
                if rule.paths is not None and path not in rule.paths:
                    continue
                if rule.times is not None:
                    if rule.times <= 0:
                        continue
                    self._rules[index] = replace(rule, times=rule.times - 1)
                return rule
        return Rule(Mode.OK)
