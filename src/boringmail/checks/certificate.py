"""The certificate that a client of ours is shown: who signed it, for which name, from when to when."""

import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from boringmail.checks import repairs, smtp
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

# A certificate is renewed long before: so few days left mean that renewal stands still.
WARN_DAYS = 21
# X509_V_FLAG_NO_CHECK_TIME (openssl/x509_vfy.h), which Python's ssl has no name for.
NO_CHECK_TIME = 0x200000
# OpenSSL's verify codes (openssl-verification-options(1)).
NOT_YET_VALID, EXPIRED, SELF_SIGNED, WRONG_NAME = 9, 10, 18, 62

# The certificate as `SSLSocket.getpeercert` gives it (empty when it was not verified), and its bytes.
Shown = tuple[Mapping[str, Any], bytes]
Handshake = Callable[[ssl.SSLContext], Shown]


@dataclass(frozen=True)
class Seen:
    """What was shown at one place. `code` and `complaint` are OpenSSL's, 0 and empty when it has none.

    Dates are as OpenSSL writes them ("Nov 24 08:00:00 2026 GMT"), empty when the certificate cannot be read.
    """

    place: str
    name: str
    code: int
    complaint: str
    names: Sequence[str]
    issuer: str
    not_before: str
    not_after: str


def trusting(ca_text: str = "") -> ssl.SSLContext:
    """What the system trusts, and the authorities of `ca_text` (PEM)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_default_certs()
    if ca_text:
        context.load_verify_locations(cadata=ca_text)
    return context


def unquestioning() -> ssl.SSLContext:
    """Takes whatever it is shown, as mail servers do among themselves (RFC 7435)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def look(place: str, name: str, handshake: Handshake, ca_text: str = "") -> Seen:
    """What is shown at `place`. Raises what `handshake` raises, but for a certificate that is not accepted.

    One connection, or three: to read a certificate that it does not accept, OpenSSL is told to trust just it.
    """
    try:
        return _seen(place, name, handshake(trusting(ca_text))[0], 0, "")
    except ssl.SSLCertVerificationError as error:
        code, complaint = error.verify_code, error.verify_message
    encoded = handshake(unquestioning())[1]
    try:
        facts = handshake(_reading(encoded))[0]
    except ssl.SSLError:
        facts = {}
    return _seen(place, name, facts, code, complaint)


def over_smtp(connect: Callable[[], smtp.Session]) -> Handshake:
    """A handshake by STARTTLS on a new session."""

    def handshake(context: ssl.SSLContext) -> Shown:
        session = connect()
        try:
            smtp.start_tls(session, context, required=True)
            if not isinstance(session.sock, ssl.SSLSocket):
                raise OSError("the connection was lost")
            return session.sock.getpeercert() or {}, session.sock.getpeercert(binary_form=True) or b""
        finally:
            session.close()

    return handshake


def check_certificate(title: str, seen: Sequence[Seen], unseen: Sequence[str], now: datetime) -> Check:
    """One check of every place; `unseen` says where nothing was shown and why. `now` is time-zone aware."""
    expected = "signed by an authority that is trusted, in date, for the name asked for"
    told = partial(Check, name=title, key=Key.CERTIFICATE, expected=expected)
    found = "; ".join([*(f"{one.place}: {_told(one, now)}" for one in seen), *unseen])
    if any(one.code for one in seen):
        hint = (
            "have a certificate made; why the last one was not renewed, on the host:\njournalctl -u certbot"
        )
        repair = repairs.playbook("configure", "certificate")
        return told(status=Status.FAIL, found=found, hint=hint, repair=repair)
    if not seen:
        return told(status=Status.TEMPERROR, found=found, symptoms=("unreached",))
    return told(status=Status.PASS, found=found)


def _seen(place: str, name: str, facts: Mapping[str, Any], code: int, complaint: str) -> Seen:
    issuer = {key: value for part in facts.get("issuer", ()) for key, value in part}
    return Seen(
        place=place,
        name=name,
        code=code,
        complaint=complaint,
        names=tuple(value for kind, value in facts.get("subjectAltName", ()) if kind == "DNS"),
        issuer=issuer.get("organizationName") or issuer.get("commonName", ""),
        not_before=facts.get("notBefore", ""),
        not_after=facts.get("notAfter", ""),
    )


def _reading(encoded: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(cadata=encoded)
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags = ssl.VerifyFlags(int(context.verify_flags) | NO_CHECK_TIME)
    return context


def _told(seen: Seen, now: datetime) -> str:
    if not seen.code:
        return f"{seen.name}, by {seen.issuer}, {_lasting(seen, now)}"
    names = ", ".join(seen.names) or "no name"
    return f"{', '.join(_faults(seen, now))} (by {seen.issuer or 'nobody'}, for {names})"


def _faults(seen: Seen, now: datetime) -> list[str]:
    """Everything that is wrong: OpenSSL stops at the first, which is a signature that is not trusted."""
    faults = []
    if seen.code == SELF_SIGNED:
        faults.append("self-signed")
    elif seen.code not in {EXPIRED, NOT_YET_VALID, WRONG_NAME}:
        faults.append(seen.complaint)
    if seen.code == EXPIRED or (seen.not_after and _time(seen.not_after) < now):
        faults.append(f"expired on {seen.not_after}")
    if seen.code == NOT_YET_VALID or (seen.not_before and _time(seen.not_before) > now):
        faults.append(f"not valid before {seen.not_before}")
    if not any(_covers(name, seen.name) for name in seen.names):
        faults.append(f"not for {seen.name}")
    return faults


def _covers(pattern: str, name: str) -> bool:
    """RFC 9525 6.3: an asterisk stands for one label."""
    pattern, name = pattern.lower(), name.lower()
    return pattern == name or (pattern.startswith("*.") and pattern[1:] == f".{name.partition('.')[2]}")


def _time(words: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(words), UTC)


def _lasting(seen: Seen, now: datetime) -> str:
    ends = _time(seen.not_after)
    days = (ends - now).days
    warning = ": renewal stands still" if days < WARN_DAYS else ""
    return f"until {ends:%Y-%m-%d} (in {days} days{warning})"
