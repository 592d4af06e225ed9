"""XFORWARD: what Postfix knows about the client behind it (Postfix XFORWARD_README)."""

import re

_NAMES = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
ANNOUNCEMENT = "XFORWARD " + " ".join(_NAMES)
_HEX = re.compile(rb"\+([0-9A-Fa-f]{2})")
_UNKNOWN = {"[UNAVAILABLE]", "[TEMPUNAVAIL]"}
_LENGTH_LIMIT = 1024


def merge(known: dict[str, str], argument: str) -> dict[str, str]:
    """The attributes of one command added to those before it. Raises ValueError with the text of a reply."""
    values = dict(known)
    for pair in argument.split():
        name, mark, value = pair.partition("=")
        if not mark or name.upper() not in _NAMES:
            raise ValueError("Bad XFORWARD attribute")
        if len(value) > _LENGTH_LIMIT:
            raise ValueError("XFORWARD value too long")
        values.pop(name.upper(), None)
        decoded = decode_xtext(value)
        if decoded and decoded.upper() not in _UNKNOWN:
            values[name.upper()] = decoded
    return values


def decode_xtext(value: str) -> str:
    """Undoes xtext (RFC 3461 4): `+3D` is `=`. Bytes that are no UTF-8 become U+FFFD."""
    if "+" not in value:
        return value
    return _HEX.sub(lambda match: bytes([int(match[1], 16)]), value.encode()).decode("utf-8", "replace")
