"""`POST /learn`: what the application is told, and that a copy of a request teaches nothing."""

import asyncio
import base64
import json

import pytest
from aiohttp.test_utils import TestClient, TestServer

from boringmail.inbound import webhook
from boringmail.learning import server
from boringmail.learning.controller import MailClass, NotLearnedError, Result

KEY = b"k" * 32
NOW = 1_795_500_000.0
RAW = b"Subject: x\r\n\r\nx"
BODY = json.dumps({"class": "ham", "raw_base64": base64.b64encode(RAW).decode()}).encode()


class Rspamd:
    """Learns, or raises what it was given."""

    def __init__(self):
        self.taught, self.trouble = [], None

    def teach(self, mail_class, raw):
        if self.trouble:
            raise self.trouble
        self.taught.append((mail_class, raw))
        return Result.LEARNED


@pytest.fixture
def rspamd():
    return Rspamd()


@pytest.fixture
async def post(rspamd):
    async with TestClient(TestServer(server.application((KEY,), rspamd.teach, clock=lambda: NOW))) as client:

        async def call(identifier="msg_1", body=BODY, key=KEY):
            headers = webhook.headers((key,), identifier, body, now=NOW)
            async with client.post("/learn", data=body, headers=headers) as response:
                content = await response.read()
                return response.status, response.headers, content

        yield call


async def test_a_signed_mail_is_taught(post, rspamd):
    status, _, content = await post()
    assert (status, json.loads(content)) == (200, {"result": "learned"})
    assert rspamd.taught == [(MailClass.HAM, RAW)]


async def test_a_copy_of_a_request_teaches_nothing(post, rspamd):
    await post()
    status, _, content = await post()
    assert (status, json.loads(content)) == (200, {"result": "known"})
    assert len(rspamd.taught) == 1


async def test_a_request_that_failed_may_come_again(post, rspamd):
    rspamd.trouble = NotLearnedError("Valkey is away", temporary=True)
    status, headers, content = await post()
    assert (status, headers["Retry-After"]) == (503, "30")
    assert json.loads(content) == {"error": "Valkey is away"}
    rspamd.trouble = None
    assert (await post())[0] == 200
    assert len(rspamd.taught) == 1


async def test_a_mail_that_cannot_be_learned_is_not_to_come_again(post, rspamd):
    rspamd.trouble = NotLearnedError("too little text", temporary=False)
    assert (await post())[0] == 422


async def test_without_the_key_nobody_teaches(post, rspamd):
    assert (await post(key=b"x" * 32))[0] == 401
    assert rspamd.taught == []


async def test_more_than_a_mail_is_refused(post):
    assert (await post(body=b"x" * (server.BODY_BYTES + 1)))[0] == 413


async def test_a_body_that_does_not_end_holds_nobody_up(post, rspamd, monkeypatch):
    monkeypatch.setattr(server, "READ_SECONDS", 0.05)

    async def endless():
        yield b"{"
        await asyncio.Event().wait()

    async with TestClient(TestServer(server.application((KEY,), rspamd.teach, clock=lambda: NOW))) as client:
        async with client.post("/learn", data=endless()) as response:
            assert response.status == 408
        headers = webhook.headers((KEY,), "msg_1", BODY, now=NOW)
        async with client.post("/learn", data=BODY, headers=headers) as response:
            assert response.status == 200


async def test_when_there_is_no_room_one_is_told_to_come_again(rspamd, monkeypatch):
    monkeypatch.setattr(server, "WAIT_SECONDS", 0)
    monkeypatch.setattr(server, "AT_ONCE", 0)
    async with TestClient(TestServer(server.application((KEY,), rspamd.teach, clock=lambda: NOW))) as client:
        headers = webhook.headers((KEY,), "msg_1", BODY, now=NOW)
        async with client.post("/learn", data=BODY, headers=headers) as response:
            assert (response.status, response.headers["Retry-After"]) == (503, "30")
