"""The script that keeps the ACME server's certificate: when it has a new one issued, and how."""

import importlib
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

SCRIPTS = Path(__file__).parent.parent.parent.parent / "roles/certificate/files/usr/local/lib/boringmail"
sys.path.insert(0, str(SCRIPTS))
script = importlib.import_module("certificate_acme")
pairs = importlib.import_module("certificate_pair")
sys.path.remove(str(SCRIPTS))

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NAMES = ["mx1.example.com", "submit.example.com"]
DIRECTORY = "https://acme.example.net/dir"
SETTINGS = script.Settings(NAMES, "ssl-cert", DIRECTORY, "", "")


def pair_of(names=NAMES, *, days_left=60, key=None, with_key=None):
    """A self-made pair with 90 days of life, of which some are left."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    ends = NOW + timedelta(days=days_left)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(ends - timedelta(days=90))
        .not_valid_after(ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = (with_key or key).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pairs.Pair(certificate.public_bytes(serialization.Encoding.PEM), pem)


def why(pair, issued_by=DIRECTORY):
    return script.why_issue(pair, issued_by, SETTINGS, NOW)


@pytest.fixture
def trusted(monkeypatch):
    monkeypatch.setattr(script, "trusted", lambda: True)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("days_left", [90, 60, 30, 23])
def test_a_certificate_that_holds_is_left_to_the_timer(days_left):
    assert why(pair_of(days_left=days_left)) == ""


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("pair", "issued_by", "reason"),
    [
        (None, DIRECTORY, "there was none"),
        (pair_of(["mx1.example.com"]), DIRECTORY, "the old one was for mx1.example.com"),
        (pair_of(), "https://other.example.net/dir", "the old one came from https://other.example.net/dir"),
        (pair_of(key=rsa.generate_private_key(65537, 2048)), DIRECTORY, "the old key was not ECDSA P-256"),
        (pair_of(key=ec.generate_private_key(ec.SECP384R1())), DIRECTORY, "the old key was not ECDSA P-256"),
        (pair_of(days_left=22), DIRECTORY, "the old one ends on 2026-12-16"),
        (pair_of(days_left=-1), DIRECTORY, "the old one ends on 2026-11-23"),
    ],
)
def test_one_that_does_not_hold_is_replaced_for_a_reason(pair, issued_by, reason):
    assert why(pair, issued_by) == reason


def test_one_whose_issuer_is_not_trusted_is_replaced(monkeypatch):
    monkeypatch.setattr(script, "trusted", lambda: False)
    assert why(pair_of()) == "this host does not trust the old one's issuer"


def test_the_key_is_kept_unless_it_is_of_another_kind():
    kept = script.command(SETTINGS, pair_of())
    assert "--reuse-key" in kept
    assert "--new-key" not in kept
    assert "--new-key" in script.command(SETTINGS, pair_of(key=rsa.generate_private_key(65537, 2048)))


@pytest.mark.parametrize(
    ("email", "words"),
    [("", ["--register-unsafely-without-email"]), ("me@example.net", ["--email", "me@example.net"])],
)
def test_an_account_has_an_address_or_says_that_it_has_none(email, words):
    settings = script.Settings(NAMES, "ssl-cert", DIRECTORY, email, "")
    line = script.command(settings, None)
    assert line[line.index(words[0]) :][: len(words)] == words


def test_a_pair_is_read_only_when_it_belongs_together(tmp_path):
    right = pair_of()
    wrong = pair_of(with_key=ec.generate_private_key(ec.SECP256R1()))
    chain, key = tmp_path / "chain", tmp_path / "key"
    for pair, found in ((right, right), (wrong, None)):
        chain.write_bytes(pair.chain)
        key.write_bytes(pair.key)
        assert pairs.read(chain, key) == found
    key.write_bytes(b"-----BEGIN PRIVATE KEY-----\n")
    assert pairs.read(chain, key) is None
    assert pairs.read(tmp_path / "none", key) is None


def test_putting_a_pair_in_place_says_whether_anything_changed(tmp_path, monkeypatch):
    monkeypatch.setattr(pairs.shutil, "chown", lambda *_: None)
    pair = pair_of()
    assert pairs.put(tmp_path, pair, "ssl-cert")
    assert not pairs.put(tmp_path, pair, "ssl-cert")
    assert (tmp_path / "privkey.pem").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "fullchain.pem").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fullchain.pem", "privkey.pem"]
