"""A whole message as values: addresses, dates, threading, text, attachments, and its kind."""

import email.utils
import re
from dataclasses import dataclass, field
from datetime import UTC

from boringmail.mime import address, classify, contents, part, text
from boringmail.mime.address import Address
from boringmail.mime.attachment import Attachment
from boringmail.mime.header import Fields

__all__ = ["PROBLEMS", "Attachment", "Message", "iso_date", "parse"]
# Every name that `Message.problems` can hold; those of one message come in the order they were met.
PROBLEMS = (
    "malformed_header",
    "too_many_headers",
    "header_too_long",
    "multipart_without_boundary",
    "multipart_without_parts",
    "too_many_parts",
    "too_deep",
    "unknown_transfer_encoding",
    "bad_base64",
    "unknown_charset",
    "text_too_long",
    "html_too_long",
    "tnef_unreadable",
    "unexpected_error",
)
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,998})>")
_IDS_LIMIT = 1_000
_DATE_LENGTH_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What could be read of a message; `problems` names what was wrong, each once, in the order it was met.

    `text_from_html` says that the mail had no text, and that this one was made from its HTML.
    """

    fields: Fields = field(default_factory=lambda: Fields([]))
    text: str | None = None
    html: str | None = None
    text_from_html: bool = False
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
    found, kind = contents.Contents(), "message"
    details: dict[str, object] = {}
    try:
        found = contents.sort(tree)
        kind, details = classify.classify(tree, envelope_sender)
    except Exception:  # noqa: BLE001 - the header is read by then: who wrote, and about what
        tree.problems.append("unexpected_error")
    return Message(
        fields=tree.fields,
        text=found.text,
        html=found.html,
        text_from_html=found.text_from_html,
        attachments=found.attachments,
        kind=kind,
        kind_details=details,
        problems=list(dict.fromkeys(tree.problems + found.problems)),
    )


def iso_date(value: str) -> str | None:
    """An RFC 5322 date in UTC, ISO 8601 with seconds; None if it is no date."""
    try:
        parsed = email.utils.parsedate_to_datetime(value[:_DATE_LENGTH_LIMIT])
        aware = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except Exception:  # noqa: BLE001 - the library raises half a dozen types on hostile dates
        return None
    return aware.isoformat(timespec="seconds").replace("+00:00", "Z")
