"""The answer table against a real daemon and a real application: what each answer does to a mail."""

import asyncio
import json
import time
from email.utils import formatdate

import pytest
from aiohttp import web

from tests.unit.inbound.conftest import RECIPIENT, FakeApp, Gateway, eventually

OLD = (
    b"Received: from a (b [192.0.2.1]) by mx1 (Postfix) with ESMTP id 4Old;\r\n"
    b" Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nx\r\n"
)


async def hang(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def drop(request: web.Request) -> web.StreamResponse:
    """The application has kept the mail, and dies before it can say so."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


async def drop_in_mid_answer(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b"half")
    assert request.transport is not None
    request.transport.close()
    return response


def letters(gateway: Gateway) -> list[dict[str, object]]:
    return [json.loads(path.read_text()) for path in gateway.box.glob("msg_*/meta.json")]


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_2xx_is_delivered(gateway: Gateway, app: FakeApp, status: int):
    app.answer = status
    await gateway.start()
    assert [reply[:4] for reply in await gateway.send()] == ["250 "]
    assert app.bodies[0]["envelope"]["queue_id"] == "4QueueId"
    assert not letters(gateway)


async def test_what_is_deferred_is_neither_bounced_nor_kept(gateway: Gateway, app: FakeApp):
    gateway.configure(timeout_seconds=1)
    await gateway.start()

    async def taken() -> bool:
        return (await gateway.send(queue_id="4Other"))[0].startswith("250 ")

    statuses = [301, 302, 303, 307, 308, 401, 403, 404, 408, 425, 429, 500, 502, 503]
    for answer in [*statuses, hang, drop]:
        app.answer, app.headers = answer, {"Location": app.url}
        app.ids.clear()
        (reply,) = await gateway.send()
        assert reply[:10] == "451 4.3.0 ", answer
        assert len(app.ids) == 1, "a redirect is not followed"
        app.answer = 200
        await eventually(taken)
    assert not letters(gateway)


async def test_every_retry_has_the_same_id(gateway: Gateway, app: FakeApp):
    app.answer = drop
    await gateway.start()
    assert (await gateway.send())[0].startswith("451 ")
    app.answer = 200
    assert (await gateway.send())[0].startswith("250 ")
    assert (await gateway.send(queue_id="4Another"))[0].startswith("250 ")
    assert app.ids[0] == app.ids[1] != app.ids[2]


async def test_an_application_that_is_not_there_defers(gateway: Gateway, app: FakeApp):
    await app.stop()
    await gateway.start()
    assert (await gateway.send())[0].startswith("451 4.3.0 ")
    assert "reason=connection_failed" in gateway.log


async def test_a_status_is_an_answer_though_the_rest_is_lost(gateway: Gateway, app: FakeApp):
    app.answer = drop_in_mid_answer
    await gateway.start()
    assert (await gateway.send())[0].startswith("250 ")


async def test_gone_goes_to_the_box_and_is_refused_from_then_on(gateway: Gateway, app: FakeApp):
    app.answer = 410
    await gateway.start()
    assert await gateway.ask_policy(RECIPIENT) == "action=DUNNO"
    assert (await gateway.send())[0].startswith("250 ")
    assert [letter["app_status"] for letter in letters(gateway)] == [410]
    assert (await gateway.ask_policy(RECIPIENT.upper())).startswith("action=550 5.1.1 ")

    async def saved() -> bool:
        return (gateway.directory / "state" / "gone.json").exists()

    await eventually(saved)
    await gateway.kill()
    await gateway.start()
    assert (await gateway.ask_policy(RECIPIENT)).startswith("action=550 5.1.1 ")
    app.answer = 200
    await gateway.send()
    assert await gateway.ask_policy(RECIPIENT) == "action=DUNNO"


@pytest.mark.parametrize("status", [400, 402, 413, 422, 451])
async def test_other_4xx_go_to_the_box_with_the_answer(gateway: Gateway, app: FakeApp, status: int):
    app.answer = status
    await gateway.start()
    assert (await gateway.send(b"Subject: s\r\n\r\n.dot\r\n"))[0].startswith("250 ")
    (letter,) = letters(gateway)
    assert (letter["app_status"], letter["app_answer"]) == (status, "because I say so")
    assert (letter["recipient"], letter["sender"], letter["subject"]) == (RECIPIENT, "joe@example.net", "s")
    assert (
        gateway.box / str(letter["identifier"]) / "message.eml"
    ).read_bytes() == b"Subject: s\r\n\r\n.dot\r\n"
    assert await gateway.ask_policy(RECIPIENT) == "action=DUNNO"


async def test_a_box_that_cannot_be_written_defers(gateway: Gateway, app: FakeApp):
    app.answer = 422
    await gateway.start()
    gateway.box.rmdir()
    gateway.box.write_text("in the way")
    assert (await gateway.send())[0].startswith("451 4.3.0 ")
    gateway.box.unlink()
    gateway.box.mkdir()
    assert (await gateway.send())[0].startswith("250 ")


async def test_an_old_mail_is_offered_once_more_and_then_kept(gateway: Gateway, app: FakeApp):
    await gateway.start()
    assert (await gateway.send(OLD))[0].startswith("250 2.0.0 Delivered")
    app.answer = 503
    assert (await gateway.send(OLD))[0].startswith("250 2.0.0 Kept")
    assert (await gateway.send(OLD, queue_id="4Held"))[0].startswith("250 2.0.0 Kept")
    assert {letter["reason"] for letter in letters(gateway)} == {"too_old_status_503", "too_old_app_on_hold"}


@pytest.mark.parametrize("dated", [False, True])
async def test_retry_after_is_kept_and_the_queue_flushed_on_recovery(
    gateway: Gateway, app: FakeApp, dated: bool
):
    app.answer = 503
    app.headers = {"Retry-After": formatdate(time.time() + 3, usegmt=True) if dated else "2"}
    await gateway.start()
    await gateway.send()
    app.answer = 200
    for number in range(3):
        assert "app_on_hold" in (await gateway.send(queue_id=f"4Held{number}"))[0]
    assert len(app.ids) == 1
    await asyncio.sleep(1.5)

    async def taken() -> bool:
        return (await gateway.send())[0].startswith("250 ")

    await eventually(taken)
    await gateway.wait_for("event=queue_flush_requested")
    assert (gateway.directory / "flush").exists()
    assert "event=app_recovered" in gateway.log


async def test_when_a_pause_ends_one_waiting_mail_is_asked_for_then_all(gateway: Gateway, app: FakeApp):
    app.answer = 503
    await gateway.start()
    await gateway.send(queue_id="4Failed")
    await gateway.send(queue_id="4Held")
    await gateway.wait_for("event=retry_requested queue_id=4Held")
    assert (gateway.directory / "flush").read_text() == "4Held"
    await asyncio.sleep(1.5)
    assert gateway.log.count("event=retry_requested") == 1, "once until a mail is deferred again"
    app.answer = 200
    assert (await gateway.send(queue_id="4Held"))[0].startswith("250 ")
    await gateway.wait_for("event=queue_flush_requested")
    assert (gateway.directory / "flush").read_text() == ""


async def test_an_old_mail_for_which_there_is_never_room_does_not_come_to_the_end_of_its_time(
    gateway: Gateway, app: FakeApp
):
    release = asyncio.Event()

    async def wait(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    app.answer = wait
    gateway.configure(attempts_limit=1, timeout_seconds=20)
    await gateway.start()
    held = asyncio.create_task(gateway.send(queue_id="4Held"))

    async def called() -> bool:
        return len(app.ids) == 1

    await eventually(called)
    assert (await gateway.send(queue_id="4New"))[0].startswith("451 4.3.2")
    assert (await gateway.send(OLD, queue_id="4Old"))[0].startswith("250 2.0.0 Kept")
    assert [letter["reason"] for letter in letters(gateway)] == ["too_old_overload"]
    release.set()
    await held


async def test_a_daemon_that_was_down_asks_for_the_mail_that_waited_once_in_an_interval(gateway: Gateway):
    await gateway.start()
    await gateway.wait_for("event=queue_flush_requested")
    await gateway.kill()
    await gateway.start()
    await asyncio.sleep(2.5)
    assert gateway.log.count("event=queue_flush_requested") == 1


async def test_an_outage_that_lasts_is_reported_once(gateway: Gateway, app: FakeApp):
    gateway.configure(alert_after_seconds=1)
    app.answer = 503
    await gateway.start()
    await gateway.send()
    await gateway.wait_for("event=app_unavailable")
    await asyncio.sleep(1.2)
    assert gateway.log.count("event=app_unavailable") == 1


async def test_each_recipient_has_its_own_post_and_reply(gateway: Gateway, app: FakeApp):
    async def by_recipient(_request: web.Request) -> web.StreamResponse:
        recipient = app.bodies[-1]["envelope"]["recipient"]
        return web.Response(status=int(recipient[:3]))

    app.answer = by_recipient
    await gateway.start()
    recipients = tuple(f"{status}@acme.desk.example.com" for status in (200, 500, 422))
    replies = await gateway.send(recipients=recipients)
    assert [reply[:3] for reply in replies] == ["250", "451", "250"]
    assert len(set(app.ids)) == 3
    assert [letter["recipient"] for letter in letters(gateway)] == [recipients[2]]
