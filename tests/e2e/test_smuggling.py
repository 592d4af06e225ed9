"""One mail stays one, whatever is in it that some server might take for its end: counted at both ends."""

import uuid
from dataclasses import dataclass

import pytest

from lab.drive.smuggling import END, ENDINGS, QUEUED, Envelope, smuggled
from lab.drive.waiting import until
from lab.drive.wire import Wire, from_app, from_internet

INNER = b"Subject: two\r\n\r\nsmuggled"
OURS, THEIRS = "acme.desk.example.com", "mailbox.example"


@dataclass(frozen=True)
class Attempt:
    """A mail with another behind an ending, and how many mails the gateway said that it took."""

    outer: Envelope
    inner: Envelope
    taken: int


def waiting(wire: Wire, outer: Envelope, mail: bytes) -> bytes:
    """Brings a mail as it is done."""
    return b"".join([*map(wire.say, outer.commands()), wire.say(mail)])


def pipelined(wire: Wire, outer: Envelope, mail: bytes) -> bytes:
    """Sends everything at once, before any answer."""
    return wire.say(*outer.commands(), mail)


def chunked(wire: Wire, outer: Envelope, mail: bytes) -> bytes:
    """Sends the mail as one chunk of known length (RFC 3030), without the dot."""
    data = mail.removesuffix(END)
    sender, recipient, _ = outer.commands()
    return wire.say(sender) + wire.say(recipient) + wire.say(f"BDAT {len(data)} LAST", data)


def attempt(wire: Wire, bring, ending: bytes, *, sender_domain: str, recipient_domain: str) -> Attempt:
    token = uuid.uuid4().hex[:8]
    outer = Envelope(f"one@{sender_domain}", f"outer-{token}@{recipient_domain}")
    inner = Envelope(f"two@{sender_domain}", f"inner-{token}@{recipient_domain}")
    letter = f"From: {outer.sender}\r\nMessage-ID: <{token}@{sender_domain}>\r\nSubject: one".encode()
    said = bring(wire, outer, smuggled(letter, ending, inner, INNER)) + wire.rest()
    return Attempt(outer, inner, len(QUEUED.findall(said)))


def under_way(host, instance: str) -> list[dict[str, object]]:
    return [entry for entry in host.queue(instance) if "outer-" in str(entry) or "inner-" in str(entry)]


# Sent without waiting for answers, mail is refused as a whole (smtpd_forbid_unauth_pipelining). In a chunk
# even the true end is text.
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("bring", "endings", "whole"),
    [(waiting, ENDINGS, 1), (pipelined, ENDINGS, 0), (chunked, {"CRLF . CRLF": END, **ENDINGS}, 1)],
)
def test_on_the_way_in(app, host, bring, endings, whole):
    before = app.last_number()
    made = {}
    for name, ending in endings.items():
        with from_internet(host.public_ip) as wire:
            made[name] = attempt(wire, bring, ending, sender_domain=THEIRS, recipient_domain=OURS)
    assert {name: one.taken for name, one in made.items()} == dict.fromkeys(endings, whole)
    until("what was taken to be posted", lambda: not under_way(host, "in"), 60)
    posted = [receipt.recipient for receipt in app.received(before)]
    assert {name: posted.count(one.outer.recipient) for name, one in made.items()} == dict.fromkeys(
        endings, whole
    )
    assert [name for name, one in made.items() if one.inner.recipient in posted] == []
    log = host.mail_log("in")
    assert [name for name, one in made.items() if one.inner.recipient in log] == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("bring", "whole"), [(waiting, 1), (pipelined, 0), (chunked, 1)])
def test_on_the_way_out(provider, host, planted, bring, whole):
    made = {}
    for name, ending in ENDINGS.items():
        with from_app(host.private_ip, password=planted.submission_password) as wire:
            made[name] = attempt(wire, bring, ending, sender_domain=OURS, recipient_domain=THEIRS)
    assert {name: one.taken for name, one in made.items()} == dict.fromkeys(ENDINGS, whole)
    until("what was taken to be delivered", lambda: not under_way(host, "out"), 60)
    for name, one in made.items():
        seen = provider.seen(recipient=one.outer.recipient)
        assert len(seen) == whole, name
        assert provider.seen(recipient=one.inner.recipient) == [], name
        # What leaves has no line break but CRLF, so that no receiver sees an end that is none.
        for mail in seen:
            assert not set(b"\r\n") & set(mail.raw.replace(b"\r\n", b"")), name
