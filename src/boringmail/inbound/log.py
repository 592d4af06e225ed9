"""One event per line, key=value, the queue id in each. Addresses go to debug lines only."""

import logging
import os
import re
import sys

_logger = logging.getLogger("boringmail.inbound")
_PLAIN = re.compile(r"[^\s\"=\\\x00-\x1f\x7f-\x9f]+")
# sd-daemon(3): a priority in front of the line, which journald takes off again.
_PRIORITIES = {"debug": "<7>", "info": "<6>", "warning": "<4>", "error": "<3>"}
_LEVELS = {name: logging.getLevelNamesMapping()[name.upper()] for name in _PRIORITIES}


def configure(level: str) -> None:
    """Lines go to standard error, with priorities if that is the journal."""
    logging.basicConfig(stream=sys.stderr, level=level.upper(), format="%(message)s", force=True)


def event(name: str, *, level: str = "info", **fields: object) -> None:
    """Writes one line; fields that are None are left out."""
    number = _LEVELS[level]
    if not _logger.isEnabledFor(number):
        return
    prefix = _PRIORITIES[level] if "JOURNAL_STREAM" in os.environ else ""
    pairs = "".join(f" {key}={_value(value)}" for key, value in fields.items() if value is not None)
    _logger.log(number, "%sevent=%s%s", prefix, name, pairs)


def _value(value: object) -> str:
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    if _PLAIN.fullmatch(text):
        return text
    escaped = text.encode("unicode_escape").decode().replace('"', '\\"')
    return f'"{escaped}"'
