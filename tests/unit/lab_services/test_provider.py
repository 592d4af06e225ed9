"""A provider on loopback that sends to itself: the sending and the receiving half at once."""

import base64

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP

from tests.unit.lab_services.served import appears, messages, send, served


@pytest.fixture
async def provider(names, tmp_path):
    async with served(names, tmp_path) as there:
        yield there


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
