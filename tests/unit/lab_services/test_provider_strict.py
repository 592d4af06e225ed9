"""A provider with rules, sending to itself: what it takes, what it refuses, and the verdicts it keeps."""

import asyncio
import smtplib

import pytest

from lab.services.provider.rules import STRICT
from tests.unit.lab_services.served import messages, send, served


@pytest.fixture
async def strict(names, tmp_path):
    async with served(names, tmp_path, requires_tls=True, rules=STRICT) as there:
        yield there


async def test_the_strict_one_takes_what_is_right(strict):
    url, _ = strict
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@mailbox.example")
    assert letter["outcome"] == "delivered"


async def test_the_strict_one_refuses_and_says_why(strict):
    url, _ = strict
    (letter,) = await send(
        url,
        **{"from": "a@mailbox.example", "mail_from": "a@evil.example"},
        to="b@mailbox.example",
        dkim=False,
    )
    assert letter["outcome"] == "bounced"
    assert letter["attempts"][0]["reply"].startswith("5.7.26 Unauthenticated email from mailbox.example")
    (found,) = await messages(url, "verdicts", sender="a@evil.example")
    assert (found["accepted"], found["verdict"]["spf"]["result"]) == (False, "none")
    assert found["reply"].startswith("550-5.7.26")
    assert await messages(url) == []


async def test_the_strict_one_wants_tls_first_and_keeps_a_verdict(strict):
    url, port = strict

    def plain():
        with smtplib.SMTP("127.0.0.1", port, local_hostname="mail.mailbox.example") as client:
            client.ehlo()
            return client.mail("a@mailbox.example")

    code, reply = await asyncio.to_thread(plain)
    assert (code, reply) == (530, b"5.7.0 Must issue a STARTTLS command first")
    (found,) = await messages(url, "verdicts", sender="a@mailbox.example")
    assert (found["client"]["tls"], found["accepted"]) == (None, False)
    assert found["verdict"]["iprev"] == "pass"
