"""The providers' signing keys: made once, and what is published verifies what is signed."""

import dkim

from lab.plane import signingkeys, zones
from lab.services.provider.persona import PERSONAS

RAW = b"From: a@mailbox.example\r\nSubject: x\r\n\r\nHello\r\n"


def test_keys_are_made_once_and_readable_by_root_alone(tmp_path):
    first = signingkeys.public_keys(tmp_path)
    assert signingkeys.public_keys(tmp_path) == first
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}
    assert len(set(first.values())) == len(zones.PROVIDERS)


def test_the_published_key_verifies_what_the_private_one_signs(tmp_path):
    published = signingkeys.public_keys(tmp_path)["mailbox.example."]
    pem = (tmp_path / "dkim-mailbox.example.pem").read_bytes()
    signature = dkim.sign(RAW, b"s1", b"mailbox.example", pem)
    assert dkim.verify(signature + RAW, dnsfunc=lambda *_, **__: f"v=DKIM1; k=rsa; p={published}".encode())


def test_zones_and_personas_agree():
    assert {f"{one.domain}.": one.address for one in PERSONAS} == zones.PROVIDERS
    assert {one.selector for one in PERSONAS} == {zones.DKIM_SELECTOR}
