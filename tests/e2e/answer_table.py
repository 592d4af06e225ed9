"""The answer table, row by row: how an application answers, and what must become of its mail."""

from dataclasses import dataclass, field
from typing import Any

APP = "http://app.example.com:8080/boringmail/"
TLS = "https://app.example.com:8443/boringmail/"
# Longer than an attempt may last.
HANG_SECONDS = 60


@dataclass(frozen=True)
class Row:
    """One application, at an endpoint of its own.

    `rule` is how the app answers there, empty where the way to it is what fails. `mails` must become `fate`;
    `reason` is what the daemon's log calls it. `mended`: once the app answers well, without a hand.
    """

    name: str
    fate: str
    reason: str
    rule: dict[str, Any] = field(default_factory=dict)
    route: dict[str, Any] = field(default_factory=dict)
    mails: int = 3

    @property
    def mended(self) -> bool:
        return self.fate == "deferred" and bool(self.rule)

    @property
    def url(self) -> str:
        return str(self.route.get("url", APP + self.name))


def _answers(fate: str, *statuses: int) -> list[Row]:
    return [Row(f"status-{s}", fate, f"status_{s}", {"mode": "answer", "status": s}) for s in statuses]


def _fails(name: str, reason: str, mode: str, **rule: Any) -> Row:
    return Row(name, "deferred", reason, {"mode": mode, **rule})


def rows(authority: str) -> list[Row]:
    """All rows. `authority` is the file, on the mail host, with the authority that signed the app's TLS."""
    return [
        *_answers("delivered", 200, 201, 204),
        *_answers("deferred", 301, 302, 307, 308, 401, 403, 404, 408, 425, 429, 500, 502, 503, 504),
        *_answers("dead", 400, 413, 422),
        # One: the next to a mailbox that is gone is refused at the door.
        Row("gone", "dead", "status_410", {"mode": "gone"}, mails=1),
        Row("retry-after", "deferred", "status_429", {"mode": "too_many", "retry_after_seconds": 8}),
        # More than one endpoint may have at a time: it must not take what the others need.
        Row("hang", "deferred", "timeout", {"mode": "hang", "seconds": HANG_SECONDS}, mails=15),
        _fails("loris-head", "timeout", "trickle_head", seconds=10),
        # The status is the answer, however slowly its text comes.
        _fails("loris-refusal", "status_503", "trickle_body", seconds=10, status=503),
        Row("loris-body", "delivered", "status_200", {"mode": "trickle_body", "seconds": 10}),
        _fails("reset", "connection_lost", "reset"),
        _fails("drop", "connection_lost", "drop"),
        _fails("commit-then-drop", "connection_lost", "commit_then_drop"),
        Row("refused", "deferred", "connection_failed", route={"url": "http://app.example.com:8445/"}),
        Row("nameless", "deferred", "connection_failed", route={"url": "http://no-such.example.com:8080/"}),
        Row(
            "private-tls",
            "delivered",
            "status_200",
            route={"url": TLS + "private-tls", "ca_file": authority},
        ),
        Row("tls-stranger", "deferred", "tls_failed", route={"url": TLS + "tls-stranger"}),
        Row(
            "tls-other-name",
            "deferred",
            "tls_failed",
            route={"url": "https://app.example.com:8444/boringmail/tls-other-name", "ca_file": authority},
        ),
        Row("tls-plain", "deferred", "connection_failed", route={"url": "https://app.example.com:8080/"}),
    ]
