"""The app endpoint: signatures, every way of answering, and a ledger that survives a restart."""

import asyncio
import base64
import datetime as dt
import json

import aiohttp
import pytest
from aiohttp import ClientSession, web
from standardwebhooks import Webhook

from lab.services.app.__main__ import Listener
from lab.services.app.behaviour import Behaviour, Mode, Rule, rule_of
from lab.services.app.control import Control
from lab.services.app.endpoint import Endpoint
from lab.services.app.ledger import Ledger
from tests.unit.lab_services.ports import free_port

KEY = "whsec_" + base64.b64encode(bytes(range(32))).decode()


class App:
    def __init__(self, directory):
        self.behaviour = Behaviour()
        self.ledger = Ledger(directory / "received.jsonl")
        self.asked = Ledger(directory / "asked.jsonl")
        (directory / "webhook-key").write_text(KEY)
        self.port = free_port()
        self.listener = Listener(
            Endpoint(self.ledger, self.asked, self.behaviour, directory / "webhook-key"),
            "127.0.0.1",
            self.port,
        )

    async def post(
        self,
        recipient="ticket@acme.desk.example.com",
        key=KEY,
        webhook_id="msg_1",
        total=5.0,
        path="/boringmail",
    ):
        data = {"envelope": {"recipient": recipient}, "message": {"message_id": "1@x.example"}}
        body = json.dumps({"type": "message.received", "data": data})
        return await self._signed(path, body, key, webhook_id, total)

    async def ask(self, recipient, key=KEY, webhook_id="chk_1", total=5.0):
        body = json.dumps({"type": "recipient.check", "data": {"recipient": recipient}})
        return await self._signed("/boringmail/recipients", body, key, webhook_id, total)

    async def _signed(self, path, body, key, webhook_id, total):
        now = dt.datetime.now(dt.UTC)
        headers = {
            "webhook-id": webhook_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(key).sign(webhook_id, now, body),
        }
        timeout = aiohttp.ClientTimeout(total=total)
        async with (
            ClientSession(timeout=timeout) as http,
            http.post(
                f"http://127.0.0.1:{self.port}{path}", data=body, headers=headers, allow_redirects=False
            ) as response,
        ):
            return response

    @property
    def last(self):
        return self.ledger.since(0)[-1]


@pytest.fixture
async def app(tmp_path):
    app = App(tmp_path)
    await app.listener.listen(True)
    yield app
    await app.listener.listen(False)


async def test_a_signed_post_is_taken_and_kept(app):
    assert (await app.post()).status == 200
    assert (app.last.committed, app.last.status, app.last.signature) == (True, 200, "")
    assert (app.last.webhook_id, app.last.message_id) == ("msg_1", "1@x.example")


async def test_a_wrong_signature_is_refused(app):
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    assert (await app.post(key=other)).status == 401
    assert not app.last.committed
    assert app.last.signature


@pytest.mark.parametrize(
    ("mode", "status"),
    [("refuse", 503), ("gone", 410), ("unprocessable", 422), ("unauthorized", 401), ("redirect", 302)],
)
async def test_refusals_are_recorded_with_their_status(app, mode, status):
    app.behaviour.set([Rule(Mode(mode))])
    assert (await app.post()).status == status
    assert (app.last.status, app.last.committed) == (status, False)


async def test_too_many_names_the_time_to_wait(app):
    app.behaviour.set([Rule(Mode.TOO_MANY, retry_after_seconds=7)])
    response = await app.post()
    assert (response.status, response.headers["Retry-After"]) == (429, "7")


@pytest.mark.parametrize(("mode", "committed"), [("drop", False), ("commit_then_drop", True)])
async def test_a_dropped_connection_gets_no_answer(app, mode, committed):
    app.behaviour.set([Rule(Mode(mode))])
    with pytest.raises(aiohttp.ClientError):
        await app.post()
    assert (app.last.status, app.last.committed) == (None, committed)


async def test_a_caller_who_left_counts_as_not_answered(app):
    app.behaviour.set([Rule(Mode.SLOW, seconds=0.3)])
    with pytest.raises(TimeoutError):
        await app.post(total=0.1)
    await asyncio.sleep(0.4)
    assert (app.last.status, app.last.committed) == (None, True)


@pytest.mark.parametrize(
    ("recipient", "status"),
    [
        ("ticket@acme.desk.example.com", 204),
        ("x@ACME.desk.example.com", 204),
        ("x@nobody.desk.example.com", 410),
    ],
)
async def test_mailboxes_of_its_own_tenants_exist_and_questions_are_kept_apart_from_mail(
    app, recipient, status
):
    assert (await app.ask(recipient)).status == status
    (question,) = app.asked.since(0)
    assert (question.recipient, question.webhook_id, question.status) == (recipient, "chk_1", status)
    assert not question.committed
    assert app.ledger.since(0) == []


async def test_a_question_is_verified_and_follows_the_mode(app):
    other = "whsec_" + base64.b64encode(bytes(32)).decode()
    assert (await app.ask("ticket@acme.desk.example.com", key=other)).status == 401
    app.behaviour.set([Rule(Mode.REFUSE)])
    assert (await app.ask("ticket@acme.desk.example.com")).status == 503
    app.behaviour.set([Rule(Mode.DROP)])
    with pytest.raises(aiohttp.ClientError):
        await app.ask("ticket@acme.desk.example.com")
    assert [question.status for question in app.asked.since(0)] == [401, 503, None]


@pytest.mark.parametrize("status", [201, 204, 308, 404, 504])
async def test_any_status_can_be_asked_for_at_one_path(app, status):
    app.behaviour.set([Rule(Mode.ANSWER, paths=("/boringmail/a",), status=status)])
    assert (await app.post(path="/boringmail/a")).status == status
    assert (app.last.status, app.last.committed) == (status, status < 300)
    assert (await app.post(path="/boringmail/b")).status == 200


@pytest.mark.parametrize("mode", [Mode.TRICKLE_HEAD, Mode.HANG])
async def test_what_trickles_or_hangs_is_no_answer(app, mode):
    app.behaviour.set([Rule(mode, seconds=10)])
    with pytest.raises(TimeoutError):
        await app.post(total=0.3)


async def test_a_status_is_sent_before_a_body_that_trickles(app):
    app.behaviour.set([Rule(Mode.TRICKLE_BODY, seconds=10, status=503)])
    assert (await app.post()).status == 503
    assert (app.last.status, app.last.committed) == (503, False)


async def test_a_reset_request_is_not_even_read(app):
    app.behaviour.set([Rule(Mode.RESET, paths=("/boringmail/a",))])
    with pytest.raises(aiohttp.ClientOSError, match="reset by peer"):
        await app.post(path="/boringmail/a")
    assert (await app.post(path="/boringmail/b")).status == 200


async def test_down_closes_the_port_and_up_opens_it(app):
    await app.listener.listen(False)
    with pytest.raises(aiohttp.ClientConnectorError):
        await app.post()
    await app.listener.listen(True)
    assert (await app.post()).status == 200


async def test_a_rule_holds_for_its_recipients_and_times_only(app):
    app.behaviour.set([Rule(Mode.GONE, recipients=("gone@acme.desk.example.com",), times=1)])
    assert (await app.post()).status == 200
    assert (await app.post("gone@acme.desk.example.com")).status == 410
    assert (await app.post("gone@acme.desk.example.com")).status == 200


def test_the_ledger_survives_a_restart_and_a_line_cut_short(tmp_path):
    first = App(tmp_path)
    asyncio.run(_two_posts(first))
    with (tmp_path / "received.jsonl").open("a") as file:
        file.write('{"receipt": {"num')
    ledger = Ledger(tmp_path / "received.jsonl")
    assert [receipt.webhook_id for receipt in ledger.since(0)] == ["a", "b"]
    assert json.loads(ledger.body(2) or "")["data"]["envelope"]["recipient"] == "ticket@acme.desk.example.com"
    assert ledger.number() == 3


async def _two_posts(app):
    await app.listener.listen(True)
    await app.post(webhook_id="a")
    await app.post(webhook_id="b")
    await app.listener.listen(False)


def test_only_the_last_bodies_are_kept(tmp_path):
    app = App(tmp_path)
    app.ledger._kept_bodies = 1
    asyncio.run(_two_posts(app))
    assert app.ledger.body(1) is None
    assert app.ledger.body(2) is not None


@pytest.mark.parametrize("order", [{}, {"mode": "no such"}, {"mode": "slow", "seconds": "much"}])
def test_a_senseless_rule_is_refused(order):
    with pytest.raises((KeyError, ValueError)):
        rule_of(order)


async def test_the_control_port_tells_and_takes_orders(app):
    port = free_port()
    runner = web.AppRunner(Control(app.ledger, app.asked, app.behaviour, app.listener.listen).application())
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    url = f"http://127.0.0.1:{port}"
    async with ClientSession() as http:
        await app.post()
        (receipt,) = await (await http.get(f"{url}/received", params={"since": "0"})).json()
        assert receipt["webhook_id"] == "msg_1"
        assert (await http.get(f"{url}/received/{receipt['number']}/body")).status == 200
        await app.ask("x@nobody.desk.example.com")
        (question,) = await (await http.get(f"{url}/asked")).json()
        assert (question["webhook_id"], question["status"]) == ("chk_1", 410)
        assert (await http.put(f"{url}/mode", json={"mode": "down"})).status == 200
        with pytest.raises(aiohttp.ClientConnectorError):
            await app.post()
        assert (await http.put(f"{url}/mode", json={"mode": "what"})).status == 400
        assert (await http.put(f"{url}/mode", json=[])).status == 200
        assert (await app.post()).status == 200
        assert (await http.delete(f"{url}/received")).status == 204
    assert app.ledger.since(0) == []
    await runner.cleanup()
