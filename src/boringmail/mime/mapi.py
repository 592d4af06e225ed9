"""MAPI properties as TNEF writes them (MS-OXTNEF 2.1.3.4): those that a mail's reader needs."""

import struct
from dataclasses import dataclass

from boringmail.mime import text as texts

# MS-OXPROPS, by identifier.
BODY, HTML, RTF, INTERNET_CODE_PAGE = 0x1000, 0x1013, 0x1009, 0x3FDE
LONG_FILE_NAME, FILE_NAME, DISPLAY_NAME, DATA = 0x3707, 0x3704, 0x3001, 0x3701
MIME_TYPE, CONTENT_ID = 0x370E, 0x3712
# IID_IMessage, in front of an embedded message.
MESSAGE_INTERFACE = bytes.fromhex("0703020000000000c000000000000046")
_UNICODE = 0x1F
_FIXED_BYTES = {
    0x01: 0, 0x02: 2, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 2, 0x14: 8, 0x40: 8,
    0x48: 16,
}  # fmt: skip
_VARIABLE = {0x0D, 0x1E, _UNICODE, 0x102, 0x00}
_SEVERAL = 0x1000
_NAMED = 0x8000
_PROPERTIES_LIMIT = 5_000
_VALUES_LIMIT = 20_000
_NAME_LIMIT_BYTES = 4_000


@dataclass(frozen=True, slots=True)
class Property:
    """One property's first value."""

    kind: int
    value: memoryview

    def text(self, charset: str, limit_bytes: int = _NAME_LIMIT_BYTES) -> str:
        """The value as text, up to its first NUL."""
        data = bytes(self.value[:limit_bytes])
        decoded = (
            data.decode("utf-16-le", "replace") if self.kind == _UNICODE else texts.decode(data, charset)[0]
        )
        return texts.scrub(decoded.partition("\x00")[0])


class _Cursor:
    def __init__(self, view: memoryview) -> None:
        self.view = view
        self.position = 0

    def number(self, form: str = "<I") -> int:
        value: int = struct.unpack_from(form, self.view, self.position)[0]
        self.position += struct.calcsize(form)
        return value

    def take(self, length: int) -> memoryview:
        """That many bytes, and the padding to a multiple of four behind them."""
        end = self.position + length
        if end > len(self.view):
            raise ValueError("value beyond the end")
        taken = self.view[self.position : end]
        self.position = end + -length % 4
        return taken


def properties(view: memoryview) -> tuple[dict[int, Property], bool]:
    """Properties by identifier (of named ones none), and whether all could be read. Never raises."""
    found: dict[int, Property] = {}
    cursor = _Cursor(view)
    try:
        number = cursor.number()
        for _ in range(min(number, _PROPERTIES_LIMIT)):
            if cursor.position >= len(view):
                return found, False
            kind, identifier = cursor.number("<H"), cursor.number("<H")
            if identifier >= _NAMED:
                _skip_name(cursor)
            value = _value(cursor, kind)
            if identifier < _NAMED:
                found.setdefault(identifier, Property(kind, value))
    except (struct.error, ValueError):
        return found, False
    return found, number <= _PROPERTIES_LIMIT


def _skip_name(cursor: _Cursor) -> None:
    cursor.take(16)
    if cursor.number():
        cursor.take(cursor.number())
    else:
        cursor.number()


def _value(cursor: _Cursor, kind: int) -> memoryview:
    several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
    if kind in _VARIABLE:
        number = cursor.number()  # there also for a single value
        if number > _VALUES_LIMIT:
            raise ValueError("too many values")
        values = [cursor.take(cursor.number()) for _ in range(number)]
        return values[0] if values else cursor.view[:0]
    if kind not in _FIXED_BYTES:
        raise ValueError("unknown type")
    number = cursor.number() if several else 1
    return cursor.take(_FIXED_BYTES[kind] * number)
