"""Certificates that a client takes, and those that it does not, with the reason."""

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from boringmail.checks import certificate, smtp
from boringmail.checks.certificate import Seen, check_certificate, look, over_smtp
from boringmail.checks.result import Check, Status
from tests.unit.checks.mail_server import Receiver, TlsFiles, serve
from tests.unit.checks.scripted_smtp import Script
from tests.unit.checks.scripted_smtp import serve as serve_script

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
HOST = "mx1.desk.example.com"


class Authority:
    """Signs certificates as a test wants them."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Example CA")])
        self._certificate = self._sign(self.name, self._key.public_key(), NOW - DAY, NOW + 90 * DAY, ca=True)
        self.text = self._certificate.public_bytes(serialization.Encoding.PEM).decode()

    def _sign(self, name, key, start, end, *, names=(), ca=False):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([x509.DNSName(one) for one in names]), critical=False
            )
        return builder.sign(self._key, hashes.SHA256())

    def issue(self, directory: Path, start: dt.datetime, end: dt.datetime, *names: str) -> TlsFiles:
        """Files for a server; with the shape of `TlsFiles`, and another certificate in them."""
        files = TlsFiles(directory, "served")
        key = serialization.load_pem_private_key((directory / "served.key").read_bytes(), None)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        made = self._sign(name, key.public_key(), start, end, names=names)
        files.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        return files


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


def see(files: TlsFiles, ca_text: str, name: str = HOST) -> Seen:
    with serve(Receiver(), files) as port:
        handshake = over_smtp(lambda: smtp.connect("127.0.0.1", port, server_name=name))
        return look("port 25", name, handshake, ca_text)


def judged(seen: Seen) -> Check:
    return check_certificate("certificate of mx1", [seen], [], NOW)


def test_a_good_one_passes_with_its_end(authority: Authority, tmp_path: Path) -> None:
    seen = see(authority.issue(tmp_path, NOW - DAY, NOW + 60.5 * DAY, HOST, "submit"), authority.text)
    check = judged(seen)
    assert (check.key, check.status) == ("certificate", Status.PASS)
    assert check.found.startswith(f"port 25: {HOST}, by Example CA, until ")
    assert check.found.endswith("(in 60 days)")


def test_an_end_that_is_near_is_told(authority: Authority, tmp_path: Path) -> None:
    check = judged(see(authority.issue(tmp_path, NOW - DAY, NOW + 5 * DAY, HOST), authority.text))
    assert check.status is Status.PASS
    assert "renewal stands still" in check.found


@pytest.mark.parametrize(
    ("days", "name", "found"),
    [
        ((-30, -1), HOST, "expired on "),
        ((1, 30), HOST, "not valid before "),
        ((-1, 30), "mx2.desk.example.com", f"not for {HOST} (by Example CA, for mx2.desk.example.com)"),
    ],
)
def test_a_bad_one_fails_with_the_reason(
    authority: Authority, tmp_path: Path, days: tuple[int, int], name: str, found: str
) -> None:
    start, end = (NOW + day * DAY for day in days)
    files = authority.issue(tmp_path, start, end, name)
    check = judged(see(files, authority.text))
    assert check.status is Status.FAIL
    assert f"port 25: {found}" in check.found
    assert "--tags certificate" in check.repair


def test_a_self_signed_one_is_called_so(tmp_path: Path) -> None:
    check = judged(see(TlsFiles(tmp_path, HOST), ""))
    assert check.status is Status.FAIL
    assert "self-signed" in check.found
    assert HOST in check.found


def test_what_openssl_does_not_come_to_is_told_too() -> None:
    end = "Feb  1 00:00:00 2026 GMT"
    seen = Seen(
        "port 25", HOST, certificate.SELF_SIGNED, "self-signed certificate", ("x.example",), "x", "", end
    )
    assert (
        judged(seen).found == f"port 25: self-signed, expired on {end}, not for {HOST} (by x, for x.example)"
    )
    wild = Seen("port 25", HOST, certificate.SELF_SIGNED, "", ("*.desk.example.com",), "x", "", "")
    assert "not for" not in judged(wild).found


def test_an_authority_that_is_not_trusted_is_named(authority: Authority, tmp_path: Path) -> None:
    check = judged(see(authority.issue(tmp_path, NOW - DAY, NOW + DAY, HOST), ""))
    assert check.status is Status.FAIL
    assert "by Example CA" in check.found


def test_one_bad_place_fails_the_whole_and_an_unseen_one_is_told(
    authority: Authority, tmp_path: Path
) -> None:
    good = see(authority.issue(tmp_path, NOW - DAY, NOW + 60 * DAY, HOST), authority.text)
    bad = Seen("port 587", "submit", certificate.EXPIRED, "expired", (), "", "", "Nov  1 00:00:00 2026 GMT")
    assert check_certificate("c", [good, bad], [], NOW).status is Status.FAIL
    unseen = check_certificate("c", [good], ["port 587: refused"], NOW)
    assert (unseen.status, "port 587: refused" in unseen.found) == (Status.PASS, True)
    nothing = check_certificate("c", [], ["port 25: timed out"], NOW)
    assert (nothing.status, nothing.symptoms) == (Status.TEMPERROR, ("unreached",))


def test_a_server_without_tls_shows_nothing() -> None:
    with serve_script(Script(ehlo=("mx1",))) as port:
        handshake = over_smtp(lambda: smtp.connect("127.0.0.1", port))
        with pytest.raises(smtp.RefusedError, match="STARTTLS is not offered"):
            look("port 25", HOST, handshake)
