"""Signs what a provider sends (DKIM, RFC 6376), with the key that the controller has made and published."""

from functools import lru_cache
from pathlib import Path

import dkim


class SigningError(RuntimeError):
    """A message that cannot be signed; it must not leave unsigned."""


class Signer:
    """Signs for one domain. `key` is a PEM file that appears when the lab's API does."""

    def __init__(self, domain: str, selector: str, key: Path) -> None:
        self._domain = domain.encode()
        self._selector = selector.encode()
        self._key = key

    def sign(self, raw: bytes) -> bytes:
        """Return the message with a signature on top; takes some 10 ms. Raises SigningError."""
        try:
            pem = _read(self._key, self._key.stat().st_mtime_ns)
            signature = dkim.sign(
                raw, self._selector, self._domain, pem, canonicalize=(b"relaxed", b"relaxed")
            )
        except (OSError, dkim.DKIMException) as error:
            raise SigningError(f"{self._key}: {type(error).__name__}: {error}") from error
        return bytes(signature) + raw


@lru_cache
def _read(path: Path, _modified: int) -> bytes:
    """The key's text; `_modified` makes a new file a new entry."""
    return path.read_bytes()
