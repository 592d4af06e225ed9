"""ISO-2022-JP as Japanese mailers write it: with NEC's and IBM's characters and half-width katakana.

Python's codecs stop at them, as those of most languages do; the byte pairs are those of JIS X 0208, so each
run is turned into Shift_JIS, whose Microsoft form (cp932) has the lot. Microsoft calls the result cp50221.
"""

import re

_ESCAPE = re.compile(rb"\x1b(\$[@B]|\$\([@BDOPQ]|\([BJIH])|\x0e|\x0f")
_DOUBLE = {b"$@", b"$B", b"$(@", b"$(B"}
_KATAKANA = b"(I"
_ROW_63, _CELL_63 = 0x5F, 0x5F  # where Shift_JIS makes room for half-width katakana, and for DEL
_SET_HIGH_BIT = bytes(code | 0x80 for code in range(256))


def decode(data: bytes) -> str:
    """The text; bytes that mean nothing become U+FFFD. Raises UnicodeDecodeError for another charset."""
    if b"\x1b" not in data:
        return data.decode("ascii")
    pieces = []
    position, charset = 0, b"(B"
    for escape in _ESCAPE.finditer(data):
        pieces.append(_run(data[position : escape.start()], charset))
        charset = escape[1] or (_KATAKANA if escape[0] == b"\x0e" else b"(B")
        position = escape.end()
    pieces.append(_run(data[position:], charset))
    return "".join(pieces)


def _run(data: bytes, charset: bytes) -> str:
    if not data:
        return ""
    if charset == _KATAKANA:
        return data.translate(_SET_HIGH_BIT).decode("cp932", "replace")
    if charset in _DOUBLE:
        # A line end returns to ASCII (RFC 1468), whether or not the writer remembered.
        head, mark, rest = data.partition(b"\n")
        return _shift_jis(head).decode("cp932", "replace") + (mark + rest).decode("cp932", "replace")
    if charset.startswith(b"$"):  # JIS X 0212 and 0213: rare enough for Python's own codec
        return (b"\x1b" + charset + data).decode("iso2022_jp_ext", "replace")
    return data.decode("cp932", "replace")


def _shift_jis(pairs: bytes) -> bytes:
    """JIS X 0208 rows and cells as Shift_JIS (JIS X 0208:1997, appendix 1)."""
    result = bytearray()
    for first, second in zip(pairs[::2], pairs[1::2], strict=False):
        row, cell = first & 0x7F, second & 0x7F
        odd = row & 1
        result.append(((row + 1) >> 1) + (0x70 if row < _ROW_63 else 0xB0))
        result.append((cell + (0x20 if cell > _CELL_63 else 0x1F) if odd else cell + 0x7E) & 0xFF)
    return bytes(result)
