"""Two providers on loopback that send to each other: the sending and the receiving half at once."""

import asyncio
import base64
import contextlib
import smtplib

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP
from cryptography.hazmat.primitives import serialization

from lab.plane.signingkeys import ensure_key
from lab.services.provider.__main__ import serve
from lab.services.provider.persona import Persona, Surroundings
from lab.services.provider.rules import STRICT
from tests.unit.lab_services.ports import free_port


async def ready(port):
    for _ in range(100):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"nothing listens on {port} after 2 s")


@contextlib.asynccontextmanager
async def served(names, tmp_path, **persona):
    """Give (control URL, SMTP port) of a provider that takes itself for every MX."""
    smtp, control = free_port(), free_port()
    names.records.update(
        {
            ("mailbox.example", "MX"): ["10 mail.mailbox.example."],
            ("mail.mailbox.example", "A"): ["127.0.0.1"],
            ("mail.mailbox.example", "TXT"): ['"v=spf1 a -all"'],
            ("mailbox.example", "TXT"): ['"v=spf1 mx -all"'],
            ("_dmarc.mailbox.example", "TXT"): ['"v=DMARC1; p=reject"'],
            ("1.0.0.127.in-addr.arpa", "PTR"): ["mail.mailbox.example."],
            ("s1._domainkey.mailbox.example", "TXT"): [signing_key(tmp_path)],
        }
    )
    around = Surroundings(
        resolver="127.0.0.1",
        resolver_port=names.port,
        smtp_port=smtp,
        target_port=smtp,
        control_port=control,
        give_up_seconds=3,
        state=tmp_path,
        keys=tmp_path,
        roots=(tmp_path / "mail.mailbox.example.pem",),
    )
    task = asyncio.create_task(serve(Persona("mailbox.example", "127.0.0.1", "python", **persona), around))
    await ready(control)
    yield f"http://127.0.0.1:{control}", smtp
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def signing_key(directory):
    """Make the provider's key; return its DKIM record."""
    key = ensure_key(directory / "dkim-mailbox.example.pem")
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    text = f"v=DKIM1; k=rsa; p={base64.b64encode(der).decode()}"
    return f'"{text[:200]}" "{text[200:]}"'


@pytest.fixture
async def provider(names, tmp_path):
    async with served(names, tmp_path) as there:
        yield there


@pytest.fixture
async def strict(names, tmp_path):
    async with served(names, tmp_path, requires_tls=True, rules=STRICT) as there:
        yield there


async def send(url, **order):
    async with aiohttp.ClientSession() as http:
        answer = await (await http.post(f"{url}/send", json=order)).json()
        for _ in range(400):
            letters = await (await http.get(f"{url}/sent/{answer['id']}")).json()
            if all(letter["outcome"] != "pending" for letter in letters):
                return letters
            await asyncio.sleep(0.02)
    return pytest.fail(f"still pending after 8 s: {letters}")


async def messages(url, what="messages", **query):
    async with aiohttp.ClientSession() as http:
        return await (await http.get(f"{url}/{what}", params=query)).json()


async def appears(url, what="messages", **query):
    for _ in range(400):
        found = await messages(url, what, **query)
        if found:
            return found[0]
        await asyncio.sleep(0.02)
    return pytest.fail(f"nothing for {query} after 8 s")


async def test_a_mail_is_delivered_with_tls_and_both_sides_tell_of_it(provider):
    url, _ = provider
    (letter,) = await send(
        url, **{"from": "a@mailbox.example"}, to="b@mailbox.example", subject="Hi", text="x"
    )
    assert letter["outcome"] == "delivered"
    assert letter["attempts"][0]["tls"] == "TLSv1.3"
    (message,) = await messages(url, text=letter["id"])
    assert message["client"]["helo"] == "mail.mailbox.example"
    assert message["client"]["tls"] == "TLSv1.3"
    assert message["recipients"] == ["b@mailbox.example"]


async def test_a_count_makes_messages_with_ids_of_their_own(provider):
    url, _ = provider
    letters = await send(
        url,
        **{"from": "a@mailbox.example"},
        to=["b@mailbox.example", "c@mailbox.example"],
        count=10,
        size_bytes=5000,
    )
    assert len({letter["id"] for letter in letters}) == 10
    assert len(await messages(url, recipient="c@mailbox.example")) == 5


async def test_a_refusal_is_final_and_reported(provider, names):
    url, _ = provider
    names.records["elsewhere.example", "A"] = ["127.0.0.1"]
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@elsewhere.example")
    assert letter["outcome"] == "bounced"
    assert letter["attempts"][0]["code"] == 550


async def test_a_server_that_defers_is_tried_again_until_it_takes_the_mail(provider, monkeypatch):
    url, _ = provider
    answers = iter(["451 4.3.0 not now"])

    async def deferring(self, arg):
        if (answer := next(answers, None)) is not None:
            return await self.push(answer)
        return await plain(self, arg)

    plain = SMTP.smtp_MAIL
    monkeypatch.setattr(SMTP, "smtp_MAIL", deferring)
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@mailbox.example")
    assert [attempt["code"] for attempt in letter["attempts"]] == [451, 250]


async def test_a_silent_port_expires_without_being_called_bounced(provider, names):
    url, _ = provider
    names.records["down.example", "A"] = ["127.0.0.2"]
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@down.example")
    assert letter["outcome"] == "expired"
    assert letter["attempts"][0]["code"] is None


async def test_a_senseless_order_is_refused(provider):
    url, _ = provider
    async with aiohttp.ClientSession() as http:
        assert (await http.post(f"{url}/send", json={"to": []})).status == 400


async def test_what_is_sent_is_signed_and_passes_everything(provider):
    url, _ = provider
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@mailbox.example")
    (found,) = await messages(url, "verdicts", text=letter["id"])
    verdict = found["verdict"]
    assert found["accepted"] is True
    assert (verdict["iprev"], verdict["ehlo"], verdict["spf"]["result"]) == ("pass", "pass", "pass")
    assert [(one["domain"], one["selector"], one["result"]) for one in verdict["dkim"]] == [
        ("mailbox.example", "s1", "pass")
    ]
    assert verdict["dmarc"]["result"] == "pass"
    assert (verdict["dmarc"]["spf_aligned"], verdict["dmarc"]["dkim_aligned"]) == (True, True)


async def test_a_forgery_is_sent_as_ordered(provider):
    url, _ = provider
    order = {"from": "ceo@desk.example.com", "mail_from": "x@evil.example", "ehlo": "evil.example"}
    (letter,) = await send(url, **order, to="b@mailbox.example", dkim=False)
    (message,) = await messages(url, text=letter["id"])
    assert message["mail_from"] == "x@evil.example"
    assert message["client"]["helo"] == "evil.example"
    assert ["From", "ceo@desk.example.com"] in message["headers"]
    assert message["verdict"]["dkim"] == []
    assert message["verdict"]["ehlo"] == "fail"


async def test_without_its_key_nothing_leaves(provider, tmp_path):
    url, _ = provider
    (tmp_path / "dkim-mailbox.example.pem").unlink()
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@mailbox.example")
    assert letter["outcome"] == "expired"
    assert {attempt["stage"] for attempt in letter["attempts"]} == {"sign"}
    assert await messages(url) == []


async def test_a_certificate_that_proves_nothing_is_told_and_hinders_nobody(provider):
    url, _ = provider
    (letter,) = await send(url, **{"from": "a@mailbox.example"}, to="b@mailbox.example")
    (attempt,) = letter["attempts"]
    assert letter["outcome"] == "delivered"
    assert attempt["tls_verified"] is False
    assert attempt["tls_objection"]


async def test_the_echo_tells_the_verdict_once_and_answers_no_answer(provider):
    url, _ = provider
    raw = b"From: a@mailbox.example\r\nSubject: Hi\r\nMessage-ID: <1@x>\r\n"
    raw += b"Auto-Submitted: auto-generated\r\n\r\nx\r\n"
    order = {
        "from": "probe@mailbox.example",
        "to": "echo@mailbox.example",
        "raw": base64.b64encode(raw).decode(),
    }
    await send(url, **order)
    await send(url, **order)
    answer = await appears(url, recipient="probe@mailbox.example")
    assert answer["mail_from"] == ""
    headers = dict(answer["headers"])
    assert headers["Subject"].replace("\n", "") == (
        "Re: Hi [spf=pass dkim=none dmarc=pass iprev=pass tls=TLSv1.3]"
    )
    assert headers["Auto-Submitted"] == "auto-replied"
    assert answer["verdict"]["dkim_result"] == answer["verdict"]["dmarc"]["result"] == "pass"
    await send(url, **order, mail_from="")
    assert len(await messages(url, text="auto-replied")) == 1


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
