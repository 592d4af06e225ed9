"""The JSON body of `message.received`: one message for one recipient (`schemas/message.received.v1.json`)."""

import base64
import functools
import secrets
from datetime import UTC, datetime
from typing import Any

import orjson

from boringmail.inbound import added, judgement, threads, webhook
from boringmail.inbound.envelope import Envelope, extension, tenant
from boringmail.inbound.judgement import Judgement
from boringmail.mime import header, received
from boringmail.mime import message as mime
from boringmail.mime.address import Address
from boringmail.mime.attachment import Attachment
from boringmail.mime.kind import loop
from boringmail.mime.reply import reply_text
from boringmail.mime.text import scrub, single_line

VERSION = 1
# Smaller pieces are put together: each is a packet of its own.
_SMALL_BYTES = 65_536
_Json = dict[str, Any]


class _Encoded:
    """What is as long as the mail itself: kept out of the JSON, so that it is not copied once more.

    In its place stands a mark that no sender can guess.
    """

    def __init__(self) -> None:
        self._mark = secrets.token_hex(16)
        self._pieces: list[bytes] = []

    def add(self, content: bytes) -> str:
        """Takes it in base64, and gives what stands for it. In the order of the JSON."""
        self._pieces.append(base64.b64encode(content))
        return self._mark

    def put_into(self, document: bytes) -> list[bytes]:
        """The whole document, in pieces."""
        between = document.split(self._mark.encode())
        pieces: list[bytes] = []
        small = [between[0]]
        for piece, rest in zip(self._pieces, between[1:], strict=True):
            if len(piece) > _SMALL_BYTES:
                pieces += (b"".join(small), piece)
                small = [rest]
            else:
                small += (piece, rest)
        return [*pieces, b"".join(small)]


class Incoming:
    """A message as it came, read once, posted once per recipient."""

    def __init__(self, raw: bytes, envelope: Envelope, *, virus_scanner: bool = False) -> None:
        self.raw = raw
        self.envelope = envelope
        self._virus_scanner = virus_scanner

    @functools.cached_property
    def _added(self) -> added.Added:
        return added.find(self.raw, virus_scanner=self._virus_scanner)

    @functools.cached_property
    def content(self) -> bytes:
        """The mail without what our own filters added: our Received line, and what the client sent."""
        return self._added.taken_from(self.raw)

    @functools.cached_property
    def judgement(self) -> Judgement:
        """What our filters found out."""
        return judgement.judge(self._added.verdict, self._added.virus_status)

    @functools.cached_property
    def message(self) -> mime.Message:
        """What could be read of it."""
        return mime.parse(self.content, envelope_sender=self.envelope.sender)

    @functools.cached_property
    def received(self) -> received.Received:
        """What our Postfix wrote on top."""
        return received.parse(self.fields.raw("received"))

    @property
    def fields(self) -> header.Fields:
        """The header; a mail that goes no further than this daemon is not worth reading whole."""
        if "message" in self.__dict__:
            return self.message.fields
        return header.split(self.content, 0, len(self.content))[0]

    @functools.cached_property
    def shared(self) -> tuple[_Json, _Encoded]:
        """The part of the body that is the same for each recipient."""
        encoded = _Encoded()
        try:
            return _shared(self.message, self.content, encoded) | self.judged, encoded
        except Exception:  # noqa: BLE001 - as in mime.parse: posted raw rather than not at all
            encoded = _Encoded()
            unread = mime.Message(problems=["unexpected_error"])
            return _shared(unread, self.content, encoded) | self.judged, encoded

    @property
    def judged(self) -> _Json:
        """The part of the body that says what our filters found out."""
        found = self.judgement
        return {"authentication": found.authentication, "spam": found.spam, "virus": found.virus}

    def _loop(self, recipient: str, mail_domain: str, table: threads.Threads, *, now: float) -> _Json:
        """Signs of a mail loop. The mail is counted in `table`, once."""
        try:
            message = self.message
            signs = loop.signs(message.fields, self.envelope.sender, mail_domain=mail_domain)
            count = table.count(
                threads.keys(message, recipient),
                webhook.message_id(self.envelope, recipient, self.raw),
                automatic=loop.is_automatic(message.kind, signs),
                now=now,
            )
            return {"signs": signs, "automatic_in_thread": count, "hops": loop.hops(message.fields)}
        except Exception:  # noqa: BLE001 - as in `shared`
            return {"signs": [], "automatic_in_thread": 0, "hops": 0}

    def age_seconds(self, now: float) -> float:
        """Time since our Postfix took it; 0 if its header does not say."""
        return max(0.0, now - self.received.unix_time) if self.received.unix_time is not None else 0.0

    def body(
        self, recipient: str, *, mail_domain: str, now: float, table: threads.Threads | None = None
    ) -> bytes:
        """The body for one recipient, strict UTF-8: `pieces` in one."""
        return b"".join(self.pieces(recipient, mail_domain=mail_domain, now=now, table=table))

    def pieces(
        self, recipient: str, *, mail_domain: str, now: float, table: threads.Threads | None = None
    ) -> list[bytes]:
        """The body for one recipient, strict UTF-8. `now` (Unix time) replaces a missing Received date.

        `table` has the automatic mails of its thread; without one, it is the first.
        """
        # An empty table is false.
        table = threads.Threads() if table is None else table
        looped = self._loop(recipient, mail_domain, table, now=now)
        arrived = self.received.unix_time if self.received.unix_time is not None else now
        shared, encoded = self.shared
        document = orjson.dumps(
            {
                "type": "message.received",
                "version": VERSION,
                "timestamp": _iso(arrived),
                "data": {
                    "envelope": self.envelope_json(recipient, mail_domain),
                    "loop": looped,
                    **shared,
                },
            }
        )
        return encoded.put_into(document)

    def forget(self) -> None:
        """Frees what was read of the message (several times its size); it is read again if needed."""
        for name in ("message", "shared", "content"):
            self.__dict__.pop(name, None)

    def envelope_json(self, recipient: str, mail_domain: str) -> _Json:
        """The envelope as in the body."""
        told, header = self.envelope.xforward, self.received
        return {
            "sender": _line(self.envelope.sender),
            "recipient": _line(recipient),
            "tenant": _line(tenant(recipient, mail_domain)),
            "extension": _line(extension(recipient)),
            "queue_id": _line(self.envelope.queue_id or header.queue_id),
            "client": {
                "address": _line(told.get("ADDR", "").removeprefix("IPV6:") or header.address),
                "name": _line(told.get("NAME") or header.name),
                "helo": _line(told.get("HELO") or header.helo),
                "protocol": _line(header.protocol or told.get("PROTO")),
                "tls": {"version": header.tls_version, "cipher": header.tls_cipher}
                if header.tls_version
                else None,
            },
        }


def _shared(message: mime.Message, raw: bytes, encoded: _Encoded) -> _Json:
    return {
        "kind": message.kind,
        "kind_details": message.kind_details,
        "message": _message(message),
        "attachments": [_attachment(attachment, encoded) for attachment in message.attachments],
        "parse_error": message.problems[0] if message.problems else None,
        "problems": message.problems,
        "raw_size_bytes": len(raw),
        "raw_base64": encoded.add(raw),
    }


def _line(value: str | None) -> str | None:
    return None if value is None else single_line(scrub(value))


def _iso(unix_time: float) -> str:
    try:
        moment = datetime.fromtimestamp(unix_time, UTC)
    except (OverflowError, OSError, ValueError):
        moment = datetime.fromtimestamp(0, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _message(message: mime.Message) -> _Json:
    subject = message.fields.value("subject")
    return {
        "message_id": next(iter(message.ids("message-id")), None),
        "in_reply_to": message.ids("in-reply-to"),
        "references": message.ids("references"),
        "date": message.date,
        "subject": subject,
        "from": _addresses(message.addresses("from")),
        "reply_to": _addresses(message.addresses("reply-to")),
        "to": _addresses(message.addresses("to")),
        "cc": _addresses(message.addresses("cc")),
        "headers": [{"name": field.name, "value": field.value} for field in message.fields.all],
        "text": message.text,
        "text_from_html": message.text_from_html,
        "html": message.html,
        "reply_text": None if message.text is None else reply_text(message.text, subject),
    }


def _addresses(addresses: list[Address]) -> list[_Json]:
    return [{"name": mailbox.name, "address": mailbox.address} for mailbox in addresses]


def _attachment(attachment: Attachment, encoded: _Encoded) -> _Json:
    return {
        "name": attachment.name,
        "content_type": attachment.content_type,
        "parameters": attachment.parameters,
        "content_id": attachment.content_id,
        "inline": attachment.inline,
        "container": attachment.container,
        "size_bytes": len(attachment.content),
        "sha256": attachment.sha256,
        "content_base64": encoded.add(attachment.content),
    }
