"""Which codec reads a charset label that a mailer wrote: registered, misspelt or invented.

Labels are read as web browsers read them (WHATWG Encoding, 4.2): as the superset that is really sent under
them. Strict readings lose characters: most mail "in iso-8859-1" is Windows-1252, "in gb2312" is GB 18030.
"""

import codecs
import re
from functools import lru_cache

UTF_8, WESTERN, JAPANESE_7_BIT = "utf-8", "cp1252", "iso-2022-jp"
_NAME = re.compile(r"[a-z0-9][a-z0-9._:+-]{0,40}")
# `cp-850`, `win1251`, `x-cp1252`, `windows_1252`, `ibm-437`, `ms932`.
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|windows|win|ibm|ms|dos)-?(\d{3,5})")
# `iso8859-15`, `x-iso-8859-1`, `iso88591`; with a direction (RFC 1556: `iso-8859-8-i`) or a year after it.
_ISO_8859 = re.compile(r"(?:x-)?iso-?8859-?(\d{1,2})(?:-[ie])?(?::\d{4})?")
# No mail charsets, though Python calls them text; punycode and idna also take quadratic time.
_NOT_CHARSETS = {"idna", "punycode", "undefined", "unicode-escape", "raw-unicode-escape", "mbcs", "oem"}
_ALIASES = {
    "utf8mb4": UTF_8, "utf8mb3": UTF_8, "utf-8mb4": UTF_8, "unicode-1-1-utf-8": UTF_8, "unicode": UTF_8,
    "utf": UTF_8, "cp65001": UTF_8, "utf-8-mac": UTF_8, "utf8-mac": UTF_8,
    # Outlook's name for T.61 (WHATWG has none): what follows it is Windows-1252.
    "ansi-x3.110-1983": WESTERN, "ansi": WESTERN, "iso-latin-1": WESTERN, "latin-1": WESTERN,
    "ks-c-5601-1987": "cp949", "ks-c-5601-1989": "cp949", "ks-c-5601": "cp949", "ksc5601": "cp949",
    "ksc-5601": "cp949", "korean": "cp949", "x-windows-949": "cp949", "uhc": "cp949",
    "gb-2312-80": "gb18030", "x-gbk": "gb18030", "chinese": "gb18030", "gb": "gb18030", "euc-gb": "gb18030",
    "x-euc-cn": "gb18030", "cn-gb": "gb18030", "iso-ir-58": "gb18030", "hz": "hz", "hz-gb-2312": "hz",
    "cn-big5": "cp950", "x-x-big5": "cp950", "big5-eten": "cp950", "x-big5": "cp950",
    "x-sjis": "cp932", "x-shift-jis": "cp932", "ms-kanji": "cp932", "windows-31j": "cp932", "sjis": "cp932",
    "x-euc-jp": "euc_jp", "x-euc": "euc_jp", "iso-2022-jp-ms": JAPANESE_7_BIT, "cp50220": JAPANESE_7_BIT,
    "cp50221": JAPANESE_7_BIT, "jis": JAPANESE_7_BIT, "csiso2022jp": JAPANESE_7_BIT,
    "x-mac-roman": "mac-roman", "x-macroman": "mac-roman", "mac": "mac-roman",
    "x-mac-cyrillic": "mac-cyrillic",
    "x-mac-ce": "mac-latin2", "koi": "koi8-r", "koi8": "koi8-r", "koi-8-r": "koi8-r",
    "koi8-ru": "koi8-u", "dos-862": "cp862", "visual": "iso8859-8", "logical": "iso8859-8",
    "ucs-2": "utf-16", "iso-10646-ucs-2": "utf-16", "unicodefffe": "utf-16-be", "x-utf-16le-bom": "utf-16",
}  # fmt: skip
# The superset of what a codec is meant to be (keys: the names that codecs have in Python).
_SUPERSETS = {
    "ascii": "ascii", "iso8859-1": WESTERN, "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "cp950",
    "iso2022_jp": JAPANESE_7_BIT, "iso2022_jp_1": JAPANESE_7_BIT, "iso2022_jp_2": JAPANESE_7_BIT,
    "iso2022_jp_3": JAPANESE_7_BIT, "iso2022_jp_ext": JAPANESE_7_BIT, "utf-8-sig": UTF_8,
    "iso2022_jp_2004": JAPANESE_7_BIT,
}  # fmt: skip


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """The codec for a label; `ascii` for US-ASCII; None for one that nobody knows."""
    words = label.lower().replace('"', " ").replace("'", " ").split()
    # What follows the first word is a comment, or a parameter after a missing semicolon.
    name = words[0].strip(";,()<>").replace("_", "-") if words else ""
    if not _NAME.fullmatch(name):
        return None
    return _known(_ALIASES.get(name, name))


def _known(name: str) -> str | None:
    if page := _CODE_PAGE.fullmatch(name):
        name = _ALIASES.get(f"cp{page[1]}", f"cp{page[1]}")
    elif iso := _ISO_8859.fullmatch(name):
        name = f"iso8859-{iso[1]}"
    if name == JAPANESE_7_BIT:
        return name
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # The flag that bytes.decode() itself reads: base64, zlib and rot13 are codecs too, but not charsets.
    if info.name in _NOT_CHARSETS or not getattr(info, "_is_text_encoding", False):
        return None
    return _SUPERSETS.get(info.name, info.name)
