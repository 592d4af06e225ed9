"""The LMTP server's side of the talk with Postfix (RFC 2033): bytes in, replies and messages out, no I/O.

Only what Postfix's lmtp(8) speaks, and all of it: PIPELINING, SIZE, 8BITMIME, SMTPUTF8, ENHANCEDSTATUSCODES,
XFORWARD. A message is only ever refused for the moment: nothing that goes wrong here may bounce a mail.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from boringmail.inbound import xforward
from boringmail.inbound.budget import Budget
from boringmail.inbound.envelope import Envelope

_LINE_LIMIT = 4096  # XFORWARD and SMTPUTF8 lines may pass RFC 5321's 512
_RECIPIENTS_LIMIT = 1000
_ERRORS_LIMIT = 20
_END = b"\r\n.\r\n"  # only this ends a message; bare LF variants are how mail is smuggled
# Lenient: Postfix has judged the address already, and an error here would only delay its mail.
_PATH = re.compile(r"<(.*)>\s*([^>]*)", re.DOTALL)
_EXTENSIONS = ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", xforward.ANNOUNCEMENT)
_SEQUENCE = "503 5.5.1 Bad sequence of commands"
_OK = "250 2.0.0 Ok"


@dataclass(frozen=True, slots=True)
class Message:
    """A complete message that waits for one reply per recipient. `held_bytes` is to be given back after."""

    envelope: Envelope
    content: bytes
    held_bytes: int


class Session:
    """One connection. Call `next` until it gives None, then `feed` it what was read."""

    def __init__(self, *, host_name: str, size_limit_bytes: int, budget: Budget) -> None:
        self.closing = False
        self._host_name = host_name
        self._size_limit = size_limit_bytes
        self._budget = budget
        self._buffer = bytearray()
        self._greeted = False
        self._errors = 0
        self._verb: Callable[[str], str] | None = None
        self._pending: Message | None = None
        self._in_data = False
        self._held = 0
        self._scanned = 0
        self._sender: str | None = None
        self._recipients: list[str] = []
        self._xforward: dict[str, str] = {}
        self._refusal: str | None = None

    @property
    def greeting(self) -> bytes:
        """What the server says first."""
        return f"220 {self._host_name} LMTP\r\n".encode()

    @property
    def idle(self) -> bool:
        """Whether the connection may be closed without breaking a transaction."""
        return self._sender is None and self._pending is None and not self._buffer

    def feed(self, data: bytes) -> None:
        """Takes what was read from the connection."""
        self._buffer += data
        if self._in_data and self._refusal is None:
            self._hold()

    def next(self) -> bytes | Message | None:
        """Bytes to send, a message to be answered with `answer`, or None: more input is needed."""
        if self._pending is not None or self.closing:
            return None
        if self._in_data:
            return self._next_data()
        line_end = self._buffer.find(b"\n")
        if line_end < 0:
            if len(self._buffer) <= _LINE_LIMIT:
                return None
            self.closing = True
            return b"500 5.5.2 Line too long\r\n"
        line = bytes(self._buffer[:line_end]).rstrip(b"\r")
        del self._buffer[: line_end + 1]
        return self._reply(self._command(line.decode("utf-8", "replace")))

    def answer(self, replies: Sequence[str]) -> bytes:
        """One reply per recipient, in their order (RFC 2033 4.2)."""
        self._pending = None
        self._reset()
        return "".join(f"{reply}\r\n" for reply in replies).encode()

    def close(self) -> None:
        """Gives back what an unfinished message held."""
        self._budget.give(self._held)
        self._held = 0

    def _reset(self) -> None:
        self._sender = None
        self._recipients = []
        self._xforward = {}
        self._refusal = None
        self._held = 0
        self._scanned = 0

    def _reply(self, text: str) -> bytes:
        if text[0] == "5":
            self._errors += 1
            if self._errors >= _ERRORS_LIMIT:
                self.closing = True
                text = "421 4.7.0 Too many errors"
        return f"{text}\r\n".encode()

    def _command(self, line: str) -> str:
        verb, _, argument = line.partition(" ")
        handler = getattr(self, f"_do_{verb.lower()}", None) if verb.isascii() and verb.isalpha() else None
        if handler is None:
            return "500 5.5.2 Command not known here"
        reply: str = handler(argument.strip())
        return reply

    def _do_lhlo(self, argument: str) -> str:
        if not argument:
            return "501 5.5.4 LHLO needs a name"
        self._greeted = True
        self._reset()
        lines = [self._host_name, *_EXTENSIONS, f"SIZE {self._size_limit}"]
        return "\r\n".join(f"250{' ' if line is lines[-1] else '-'}{line}" for line in lines)

    def _do_noop(self, _argument: str) -> str:
        return _OK

    def _do_rset(self, _argument: str) -> str:
        self._reset()
        return _OK

    def _do_quit(self, _argument: str) -> str:
        self.closing = True
        return "221 2.0.0 Bye"

    def _do_xforward(self, argument: str) -> str:
        if not self._greeted or self._sender is not None:
            return _SEQUENCE
        try:
            self._xforward = xforward.merge(self._xforward, argument)
        except ValueError as error:
            return f"501 5.5.4 {error}"
        return _OK

    def _do_mail(self, argument: str) -> str:
        if not self._greeted or self._sender is not None:
            return _SEQUENCE
        path = _path(argument, "FROM:")
        if path is None:
            return "501 5.5.4 Syntax: MAIL FROM:<address>"
        for parameter in path[1].upper().split():
            name, _, value = parameter.partition("=")
            if name not in {"SIZE", "BODY", "SMTPUTF8"}:
                return "555 5.5.4 Parameter not supported"
            if name == "SIZE" and value.isascii() and value.isdigit() and int(value[:20]) > self._size_limit:
                return "452 4.3.4 Message too big for now"
        self._sender = path[0]
        return "250 2.1.0 Ok"

    def _do_rcpt(self, argument: str) -> str:
        if self._sender is None:
            return _SEQUENCE
        path = _path(argument, "TO:")
        if path is None or not path[0]:
            return "501 5.5.4 Syntax: RCPT TO:<address>"
        if path[1]:
            return "555 5.5.4 Parameter not supported"
        if len(self._recipients) >= _RECIPIENTS_LIMIT:
            return "452 4.5.3 Too many recipients"
        self._recipients.append(path[0])
        return "250 2.1.5 Ok"

    def _do_data(self, argument: str) -> str:
        if argument:
            return "501 5.5.4 Syntax: DATA"
        if not self._recipients:
            return _SEQUENCE
        self._in_data = True
        # The line end before the first line, so that a dot there is found like any other.
        self._buffer[:0] = b"\r\n"
        self._hold()
        return "354 End data with <CR><LF>.<CR><LF>"

    def _hold(self) -> None:
        """Accounts for what the buffer has grown by; beyond a limit the rest of the message is dropped."""
        more = len(self._buffer) - self._held
        if len(self._buffer) > self._size_limit + _LINE_LIMIT:
            self._refusal = "452 4.3.4 Message too big for now"
        elif not self._budget.take(more, own=self._held):
            self._refusal = "452 4.3.2 Too much mail at once, try again"
        else:
            self._held += more
            return
        self.close()

    def _next_data(self) -> bytes | Message | None:
        found = self._buffer.find(_END, self._scanned)
        if found < 0:
            if self._refusal is not None:
                del self._buffer[: -len(_END) + 1]
            self._scanned = max(0, len(self._buffer) - len(_END) + 1)
            return None
        self._in_data = False
        # Each copy goes before the next is made: a mail may be as large as all that the daemon is to take.
        with memoryview(self._buffer) as buffer:
            content = b"" if self._refusal else bytes(buffer[: found + 2])
        del self._buffer[: found + len(_END)]
        if self._refusal is not None:
            return self.answer([self._refusal] * len(self._recipients))
        envelope = Envelope(self._sender or "", tuple(self._recipients), self._xforward)
        # RFC 5321 4.5.2: the first dot of a line goes.
        content = content.replace(b"\r\n.", b"\r\n")
        self._pending = Message(envelope, content[2:], self._held)
        self._held = 0
        return self._pending


def _path(argument: str, keyword: str) -> tuple[str, str] | None:
    if argument[: len(keyword)].upper() != keyword:
        return None
    match = _PATH.fullmatch(argument[len(keyword) :].strip())
    return None if match is None else (match[1], match[2])
