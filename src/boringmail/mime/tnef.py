"""Unpacks winmail.dat (application/ms-tnef, MS-OXTNEF), in which Exchange wraps attachments and texts.

An own reader: tnefparse, the only other one in Python, had its last release in January 2021. It spends
minutes on fifty bytes that promise four billion properties, copies the rest of the file for each attribute,
gives nothing at all when one attribute is unknown, and strips NULs off attachments. Here each byte is read
at most once.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from boringmail.mime import mapi, text

SIGNATURE = b"\x78\x9f\x3e\x22"
_HEADER = struct.Struct("<BII")  # level, attribute, length; behind the data two bytes of checksum
_CHECKSUM_BYTES = 2
_FIRST_ATTRIBUTE = 6
_ATTRIBUTES_LIMIT = 20_000
ATTACHMENTS_LIMIT = 1_000
_TEXT_LIMIT_BYTES = 4_194_304
# MS-OXTNEF 2.1.3.2, the lower halves; the upper one is a type, which not every writer gets right.
_BODY, _MESSAGE_PROPERTIES, _CODE_PAGE = 0x800C, 0x9003, 0x9007
_RENDERING, _TITLE, _DATA, _PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005


@dataclass(slots=True)
class Attachment:
    """What was attached. The name is as written, not yet inert."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Contents:
    """What could be unpacked; `whole` is False when something could not."""

    text: str | None = None
    html: str | None = None
    has_rtf: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    whole: bool = True
    code_page: str = "cp1252"

    def decode(self, data: bytes) -> str:
        """Text in the code page of the sender's system, up to its first NUL."""
        return text.decode(data.partition(b"\x00")[0], self.code_page)[0]


def is_tnef(content_type: str, content: bytes) -> bool:
    """Whether to unpack it: mailers on the way give the type up for application/octet-stream."""
    return content_type.endswith("ms-tnef") or content.startswith(SIGNATURE)


def unpack(data: bytes) -> Contents:
    """What is in it, as far as it can be read. Never raises."""
    contents = Contents(whole=data.startswith(SIGNATURE))
    if not contents.whole:
        return contents
    try:
        for attribute, value in _attributes(contents, data):
            _take(contents, attribute, value)
    except Exception:  # noqa: BLE001 - what is hostile must not cost the mail; it is kept and named
        contents.whole = False
    return contents


def _attributes(contents: Contents, data: bytes) -> Iterator[tuple[int, memoryview]]:
    view, position = memoryview(data), _FIRST_ATTRIBUTE
    for _ in range(_ATTRIBUTES_LIMIT):
        if position + _HEADER.size > len(view):
            # Some gateways pad the file; an attribute that was cut says so by its length.
            return
        _, attribute, length = _HEADER.unpack_from(view, position)
        begin = position + _HEADER.size
        if attribute == 0:
            return
        if begin + length > len(view):
            contents.whole = False
            length = len(view) - begin
        yield attribute & 0xFFFF, view[begin : begin + length]
        position = begin + length + _CHECKSUM_BYTES
    contents.whole = False


def _take(contents: Contents, attribute: int, value: memoryview) -> None:
    if attribute == _CODE_PAGE:
        contents.code_page = f"cp{int.from_bytes(value[:4], 'little')}"
    elif attribute == _BODY:
        contents.text = contents.text or contents.decode(bytes(value[:_TEXT_LIMIT_BYTES])) or None
    elif attribute == _MESSAGE_PROPERTIES:
        _take_message(contents, value)
    elif attribute == _RENDERING:
        if len(contents.attachments) >= ATTACHMENTS_LIMIT:
            raise ValueError("too many attachments")
        contents.attachments.append(Attachment())
    elif attribute in {_TITLE, _DATA, _PROPERTIES}:
        if not contents.attachments:
            contents.attachments.append(Attachment())
        _take_attachment(contents, contents.attachments[-1], attribute, value)


def _take_message(contents: Contents, value: memoryview) -> None:
    found, whole = mapi.properties(value)
    contents.whole = contents.whole and whole
    page = found.get(mapi.INTERNET_CODE_PAGE)
    charset = contents.code_page if page is None else f"cp{int.from_bytes(page.value[:4], 'little')}"
    contents.has_rtf = mapi.RTF in found
    if mapi.BODY in found:
        contents.text = found[mapi.BODY].text(charset, _TEXT_LIMIT_BYTES) or contents.text
    if mapi.HTML in found:
        contents.html = found[mapi.HTML].text(charset, _TEXT_LIMIT_BYTES) or contents.html


def _take_attachment(contents: Contents, attachment: Attachment, attribute: int, value: memoryview) -> None:
    if attribute == _TITLE:
        attachment.name = attachment.name or contents.decode(bytes(value[:_ATTRIBUTES_LIMIT]))
    elif attribute == _DATA:
        attachment.content = bytes(value)
    else:
        found, whole = mapi.properties(value)
        contents.whole = contents.whole and whole
        _take_properties(attachment, found, contents.code_page)


def _take_properties(attachment: Attachment, found: dict[int, mapi.Property], charset: str) -> None:
    for name in (mapi.LONG_FILE_NAME, mapi.FILE_NAME, mapi.DISPLAY_NAME):
        if name in found and (words := found[name].text(charset)):
            # The long one; titles and short ones are cut to eight and three characters.
            attachment.name = words
            break
    if mapi.MIME_TYPE in found:
        attachment.content_type = found[mapi.MIME_TYPE].text(charset)
    if mapi.CONTENT_ID in found:
        attachment.content_id = found[mapi.CONTENT_ID].text(charset)
    if mapi.DATA in found:
        content = bytes(found[mapi.DATA].value)
        embedded = content.removeprefix(mapi.MESSAGE_INTERFACE)
        if embedded is not content and embedded.startswith(SIGNATURE):
            attachment.content_type = "application/ms-tnef"  # a forwarded message, kept as it is
            attachment.name = f"{attachment.name or 'message'}.dat"
        attachment.content = embedded
