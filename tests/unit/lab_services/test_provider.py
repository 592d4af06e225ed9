"""Two providers on loopback that send to each other: the sending and the receiving half at once."""

import asyncio
import contextlib

import aiohttp
import pytest
from aiosmtpd.smtp import SMTP

from lab.services.provider.__main__ import options, run
from tests.unit.lab_services.ports import free_port


async def ready(port):
    for _ in range(100):
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"nothing listens on {port} after 2 s")


@pytest.fixture
async def provider(names, tmp_path):
    """Yield (control URL, SMTP port) of a provider that takes itself for every MX."""
    smtp, control = free_port(), free_port()
    names.records.update(
        {
            ("mailbox.example", "MX"): ["10 mail.mailbox.example."],
            ("mail.mailbox.example", "A"): ["127.0.0.1"],
        }
    )
    settings = options(
        f"--address 127.0.0.1 --smtp-port {smtp} --control-port {control} --target-port {smtp} "
        f"--resolver 127.0.0.1 --resolver-port {names.port} --state {tmp_path} --give-up-seconds 3".split()
    )
    task = asyncio.create_task(run(settings))
    await ready(control)
    yield f"http://127.0.0.1:{control}", smtp
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def send(url, **order):
    async with aiohttp.ClientSession() as http:
        answer = await (await http.post(f"{url}/send", json=order)).json()
        for _ in range(400):
            letters = await (await http.get(f"{url}/sent/{answer['id']}")).json()
            if all(letter["outcome"] != "pending" for letter in letters):
                return letters
            await asyncio.sleep(0.02)
    return pytest.fail(f"still pending after 8 s: {letters}")


async def messages(url, **query):
    async with aiohttp.ClientSession() as http:
        return await (await http.get(f"{url}/messages", params=query)).json()


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
