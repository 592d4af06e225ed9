"""A whole message as values: addresses, dates, threading, text, attachments, and its kind."""

import email.utils
import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC

from boringmail.mime import address, classify, parameter, part, text
from boringmail.mime.address import Address
from boringmail.mime.header import Fields
from boringmail.mime.part import Part

_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_IDS_LIMIT = 1_000
_DATE_LENGTH_LIMIT = 200
_NAME_LENGTH_LIMIT = 255
# More is no text that people read; as an attachment it is not decoded, escaped and copied.
TEXT_LIMIT_BYTES = 4_194_304
_BODY_TYPES = {"text/plain", "text/html"}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is no body text. The name is a bare file name, or None."""

    name: str | None
    content_type: str
    content_id: str | None
    inline: bool
    content: bytes
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What could be read of a message; `problems` names what was wrong, in the order it was met."""

    fields: Fields = field(default_factory=lambda: Fields([]))
    text: str | None = None
    html: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    kind: str = "message"
    kind_details: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def addresses(self, name: str) -> list[Address]:
        """The mailboxes of the first header field of that name."""
        return address.parse(self.fields.raw(name))

    def ids(self, name: str) -> list[str]:
        """The message ids in a header field, without angle brackets."""
        return [text.single_line(found) for found in _MESSAGE_ID.findall(self.fields.raw(name))[:_IDS_LIMIT]]

    @property
    def date(self) -> str | None:
        """The sender's date in UTC, ISO 8601; None if it is absent or no date."""
        return iso_date(self.fields.value("date"))


def parse(data: bytes, *, envelope_sender: str | None = None) -> Message:
    """Reads a message. Never raises: what no rule foresaw gives an empty one with `unexpected_error`."""
    try:
        return _parse(data, envelope_sender)
    except Exception:  # noqa: BLE001 - the mail must reach the application, raw, whatever is wrong with it
        return Message(problems=["unexpected_error"])


def _parse(data: bytes, envelope_sender: str | None) -> Message:
    tree = part.walk(data)
    bodies: dict[str, list[str]] = {}
    attachments = []
    room = TEXT_LIMIT_BYTES
    for piece in tree.parts:
        if (is_body := _is_body(piece)) and len(piece.encoded) <= room:
            room -= len(piece.encoded)
            content, problem = piece.text()
            bodies.setdefault(piece.content_type, []).append(content)
        else:
            attachment, problem = _attachment(piece)
            attachments.append(attachment)
            problem = "text_too_long" if is_body else problem
        if problem:
            tree.problems.append(problem)
    kind, details = classify.classify(tree, envelope_sender)
    return Message(
        fields=tree.fields,
        text="\n".join(bodies["text/plain"]) if "text/plain" in bodies else None,
        html="\n".join(bodies["text/html"]) if "text/html" in bodies else None,
        attachments=attachments,
        kind=kind,
        kind_details=details,
        problems=tree.problems,
    )


def _is_body(piece: Part) -> bool:
    if piece.content_type not in _BODY_TYPES:
        return False
    disposition, parameters = parameter.parse(piece.fields.raw("content-disposition"))
    return disposition != "attachment" and not (parameters.get("filename") or piece.parameters.get("name"))


def _attachment(piece: Part) -> tuple[Attachment, str | None]:
    disposition, parameters = parameter.parse(piece.fields.raw("content-disposition"))
    content, problem = piece.content()
    content_id = piece.fields.value("content-id").strip("<> ")
    attachment = Attachment(
        name=file_name(parameters.get("filename") or piece.parameters.get("name") or ""),
        content_type=piece.content_type,
        content_id=content_id or None,
        inline=disposition == "inline" or bool(content_id and disposition != "attachment"),
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return attachment, problem


def file_name(name: str) -> str | None:
    """A name without directories: `../../etc/passwd` is `passwd`, `..` is none at all."""
    bare = re.split(r"[/\\]", name)[-1].strip()
    return None if bare in {"", ".", ".."} else bare[-_NAME_LENGTH_LIMIT:]


def iso_date(value: str) -> str | None:
    """An RFC 5322 date in UTC, ISO 8601 with seconds; None if it is no date."""
    try:
        parsed = email.utils.parsedate_to_datetime(value[:_DATE_LENGTH_LIMIT])
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except Exception:  # noqa: BLE001 - the library raises half a dozen types on hostile dates
        return None
    return aware.isoformat(timespec="seconds").replace("+00:00", "Z")
