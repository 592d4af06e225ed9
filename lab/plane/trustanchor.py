"""The root zone's one signing key, and what a resolver of the lab must be told: trust anchor and root hints.

The key is made on the controller, once for a lab's lifetime, so that inventories can name the anchor before
any name server runs. It signs as key-signing and zone-signing key in one (a CSK; RFC 6781 3.1).
"""

from pathlib import Path
from typing import Final

import dns.dnssec
import dns.name
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from dns.dnssectypes import Algorithm, DSDigest

from lab.plane.zones import ROOT_SERVERS

_ALGORITHM: Final = Algorithm.ECDSAP256SHA256
_FLAGS_KSK: Final = 257
_TTL_SECONDS: Final = 3600


def ensure_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Return the private key in a PEM file; make both when the file is not there."""
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{path} is no ECDSA key: remove it, and a new one is made")
        return key
    key = ec.generate_private_key(ec.SECP256R1())
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return key


def anchor_texts(key: ec.EllipticCurvePrivateKey) -> tuple[str, str]:
    """Return the trust anchor as a DNSKEY and as a DS record, each a line of a zone file."""
    dnskey = dns.dnssec.make_dnskey(key.public_key(), _ALGORITHM, flags=_FLAGS_KSK)
    ds = dns.dnssec.make_ds(dns.name.root, dnskey, DSDigest.SHA256)
    return f". {_TTL_SECONDS} IN DNSKEY {dnskey.to_text()}\n", f". {_TTL_SECONDS} IN DS {ds.to_text()}\n"


def hints_text() -> str:
    """Return the root hints (RFC 8109): where the root's name servers are."""
    lines = [
        f". {_TTL_SECONDS} NS {name}\n{name} {_TTL_SECONDS} A {address}\n" for name, address in ROOT_SERVERS
    ]
    return "".join(lines)
