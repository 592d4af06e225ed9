"""Values with parameters: Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2231)."""

import functools
import re
from urllib.parse import unquote_to_bytes

from boringmail.mime import text
from boringmail.mime.header import decode_words

# A semicolon forgotten after the value, or after a quoted parameter, is forgiven.
_PARAMETER = re.compile(
    r'(?:;\s*|(?<=")\s+|^[^\s;="]{1,200}\s+)'
    r'([^\s=;"*]{1,80})(?:\*(\d{1,4}))?(\*)?\s*=\s*("((?:[^"\\]|\\.)*)"?|[^;]*)'
)
_ESCAPED = re.compile(r"\\(.)")
_TOKEN = re.compile(r"[^\s;(]*")
# No honest value is longer; the bound keeps the work bounded too.
_LENGTH_LIMIT = 20_000
_USUAL_LENGTH = 200


def parse(raw: str) -> tuple[str, dict[str, str]]:
    """The value in lower case, and its parameters by lower-case name. Never raises."""
    value, parameters = _usual(raw) if len(raw) <= _USUAL_LENGTH else _parse(raw[:_LENGTH_LIMIT])
    return value, dict(parameters)


def _parse(raw: str) -> tuple[str, dict[str, str]]:
    raw = raw.lstrip()
    value = (_TOKEN.match(raw) or [""])[0].lower()
    plain: dict[str, str] = {}
    pieces: dict[str, list[tuple[int, bool, str]]] = {}
    for name, index, extended, token, quoted in _PARAMETER.findall(raw):
        content = _ESCAPED.sub(r"\1", quoted) if token.startswith('"') else token.strip()
        if index or extended:
            pieces.setdefault(name.lower(), []).append((int(index or 0), bool(extended), content))
        else:
            plain.setdefault(name.lower(), text.single_line(decode_words(content)))
    joined = {name: long for name, parts in pieces.items() if (long := text.single_line(_join(parts)))}
    return text.single_line(value), plain | joined


# The same few content types come in nearly every mail, and each is asked for several times.
_usual = functools.lru_cache(maxsize=1024)(_parse)


def _join(parts: list[tuple[int, bool, str]]) -> str:
    """RFC 2231 3 and 4: numbered pieces, the first of which may begin with charset'language'.

    Pieces that are not percent-encoded may be an encoded word instead, cut anywhere.
    """
    parts = sorted(parts, key=lambda part: part[0])
    if not any(extended for _, extended, _ in parts):
        return decode_words("".join(piece for _, _, piece in parts))
    charset = ""
    data = b""
    for number, (_, extended, piece) in enumerate(parts):
        content = piece
        if number == 0 and extended and content.count("'") >= len(("charset", "language")):
            charset, _, content = content.split("'", 2)
        data += unquote_to_bytes(content) if extended else content.encode()
    decoded = text.decode(data, charset)[0]
    return decode_words(decoded)
