"""Header fields: where they end, their unfolded text, and encoded words (RFC 5322 2.2, RFC 2047)."""

import binascii
import functools
import itertools
import re
from collections.abc import Sequence
from typing import NamedTuple

from boringmail.mime import text, transfer

# RFC 5322 2.2: printable characters except the colon; a space before the colon is obsolete but seen. Then the
# rest of the line, and every line after it that begins with white space.
_FIELD = re.compile(rb"([!-9;-~]{1,998})[ \t]*:([^\n]*+(?:\n[ \t][^\n]*+)*+)\n?")
_FOLD = re.compile(rb"\r?\n")
# Its text may hold spaces and question marks, which RFC 2047 forbids and senders write; it ends at `?=`, or
# without one where the next word begins. Each character is looked at once: no text makes it slow.
_WORD = re.compile(
    r"=\?([^?*\s=]{1,64})(?:\*[^?\s]{0,64})?\?([bBqQ])\?((?:[^?=]++|=(?!\?[^=])|\?(?!=))*+)(\?=)?"
)
# What of a word without its end is encoded text.
_OPEN_TEXT = {"b": re.compile(r"[A-Za-z0-9+/]*={0,2}"), "q": re.compile(r"[^\s?]*")}
_ENCODED_TWICE = re.compile(r"=\?[^?\s]{1,64}\?[bBqQ]\?[^?]*\?=")
FIELDS_LIMIT = 20_000
# Of one header, in bytes. Postfix takes 100 kB a field by default; more is no mail.
LENGTH_LIMIT = 1_048_576
# Our own filters add a handful of fields on top.
ABOVE_LIMIT = 50
# Encoded words decoded in one field; the rest of it stays encoded. No honest field has so many.
_WORDS_LIMIT = 2_000
_USUAL_LENGTH = 500


class Field(NamedTuple):
    """One header field, unfolded; encoded words are still encoded, for they may hide commas and quotes."""

    name: str
    raw: str

    @property
    def value(self) -> str:
        """The text as a person reads it, on one line."""
        return text.single_line(decode_words(self.raw))


class Fields:
    """The header fields of a message or part, in order."""

    def __init__(self, fields: list[Field]) -> None:
        self.all = fields
        self._by_name: dict[str, list[str]] = {}
        for name, raw in fields:
            self._by_name.setdefault(name.lower(), []).append(raw)

    def raw(self, name: str) -> str:
        """The undecoded text of the first field of that (lower case) name; empty if there is none."""
        found = self._by_name.get(name)
        return found[0] if found else ""

    def value(self, name: str) -> str:
        """The decoded single-line text of the first field of that name; empty if there is none."""
        raw = self.raw(name)
        return text.single_line(decode_words(raw)) if raw else ""

    def every(self, name: str) -> Sequence[str]:
        """The undecoded text of every field of that name."""
        return self._by_name.get(name, ())


def split(
    data: bytes, start: int, end: int, *, fields_limit: int = FIELDS_LIMIT
) -> tuple[Fields, int, str | None]:
    """Header fields of data[start:end], the offset of the body, and the name of what was wrong.

    A line that is no field ends the header, as in Postfix; a leading mbox "From " line is skipped.
    """
    fields: list[Field] = []
    position = start
    if data.startswith(b"From ", start, end):
        position = _line_end(data, position, end)
    while position < end:
        if data.startswith((b"\n", b"\r\n"), position, end):
            return Fields(fields), _line_end(data, position, end), None
        match = _FIELD.match(data, position, end)
        if match is None:
            return Fields(fields), position, "malformed_header"
        if len(fields) >= fields_limit:
            return Fields(fields), _body(data, position, end), "too_many_headers"
        if match.end() - start > LENGTH_LIMIT:
            cut = unfold(data[match.start(2) : max(match.start(2), start + LENGTH_LIMIT)])
            fields.append(Field(match[1].decode("ascii"), cut))
            return Fields(fields), _body(data, position, end), "header_too_long"
        fields.append(Field(match[1].decode("ascii"), unfold(match[2])))
        position = match.end()
    return Fields(fields), end, None


def above(data: bytes, name: str) -> tuple[Fields, int]:
    """The fields above the first one of that (lower case) name, and its offset; none and 0 without one."""
    fields: list[Field] = []
    wanted = name.encode()
    position = 0
    while len(fields) <= ABOVE_LIMIT and (match := _FIELD.match(data, position)):
        if match[1].lower() == wanted:
            return Fields(fields), position
        fields.append(Field(match[1].decode("ascii"), unfold(match[2])))
        position = match.end()
    return Fields([]), 0


def unfold(data: bytes) -> str:
    """The text of a field body: line ends go, the white space that followed them stays (RFC 5322 2.2.3)."""
    line = (_FOLD.sub(b"", data) if b"\n" in data else data).removesuffix(b"\r")
    # A mail has some dozens of fields: those that hide nothing go the short way.
    decoded = text.decode(line)[0] if b"\x1b" in line or not line.isascii() else line.decode("ascii")
    return decoded.replace("\x00", "\ufffd").strip(" \t\r\n")


def _line_end(data: bytes, position: int, end: int) -> int:
    found = data.find(b"\n", position, end)
    return end if found < 0 else found + 1


def _body(data: bytes, position: int, end: int) -> int:
    ends = [found for mark in (b"\n\n", b"\n\r\n") if (found := data.find(mark, position, end)) >= 0]
    return _line_end(data, min(ends) + 1, end) if ends else end


def decode_words(raw: str) -> str:
    """Replaces the encoded words (RFC 2047), also in the wrong forms that senders give them."""
    if "=?" not in raw:
        return raw
    return _usual(raw) if len(raw) <= _USUAL_LENGTH else _decode_all(raw)


def _decode_all(raw: str) -> str:
    decoded = _decode_words(raw)
    # A gateway on the way took the sender's encoded words for text and encoded it.
    return _decode_words(decoded) if _ENCODED_TWICE.search(decoded) else decoded


# A subject is asked for several times while its mail is read.
_usual = functools.lru_cache(maxsize=256)(_decode_all)


def _decode_words(raw: str) -> str:
    """Neighbours in one charset are joined before decoding: senders split characters between two words."""
    pieces: list[str] = []
    charset, pending, position = "", _Encoded(), 0
    for match in itertools.islice(_WORD.finditer(raw), _WORDS_LIMIT):
        between = raw[position : match.start()]
        if between.strip(" \t") or match[1].lower() != charset:
            pieces.append(text.decode(pending.take(), charset)[0])
        if between.strip(" \t") or not position:
            pieces.append(between)
        charset, position = match[1].lower(), match.end()
        encoded = match[3]
        if match[4] is None:
            opened = _OPEN_TEXT[match[2].lower()].match(encoded)
            encoded = opened[0] if opened else ""
            position = match.start(3) + len(encoded) + match[3].startswith("?", len(encoded))
        pending.add(match[2], encoded)
    pieces.extend((text.decode(pending.take(), charset)[0], raw[position:]))
    return "".join(pieces)


class _Encoded:
    """The bytes of neighbouring words; Base64 that was cut within a group of four is joined first."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._base64 = b""

    def add(self, encoding: str, encoded: str) -> None:
        data = encoded.encode()
        if encoding in "bB":
            self._base64 += data
            if len(self._base64) % 4 == 0 or data.endswith(b"="):
                self._flush()
        else:
            self._flush()
            self._data += binascii.a2b_qp(data, header=True)

    def take(self) -> bytes:
        self._flush()
        taken = bytes(self._data)
        self._data.clear()
        return taken

    def _flush(self) -> None:
        if self._base64:
            self._data += transfer.decode_base64(self._base64)[0]
            self._base64 = b""
