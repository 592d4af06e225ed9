"""Sorts the parts of a message into what people read and what is attached."""

from dataclasses import dataclass, field

from boringmail.mime import attachment, flowed, html_text, parameter, text, tnef
from boringmail.mime.attachment import Attachment
from boringmail.mime.part import Part, Tree

# More is no text that people read; as an attachment it is not decoded, escaped and copied.
TEXT_LIMIT_BYTES = 4_194_304
_BODY_TYPES = {"text/plain", "text/html"}


@dataclass(slots=True)
class Contents:
    """Texts, attachments, and the names of what was wrong."""

    text: str | None = None
    html: str | None = None
    text_from_html: bool = False
    attachments: list[Attachment] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def sort(tree: Tree) -> Contents:
    """The contents of a message's parts."""
    contents = Contents()
    texts: list[str] = []
    pages: list[str] = []
    room = TEXT_LIMIT_BYTES
    for piece in tree.parts:
        if (is_body := _is_body(piece)) and len(piece.encoded) <= room:
            room -= len(piece.encoded)
            content, problem = piece.text()
            if piece.content_type == "text/html":
                pages.append(content)
            else:
                texts.append(_unflowed(piece, content))
        else:
            attached, problem = attachment.of_part(piece)
            contents.attachments.append(attached)
            problem = "text_too_long" if is_body else problem
        if problem:
            contents.problems.append(problem)
    contents.text = "\n".join(texts) if texts else None
    contents.html = "\n".join(pages) if pages else None
    _unpack_tnef(contents)
    _make_text(contents)
    return contents


def _is_body(piece: Part) -> bool:
    if piece.content_type not in _BODY_TYPES:
        return False
    disposition, parameters = parameter.parse(piece.fields.raw("content-disposition"))
    return disposition != "attachment" and not (parameters.get("filename") or piece.parameters.get("name"))


def _unflowed(piece: Part, content: str) -> str:
    if piece.parameters.get("format", "").lower() != "flowed":
        return content
    return flowed.unflow(content, delete_space=piece.parameters.get("delsp", "").lower() == "yes")


def _unpack_tnef(contents: Contents) -> None:
    """Puts what is in each winmail.dat in its place; one that gave not everything stays beside it."""
    attachments: list[Attachment] = []
    room = tnef.ATTACHMENTS_LIMIT
    for outer in contents.attachments:
        if not tnef.is_tnef(outer.content_type, outer.content):
            attachments.append(outer)
            continue
        inner = tnef.unpack(outer.content)
        contents.text = contents.text or (inner.text and text.lines(inner.text))
        contents.html = contents.html or (inner.html and text.lines(inner.html))
        kept = inner.attachments[:room]
        room -= len(kept)
        has_text = contents.text is not None or contents.html is not None
        gave_all = inner.whole and len(kept) == len(inner.attachments) and (has_text or not inner.has_rtf)
        if not gave_all:
            attachments.append(outer)
        if not inner.whole:
            contents.problems.append("tnef_unreadable")
        attachments.extend(attachment.of_tnef(found, outer.name) for found in kept)
    contents.attachments = attachments


def _make_text(contents: Contents) -> None:
    """An empty text beside HTML is none: some mailers write the one without filling it."""
    if contents.html is None or (contents.text is not None and contents.text.strip()):
        return
    converted, whole = html_text.convert(contents.html)
    contents.text, contents.text_from_html = converted, True
    if not whole:
        contents.problems.append("html_too_long")
