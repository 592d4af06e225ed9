"""The mail that a report is about: sent back whole or as its header (RFC 3462, RFC 6522)."""

import re

from boringmail.mime import header, text
from boringmail.mime.header import Fields
from boringmail.mime.part import Part, Tree

# Of a part, what is decoded to look for a header or a notice in it.
READ_LIMIT_BYTES = 65_536
_LENGTH_LIMIT = 1_000
_ID = re.compile(r"<([^<>\s]{1,998})>")
_TYPES = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "text/rfc822"}


def part(tree: Tree) -> Part | None:
    """The first part that is a mail or a header."""
    return next((piece for piece in tree.parts if piece.content_type in _TYPES), None)


def fields(tree: Tree) -> Fields | None:
    """The header of the mail that was sent back; None if none was."""
    found = part(tree)
    if found is None:
        return None
    data = head(found).content()[0].lstrip(b"\r\n")
    return header.split(data, 0, len(data))[0]


def message_id(found: Fields | None) -> str | None:
    """Its Message-ID without angle brackets."""
    return line(found.value("message-id").strip("<> ")) if found else None


def answered_id(tree: Tree) -> str | None:
    """The mail that a report is an answer to, as some servers write it: where none was sent back."""
    found = _ID.search(tree.fields.raw("in-reply-to")[:_LENGTH_LIMIT])
    return line(found[1]) if found else None


def head(piece: Part) -> Part:
    """The beginning of a part, so that no report costs more than its first READ_LIMIT_BYTES."""
    if len(piece.encoded) <= READ_LIMIT_BYTES:
        return piece
    return Part(piece.fields, piece.content_type, piece.parameters, piece.encoded[:READ_LIMIT_BYTES])


def line(value: str) -> str | None:
    """One bounded line, or None if nothing is left of it."""
    return text.single_line(value[:_LENGTH_LIMIT]) or None
