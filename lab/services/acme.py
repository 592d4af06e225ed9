"""What the lab's ACME server needs around it: a certificate for its own HTTPS, and its roots in one file.

Pebble makes its issuing root at each start and tells it on its management port alone. A client must know that
root, to judge certificates, and the one of Pebble's HTTPS, to get them.
"""

import argparse
import datetime as dt
import ipaddress
import ssl
import time
import urllib.request
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID_DAYS = 3650
STARTED_WITHIN_SECONDS = 20.0


def options(argv: list[str] | None = None) -> argparse.Namespace:
    """Read the command line; the defaults are the lab's."""
    parser = argparse.ArgumentParser(prog="lab.services.acme", description=__doc__)
    parser.add_argument("what", choices=["certificate", "roots"])
    parser.add_argument("--hostname", default="acme.lab.example")
    parser.add_argument("--management", default="127.0.0.1:15000")
    parser.add_argument("--state", type=Path, default=Path("/var/lib/lab-acme"))
    return parser.parse_args(argv)


def make_certificate(hostname: str, directory: Path, now: dt.datetime) -> None:
    """Write a CA and a certificate for `hostname` and 127.0.0.1; those that are there are left alone."""
    if (directory / "server.pem").exists():
        return
    authority_key = ec.generate_private_key(ec.SECP256R1())
    server_key = ec.generate_private_key(ec.SECP256R1())
    authority = _name(f"HTTPS of {hostname}")
    ca = (
        _builder(authority, authority, authority_key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    names = [x509.DNSName(hostname), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        _builder(_name(hostname), authority, server_key.public_key(), now)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        # OpenSSL's strict mode, Python's default since 3.13, wants it (RFC 5280 4.2.1.1).
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "server.key").touch(mode=0o600)
    (directory / "server.key").write_bytes(
        server_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (directory / "https-ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    (directory / "server.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def collect_roots(management: str, directory: Path) -> None:
    """Write the issuing root and the CA of the HTTPS to `roots.pem`; wait while the server starts."""
    ca = directory / "https-ca.pem"
    issuing = _fetch(f"https://{management}/roots/0", ca, STARTED_WITHIN_SECONDS)
    new = directory / "roots.pem.new"
    new.write_text(f"{issuing.strip()}\n{ca.read_text()}")
    new.rename(directory / "roots.pem")


def _fetch(url: str, ca: Path, seconds: float) -> str:
    context = ssl.create_default_context(cafile=str(ca))
    deadline = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5, context=context) as answer:  # noqa: S310 - https, ours
                return str(answer.read().decode("ascii"))
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def main() -> None:
    """Entry point."""
    settings = options()
    if settings.what == "certificate":
        make_certificate(settings.hostname, settings.state, dt.datetime.now(dt.UTC))
    else:
        collect_roots(settings.management, settings.state)


if __name__ == "__main__":
    main()
