"""What the gateway found out about a mail: Rspamd's verdict header and ClamAV's status, read strictly.

The header is base64 of JSON (docs/adr/0008-verdict-header.md). It comes from our own filter, but holds names
that the sender chose: every value is checked, and one that does not fit makes the whole verdict unreadable.
"""

import binascii
import math
from dataclasses import dataclass, field
from typing import Any

import orjson

from boringmail.mime.text import single_line

_Json = dict[str, Any]
_VERSION = 1
# RFC 8601 2.7.
RESULTS = frozenset({"pass", "fail", "softfail", "neutral", "none", "temperror", "permerror", "policy"})
POLICIES = frozenset({"none", "quarantine", "reject"})
# Base64; fifty symbols of Rspamd's take 5 kB. Postfix cuts a field at header_size_limit, 102,400.
_LENGTH_LIMIT = 65_536
_NAME_LENGTH_LIMIT = 255
_ENTRIES_LIMIT = 100


class UnreadableError(Exception):
    """The verdict cannot be used; the message says why, without a word of the sender's."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The parts of the body that say it. Empty and None: not checked."""

    authentication: _Json = field(default_factory=dict)
    spam: _Json | None = None
    virus: _Json | None = None
    problem: str | None = None


def judge(verdict: str | None, virus_status: str | None) -> Judgement:
    """Reads what filters wrote. Never raises: an unreadable verdict is none, and `problem` says why."""
    virus = {"result": "clean", "scanner": "clamav"} if virus_status == "Clean" else None
    if verdict is None:
        return Judgement(virus=virus)
    try:
        authentication, spam = decode(verdict)
    except UnreadableError as error:
        return Judgement(virus=virus, problem=str(error))
    return Judgement(authentication, spam, virus)


def decode(value: str) -> tuple[_Json, _Json]:
    """The body's `authentication` and `spam` from the field's unfolded text. Raises UnreadableError."""
    found = _mapping(_load(value), "the verdict")
    if found.get("v") != _VERSION:
        raise UnreadableError("v is not 1")
    authentication = {
        "spf": _result(found, "spf", "domain", "client"),
        "dkim": [
            _entry(entry, "dkim", "domain", "selector") for entry in _sequence(found.get("dkim"), "dkim")
        ],
        "dmarc": _dmarc(found),
        "arc": _result(found, "arc"),
        "iprev": _result(found, "iprev", "name"),
    }
    return authentication, _spam(found)


def _load(value: str) -> object:
    if len(value) > _LENGTH_LIMIT:
        raise UnreadableError("too long")
    try:
        return orjson.loads(binascii.a2b_base64("".join(value.split()), strict_mode=True))
    except ValueError:  # of either
        raise UnreadableError("not base64 of JSON") from None


def _spam(found: _Json) -> _Json:
    spam = _mapping(found.get("spam"), "spam")
    spoofed = found.get("own_domain_spoofed")
    action = _text(spam, "action")
    if not isinstance(spoofed, bool) or action is None:
        raise UnreadableError("own_domain_spoofed or action is missing")
    return {
        "score": _number(spam, "score"),
        "threshold": _number(spam, "threshold"),
        "action": action,
        "symbols": [_symbol(entry) for entry in _sequence(spam.get("symbols"), "symbols")],
        "own_domain_spoofed": spoofed,
    }


def _symbol(value: object) -> _Json:
    symbol = _mapping(value, "a symbol")
    name = _text(symbol, "name")
    if name is None:
        raise UnreadableError("a symbol has no name")
    return {"name": name, "score": _number(symbol, "score")}


def _dmarc(found: _Json) -> _Json:
    dmarc = _result(found, "dmarc", "domain", "policy")
    if dmarc["policy"] is not None and dmarc["policy"] not in POLICIES:
        raise UnreadableError("dmarc has an unknown policy")
    return dmarc


def _result(found: _Json, key: str, *names: str) -> _Json:
    return _entry(found.get(key), key, *names)


def _entry(value: object, what: str, *names: str) -> _Json:
    """One method's result with its properties; those that Rspamd left out are null."""
    entry = _mapping(value, what)
    result = entry.get("result")
    if not isinstance(result, str) or result not in RESULTS:
        raise UnreadableError(f"{what} has no result of RFC 8601")
    return {"result": result} | {name: _text(entry, name) for name in names}


def _mapping(value: object, what: str) -> _Json:
    if not isinstance(value, dict):
        raise UnreadableError(f"{what} is not an object")
    return value


def _sequence(value: object, what: str) -> list[object]:
    if not isinstance(value, list) or len(value) > _ENTRIES_LIMIT:
        raise UnreadableError(f"{what} is not a list of at most {_ENTRIES_LIMIT}")
    return value


def _text(entry: _Json, key: str) -> str | None:
    value = entry.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value or len(value) > _NAME_LENGTH_LIMIT:
        raise UnreadableError(f"{key} is not a text of 1 to {_NAME_LENGTH_LIMIT} characters")
    return single_line(value)


def _number(entry: _Json, key: str) -> float:
    value = entry.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UnreadableError(f"{key} is not a number")
    return value
