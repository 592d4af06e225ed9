"""A real SMTP server on loopback that answers as a test wants it to."""

import contextlib
import datetime as dt
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "correct horse"


class Receiver:
    """Keeps what it got; `replies` overrides the answer to a command."""

    def __init__(self, **replies: str) -> None:
        self.replies = replies
        self.envelopes: list[Envelope] = []
        self.greeting = ""

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = self.greeting = hostname
        return responses

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.replies.get("rcpt", "250 2.1.5 Ok")

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        return self.replies.get("data", "250 2.0.0 Ok: queued as 4dGBkx0pXkzyS")


class TlsFiles:
    """A self-made certificate for one name."""

    def __init__(self, directory: Path, name: str) -> None:
        self.certificate, self._key = directory / f"{name}.pem", directory / f"{name}.key"
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        self.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        self._key.write_bytes(key.private_bytes(*form))

    def server_context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self._key)
        return context

    def client_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.certificate))


def authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
) -> AuthResult:
    right = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=right, handled=False)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def serve(receiver: Receiver, tls: TlsFiles | None = None, *, submission: bool = False) -> Iterator[int]:
    """Runs the server; gives its port."""
    controller = Controller(
        receiver,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=tls.server_context() if tls else None,
        require_starttls=submission,
        auth_required=submission,
        authenticator=authenticate if submission else None,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()
