"""SMTP sessions of which every byte is ours: from the Internet to port 25, from the app to 587 and 465."""

import base64
import re
import socket
import ssl
from types import TracebackType
from typing import Final, Self

from lab import layout
from lab.drive.namespace import connect

IMPLICIT_TLS_PORT: Final = 465
PATIENCE_SECONDS: Final = 60.0
_WHOLE_REPLY: Final = re.compile(rb"(?:\A|\n)\d{3}(?:[ \r][^\n]*)?\n\Z")


class Wire:
    """One session. `heard` is what came and was not asked for yet."""

    def __init__(self, connection: socket.socket) -> None:
        """Read the greeting."""
        self._connection = connection
        self.heard = b""
        self.greeting = self.reply()

    def __enter__(self) -> Self:
        """Close at the end."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self._connection.close()

    def say(self, *lines: str | bytes) -> bytes:
        """Send lines (str) or bytes as they are, all at once, and read one reply; empty after a hang-up."""
        data = b"".join(line if isinstance(line, bytes) else f"{line}\r\n".encode() for line in lines)
        try:
            self._connection.sendall(data)
        except ConnectionError:
            return b""
        return self.reply()

    def reply(self) -> bytes:
        """Read one reply, which may have several lines."""
        text = b""
        while not _WHOLE_REPLY.search(text):
            line = self._line()
            if not line:
                return b""
            text += line
        return text

    def rest(self) -> bytes:
        """Say goodbye, and read all until the other side hangs up."""
        found = self.say("QUIT")
        while more := self.reply():
            found += more
        return found

    def encrypt(self) -> None:
        """Go on in TLS, believing any certificate."""
        self._connection = _encrypted(self._connection)

    def _line(self) -> bytes:
        while b"\n" not in self.heard:
            try:
                more = self._connection.recv(65536)
            except ConnectionError:
                return b""
            if not more:
                return b""
            self.heard += more
        line, _, self.heard = self.heard.partition(b"\n")
        return line + b"\n"


def from_internet(address: str, *, source: str = layout.PROVIDER, ehlo: str = "mail.mailbox.example") -> Wire:
    """Open a session with port 25, up to the answer to EHLO."""
    wire = Wire(connect(layout.INTERNET.namespace, (address, 25), source=source, seconds=PATIENCE_SECONDS))
    wire.say(f"EHLO {ehlo}")
    return wire


def from_app(address: str, *, port: int = 587, password: str = "") -> Wire:
    """Open an encrypted session with 587 or 465 as the app does; logged in when there is a password."""
    sock = connect(layout.APP_SERVER.namespace, (address, port), seconds=PATIENCE_SECONDS)
    if port == IMPLICIT_TLS_PORT:
        sock = _encrypted(sock)
    wire = Wire(sock)
    wire.say("EHLO app.example.com")
    if port != IMPLICIT_TLS_PORT:
        wire.say("STARTTLS")
        wire.encrypt()
        wire.say("EHLO app.example.com")
    if password:
        secret = base64.b64encode(f"\0app\0{password}".encode()).decode()
        if not wire.say(f"AUTH PLAIN {secret}").startswith(b"235"):
            raise PermissionError("the login was refused")
    return wire


def _encrypted(sock: socket.socket) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context.wrap_socket(sock)
