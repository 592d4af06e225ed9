"""The keys with which the lab's providers sign (DKIM): made on the controller, once for a lab's lifetime.

The private halves lie where the providers' host sees them; the public halves go into the providers' zones.
"""

import base64
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.plane.zones import PROVIDERS

_BITS = 2048


def public_keys(directory: Path) -> dict[str, str]:
    """Return each provider's public key by zone, as a DKIM `p=`; make the pairs that are missing."""
    return {zone: _public(ensure_key(directory / f"dkim-{zone.rstrip('.')}.pem")) for zone in PROVIDERS}


def ensure_key(path: Path) -> rsa.RSAPrivateKey:
    """Return the private key in a PEM file; make both when the file is not there."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, rsa.RSAPrivateKey):
            raise ValueError(f"{path} is no RSA key: remove it, and a new one is made")
        return key
    key = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    new = path.with_name(f"{path.name}.new")
    new.touch(mode=0o600)
    new.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    new.replace(path)
    return key


def _public(key: rsa.RSAPrivateKey) -> str:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()
