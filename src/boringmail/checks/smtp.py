"""One mail over one SMTP session, replies kept: smtplib's own `sendmail` throws the last one away."""

import contextlib
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass

CONNECT_SECONDS = 10.0
# Postfix' postscreen and tarpits hold an answer back for some seconds.
REPLY_SECONDS = 20.0

_QUEUED = re.compile(r"queued as ([0-9A-Za-z]+)")


class RefusedError(Exception):
    """The server said no; `stage` is the command it answered."""

    def __init__(self, stage: str, code: int, words: str) -> None:
        super().__init__(f"{stage}: {code} {words}")
        self.stage = stage
        self.code = code

    @property
    def temporary(self) -> bool:
        """True for a 4xx reply (RFC 5321 4.2.1)."""
        return 400 <= self.code < 500  # noqa: PLR2004 - the range that RFC 5321 gives


@dataclass(frozen=True)
class Login:
    """A SASL user; the password stays out of any text made of this object."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Login({self.user!r})"


class Session(smtplib.SMTP):
    """A session that remembers its banner, without the code."""

    banner = ""


def connect(host: str, port: int, *, helo_name: str = "", server_name: str = "") -> Session:
    """Open a session and read the banner. Without `helo_name` it greets with its address (RFC 5321 4.1.4).

    `server_name` is what the certificate has to name when that is not `host`.
    """
    session = Session(local_hostname=helo_name or "pending.invalid", timeout=CONNECT_SECONDS)
    code, words = session.connect(host, port)
    session.banner = text(words)
    if code != 220:  # noqa: PLR2004 - RFC 5321 4.3.2
        raise RefusedError("banner", code, session.banner)
    if session.sock is None:
        raise OSError("the connection was lost")
    session.sock.settimeout(REPLY_SECONDS)
    # smtplib takes the server's name for SNI and certificate checks from here; connect() does not set it.
    session._host = server_name or host  # type: ignore[attr-defined] # noqa: SLF001 - only its constructor sets it
    if not helo_name:
        session.local_hostname = f"[{session.sock.getsockname()[0]}]"
    return session


def start_tls(session: smtplib.SMTP, context: ssl.SSLContext, *, required: bool) -> str | None:
    """Switch to TLS when the server offers it; returns the protocol version, None for plain text."""
    _expect("EHLO", 250, session.ehlo())
    if not session.has_extn("starttls"):
        if required:
            raise RefusedError("EHLO", 250, "STARTTLS is not offered")
        return None
    _expect("STARTTLS", 220, session.starttls(context=context))
    _expect("EHLO", 250, session.ehlo())
    return session.sock.version() if isinstance(session.sock, ssl.SSLSocket) else None


def log_in(session: smtplib.SMTP, login: Login) -> None:
    """Authenticate. Raises `RefusedError` with the server's words."""
    try:
        session.login(login.user, login.password)
    except smtplib.SMTPAuthenticationError as error:
        raise RefusedError("AUTH", error.smtp_code, text(error.smtp_error)) from None
    except smtplib.SMTPNotSupportedError as error:
        raise RefusedError("EHLO", 250, f"AUTH is not offered ({error})") from None


def send(session: smtplib.SMTP, sender: str, recipient: str, letter: bytes) -> str:
    """Hand over one mail and end the session; returns the reply to it. Raises `RefusedError`."""
    _expect("MAIL FROM", 250, session.mail(sender))
    _expect("RCPT TO", 250, session.rcpt(recipient))
    try:
        code, words = session.data(letter)
    except smtplib.SMTPDataError as error:
        raise RefusedError("DATA", error.smtp_code, text(error.smtp_error)) from None
    reply = _expect("DATA", 250, (code, words))
    # The mail is accepted; how the server hangs up changes nothing.
    with contextlib.suppress(OSError):
        session.quit()
    return reply


def queue_id(reply: str) -> str | None:
    """Postfix' queue id in its reply to a mail."""
    match = _QUEUED.search(reply)
    return match[1] if match else None


def reachable(address: str, port: int) -> bool:
    """True when a TCP connection can be made."""
    try:
        socket.create_connection((address, port), timeout=CONNECT_SECONDS / 2).close()
    except OSError:
        return False
    return True


def _expect(stage: str, code: int, reply: tuple[int, bytes]) -> str:
    if reply[0] != code:
        raise RefusedError(stage, reply[0], text(reply[1]))
    return text(reply[1])


def text(words: bytes | str) -> str:
    """A reply's words on one line."""
    return " ".join((words.decode("utf-8", "replace") if isinstance(words, bytes) else words).split())
