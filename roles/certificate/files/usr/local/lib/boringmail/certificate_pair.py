"""A certificate chain and its private key on disk: read together, each put in place whole or not at all."""

import os
import shutil
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

CHAIN, KEY = "fullchain.pem", "privkey.pem"


@dataclass(frozen=True)
class Pair:
    """A chain, the host's certificate first, and the private key of that certificate; both as PEM."""

    chain: bytes
    key: bytes

    @cached_property
    def leaf(self) -> x509.Certificate:
        """The host's certificate. Raises ValueError."""
        return x509.load_pem_x509_certificate(self.chain)

    @property
    def belong_together(self) -> bool:
        """Whether the key is the certificate's. Raises ValueError and TypeError."""
        key = serialization.load_pem_private_key(self.key, password=None)
        return key.public_key() == self.leaf.public_key()

    @property
    def names(self) -> set[str]:
        """The host names in it."""
        try:
            extension = self.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName)
        except x509.ExtensionNotFound:
            return set()
        return set(extension.value.get_values_for_type(x509.DNSName))

    @property
    def begins(self) -> datetime:
        """Since when it is valid."""
        return self.leaf.not_valid_before_utc

    @property
    def ends(self) -> datetime:
        """Until when it is valid."""
        return self.leaf.not_valid_after_utc

    @property
    def is_p256(self) -> bool:
        """Whether the key is ECDSA P-256."""
        key = self.leaf.public_key()
        return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def read(chain: Path, key: Path) -> Pair | None:
    """Read a pair; None when one is missing or broken, or when they do not belong together."""
    try:
        pair = Pair(chain.read_bytes(), key.read_bytes())
        together = pair.belong_together
    except (OSError, ValueError, TypeError):
        return None
    return pair if together else None


def put(directory: Path, pair: Pair, group: str) -> bool:
    """Write what differs, tell whether anything did; `group` reads the key. Raises OSError, LookupError."""
    wanted = ((directory / KEY, pair.key, 0o640, group), (directory / CHAIN, pair.chain, 0o644, "root"))
    return any([_replace(*each) for each in wanted])  # noqa: C419 - both are written, whatever the first says


def _replace(target: Path, content: bytes, mode: int, group: str) -> bool:
    if target.is_file() and not target.is_symlink() and target.read_bytes() == content:
        shutil.chown(target, "root", group)
        target.chmod(mode)
        return False
    new = target.with_name(f"{target.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    shutil.chown(new, "root", group)
    new.chmod(mode)
    new.rename(target)
    return True
