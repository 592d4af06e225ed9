"""What a sender says of a mail server's certificate."""

import datetime as dt

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lab.services.provider.trust import Trust

NOW = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
HOST = "mx1.desk.example.com"


class Authority:
    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lab CA")])
        self.certificate = (
            self._builder(self.name, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=False, content_commitment=False, key_encipherment=False,
                    data_encipherment=False, key_agreement=False, key_cert_sign=True, crl_sign=True,
                    encipher_only=False, decipher_only=False,
                ),
                critical=True,
            )
            .sign(self.key, hashes.SHA256())
        )  # fmt: skip

    def _builder(self, name, key, days=90):
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - dt.timedelta(days=30))
            .not_valid_after(NOW - dt.timedelta(days=30) + dt.timedelta(days=days))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )

    def issue(self, name=HOST, days=90):
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(x509.Name([]), key, days)
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
            )
            .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        return certificate.public_bytes(serialization.Encoding.DER)

    def write(self, path):
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))


@pytest.fixture
def authority():
    return Authority()


@pytest.fixture
def root(tmp_path, authority):
    path = tmp_path / "root.pem"
    authority.write(path)
    return path


def test_a_certificate_of_a_trusted_authority_proves_its_name(authority, root):
    assert Trust([root]).objection([authority.issue()], HOST, NOW) == ""


@pytest.mark.parametrize(("name", "days"), [("mx2.desk.example.com", 90), (HOST, 29)])
def test_another_name_and_another_time_are_objected_to(authority, root, name, days):
    assert Trust([root]).objection([authority.issue(name, days)], HOST, NOW)


def test_a_stranger_s_certificate_is_objected_to(root):
    assert Trust([root]).objection([Authority().issue()], HOST, NOW)


def test_no_certificate_and_nonsense_are_objected_to(root):
    assert Trust([root]).objection([], HOST, NOW) == "no certificate"
    assert Trust([root]).objection([b"nonsense"], HOST, NOW)


def test_a_root_that_cannot_be_read_leaves_the_others(authority, root):
    broken = root.read_bytes().replace(b"MII", b"MIJ", 1)
    root.write_bytes(broken + root.read_bytes())
    assert Trust([root]).objection([authority.issue()], HOST, NOW) == ""


def test_roots_that_are_missing_or_new_are_no_trouble(authority, tmp_path):
    path = tmp_path / "later.pem"
    trust = Trust([path])
    assert trust.objection([authority.issue()], HOST, NOW) == "no root is trusted"
    authority.write(path)
    assert trust.objection([authority.issue()], HOST, NOW) == ""
