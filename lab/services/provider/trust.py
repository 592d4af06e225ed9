"""Whether a mail server's certificate would satisfy a sender who insists; the session goes on either way.

Opportunistic TLS encrypts to anybody (RFC 7435), so the chain is looked at after the handshake.
"""

import datetime as dt
import re
import ssl
import warnings
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

_PEM = re.compile(b"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def opportunistic() -> ssl.SSLContext:
    """TLS that encrypts and verifies nobody, as MTAs do without DANE or MTA-STS (RFC 7435)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def chain_of(tls: ssl.SSLObject) -> list[bytes]:
    """The certificates that the server has sent (DER), its own first."""
    unverified = getattr(tls, "get_unverified_chain", None)  # public since Python 3.13
    if unverified:
        return list(unverified())
    own = tls.getpeercert(binary_form=True)
    return [own] if own else []


class Trust:
    """The roots that a sender trusts: PEM files, read anew when they change; one may be missing."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)

    def objection(self, chain: Sequence[bytes], host: str, now: dt.datetime) -> str:
        """Return why the chain does not prove `host`, "" when it does."""
        if not chain:
            return "no certificate"
        present = [path for path in self._roots if path.exists()]
        store = _store(tuple((path, path.stat().st_mtime_ns) for path in present))
        if store is None:
            return "no root is trusted"
        try:
            leaf, *others = (x509.load_der_x509_certificate(one) for one in chain)
            verifier = PolicyBuilder().store(store).time(now).build_server_verifier(x509.DNSName(host))
            verifier.verify(leaf, others)
        except (VerificationError, ValueError) as error:
            return str(error) or type(error).__name__
        return ""


@lru_cache(maxsize=4)
def _store(files: tuple[tuple[Path, int], ...]) -> Store | None:
    blocks = [block for path, _ in files for block in _PEM.findall(path.read_bytes())]
    certificates = [one for one in map(_readable, blocks) if one]
    return Store(certificates) if certificates else None


def _readable(pem: bytes) -> x509.Certificate | None:
    """A certificate, None for one that breaks RFC 5280 as some old root of the system's does."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", CryptographyDeprecationWarning)
        try:
            return x509.load_pem_x509_certificate(pem)
        except (ValueError, CryptographyDeprecationWarning):
            return None
