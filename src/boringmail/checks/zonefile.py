"""Records as lines of a zone file, to be pasted as they are (RFC 1035 5.1).

The lines of one name and type are the whole record set: they replace what stands there.
"""

from collections.abc import Iterable

# One character string of a TXT record holds at most 255 bytes (RFC 1035 3.3).
STRING_MAX = 255
DEFAULT_TTL_SECONDS = 300


def lines(name: str, rdtype: str, values: Iterable[str], ttl: int = DEFAULT_TTL_SECONDS) -> str:
    """The record set, one line a value. `name` may begin with `*.`; TXT values are the plain text."""
    owner = name.rstrip(".")
    return "\n".join(f"{owner}. {ttl} IN {rdtype} {_written(rdtype, value)}" for value in values)


def _written(rdtype: str, value: str) -> str:
    if rdtype == "TXT" and not value.startswith('"'):
        return quoted(value)
    if rdtype in {"MX", "CNAME"} and not value.endswith("."):
        return f"{value}."
    return value


def quoted(text: str) -> str:
    """A text as the strings of a TXT record."""
    parts = [text[start : start + STRING_MAX] for start in range(0, len(text), STRING_MAX)] or [""]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)
