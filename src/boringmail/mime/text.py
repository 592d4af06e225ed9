"""Turns bytes into text that is safe to hand on: always strict Unicode, single-line where a line is meant."""

import html
import re

from boringmail.mime import charset as charsets
from boringmail.mime import iso2022jp, unlabelled

_ESCAPED_JAPANESE = b"\x1b$"
# What software writes UTF-8 under when its label was fixed years ago. In these, valid UTF-8 is no words.
_LATIN = {charsets.WESTERN, "cp1250", "cp1254", "iso8859-2", "iso8859-15"}
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")
# C0 and C1 controls and the Unicode line separators: each would start a new line, or hide text, somewhere.
_LINE_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_TEXT_CONTROLS = {code: " " for code in [*range(0x20), 0x7F] if chr(code) not in "\t\n"}
_HAS_TEXT_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


def decode_body(data: bytes, label: str) -> tuple[str, bool]:
    """As `decode`, for a text long enough that its language shows when the label is of no use."""
    if not data.isascii() and charsets.codec(label or "ascii") in {None, "ascii"} and not _is_utf_8(data):
        found = unlabelled.charset(data)
        if found:
            return decode(data, found)[0], not label
    return decode(data, label)


def _is_utf_8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def decode(data: bytes, charset: str = "") -> tuple[str, bool]:
    """Text of `data`, and whether the charset was known. Never raises; bytes that do not fit become U+FFFD.

    Without a charset, or with us-ascii: UTF-8 if it fits, else Windows-1252, as unlabelled mail mostly is.
    """
    name = charsets.codec(charset) if charset else "ascii"
    if name is None or name == "ascii":
        return _guess(data), name is not None
    try:
        return scrub(_decode(data, name)), True
    except Exception:  # noqa: BLE001 - codecs written in Python raise what they like on hostile input
        return _guess(data), False


def _decode(data: bytes, name: str) -> str:
    if name == charsets.UTF_8:
        return _utf_8(data)
    if name in _LATIN:
        return _latin(data, name)
    try:
        return iso2022jp.decode(data) if name == charsets.JAPANESE_7_BIT else data.decode(name)
    except UnicodeDecodeError:
        return _latin(data, name)


def _utf_8(data: bytes) -> str:
    """Mailers label Windows-1252 as UTF-8 and the other way round; text is hardly ever valid in both."""
    try:
        return data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        replaced = data.decode("utf-8", "replace")
    wrong = replaced.count("\ufffd")
    right = sum(1 for character in replaced if character > "\x7f") - wrong
    # A cut or spoilt character here and there is no other charset.
    return replaced if right >= wrong else data.decode(charsets.WESTERN, "replace")


def _latin(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode(name, "replace")


def _guess(data: bytes) -> str:
    if _ESCAPED_JAPANESE in data:
        return scrub(iso2022jp.decode(data))
    if data.startswith(_BYTE_ORDER_MARKS):
        return scrub(data.decode("utf-16", "replace"))
    return _latin(data, charsets.WESTERN).removeprefix("\ufeff")


def scrub(text: str) -> str:
    """Without lone surrogates (UTF-7 and UTF-16 can produce them): they have no UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def single_line(text: str) -> str:
    """One line: an encoded CR LF must not become a header of the application's next mail."""
    return text.strip() if text.isprintable() else _LINE_CONTROLS.sub(" ", text).strip()


def lines(text: str) -> str:
    """Body text with LF line ends. Controls become spaces: databases refuse NUL, terminals obey ESC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_TEXT_CONTROLS) if _HAS_TEXT_CONTROLS.search(text) else text


def unescape(raw: str) -> str:
    """HTML's character references as characters; as it stands where one has too many digits."""
    try:
        return html.unescape(raw) if "&" in raw else raw
    except ValueError:  # more digits than Python turns into an integer
        return raw
