"""Turns bytes into text that is safe to hand on: always strict Unicode, single-line where a line is meant."""

import codecs
import re
from functools import lru_cache

# Python-only transformations that are no mail charsets; punycode and idna also take quadratic time.
_NOT_CHARSETS = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
_CHARSET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,40}")
# C0 and C1 controls and the Unicode line separators: each would start a new line, or hide text, somewhere.
_LINE_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")

_TEXT_CONTROLS = {code: " " for code in [*range(0x20), 0x7F] if chr(code) not in "\t\n"}
_HAS_TEXT_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@lru_cache(maxsize=256)
def _codec(charset: str) -> str | None:
    if not _CHARSET_NAME.fullmatch(charset):
        return None
    try:
        info = codecs.lookup(charset)
    except (LookupError, ValueError):
        return None
    # The flag that bytes.decode() itself reads: base64, zlib and rot13 are codecs too, but not charsets.
    if info.name in _NOT_CHARSETS or not getattr(info, "_is_text_encoding", False):
        return None
    return info.name


def decode(data: bytes, charset: str = "") -> tuple[str, bool]:
    """Text of `data`, and whether the charset was known. Never raises; bytes that do not fit become U+FFFD.

    Without a charset, or with us-ascii: UTF-8 if it fits, else Windows-1252, as unlabelled mail mostly is.
    """
    name = _codec(charset.strip().lower()) if charset else "ascii"
    if name is None or name == "ascii":
        return _guess(data), name is not None
    try:
        return scrub(data.decode(name, "replace")), True
    except Exception:  # noqa: BLE001 - codecs written in Python raise what they like on hostile input
        return _guess(data), False


def _guess(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def scrub(text: str) -> str:
    """Without lone surrogates (UTF-7 and UTF-16 can produce them): they have no UTF-8 form."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def single_line(text: str) -> str:
    """One line: an encoded CR LF must not become a header of the application's next mail."""
    return _LINE_CONTROLS.sub(" ", text).strip()


def lines(text: str) -> str:
    """Body text with LF line ends. Controls become spaces: databases refuse NUL, terminals obey ESC."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_TEXT_CONTROLS) if _HAS_TEXT_CONTROLS.search(text) else text
