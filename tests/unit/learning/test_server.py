"""The server on a real socket with real TLS: what the application is told, and what strangers cannot do."""

import asyncio
import base64
import itertools
import json
import socket
import ssl
import threading
import time
import warnings

import pytest

from boringmail.inbound import webhook
from boringmail.learning import config as configuration
from boringmail.learning.controller import Result
from boringmail.learning.controller import teach as ask_rspamd
from boringmail.learning.listener import Listener
from boringmail.learning.server import Desk
from tests.unit.learning.conftest import NAME

KEY = b"k" * 32
RAW = b"Subject: x\r\n\r\nCheap \xff\x00 pills\r\n"


class Client:
    """Speaks with the daemon byte by byte."""

    def __init__(self, address, certificate):
        self.address = address
        self.trust = ssl.create_default_context(cafile=certificate)

    async def open(self):
        return await asyncio.open_connection(*self.address, ssl=self.trust, server_hostname=NAME)

    async def exchange(self, sent):
        """What is answered to these bytes until the daemon hangs up: status, headers and JSON."""
        reader, writer = await self.open()
        writer.write(sent)
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return parsed(answer)

    async def post(self, body=RAW, *, path="/learn/spam", identifier="learn_spam_1", key=KEY, **headers):
        return await self.exchange(head(body, path=path, identifier=identifier, key=key, **headers) + body)


def head(body=RAW, *, path="/learn/spam", identifier="learn_spam_1", key=KEY, **headers):
    fields = webhook.headers((key,), identifier, body, now=time.time())
    fields |= {"Host": NAME, "Content-Length": str(len(body))} | headers
    lines = [f"{name}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode()


def parsed(answer):
    top, _, body = answer.partition(b"\r\n\r\n")
    status, *lines = top.decode().split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return int(status.split()[1]), headers, json.loads(body)


@pytest.fixture
async def serve(certificate, controller):
    """Serves with these settings; returns a client and the listener."""
    listeners = []

    async def start(**settings):
        chain, key = map(str, certificate)
        config = configuration.Config(certificate_file=chain, certificate_key_file=key, **settings)
        desk = Desk(config, (KEY,), lambda mail_class, raw: ask_rspamd(mail_class, raw, path=controller.path))
        found = socket.create_server(("127.0.0.1", 0))
        listener = Listener(desk, head_seconds=config.head_seconds)
        listeners.append(await listener.listen(found, configuration.tls(config)))
        return Client(found.getsockname(), certificate[0]), listener

    yield start
    for listener in listeners:
        await listener.stop()


async def test_a_signed_mail_reaches_rspamd_as_it_is(serve, controller):
    client, _ = await serve()
    status, headers, body = await client.post()
    assert (status, body, headers["connection"]) == (200, {"result": "learned"}, "close")
    assert [(path, raw) for path, _, raw in controller.taught] == [("/learnspam", RAW)]
    await client.post(path="/learn/ham", identifier="learn_ham_1")
    assert controller.taught[-1][0] == "/learnham"


async def test_a_mail_of_25_megabytes_is_learned_and_one_byte_more_than_the_limit_is_not(serve, controller):
    client, _ = await serve(message_size_limit_bytes=25_000_000)
    mail = b"x" * 25_000_000
    assert (await client.post(mail))[0] == 200
    assert controller.taught[0][2] == mail
    status, _, body = await client.exchange(head(mail + b"x"))
    assert (status, body) == (413, {"error": "no mail here has more than 25000000 bytes"})


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        ((208, "Already", b""), 200, {"result": "known"}),
        ((204, "few tokens", b""), 422, {"error": "too little text to learn from (few tokens)"}),
        ((400, "Bad", b'{"error":"no mail"}'), 422, {"error": "Rspamd refuses it: no mail"}),
    ],
)
async def test_what_rspamd_says_is_told(serve, controller, answer, status, body):
    controller.status, controller.reason, controller.body = answer
    client, _ = await serve()
    got, _, told = await client.post()
    assert (got, told) == (status, body)


async def test_trouble_of_rspamds_is_to_be_tried_again(serve, controller):
    controller.status, controller.body = 500, b'{"error":"no redis"}'
    client, _ = await serve(retry_after_seconds=7)
    status, headers, body = await client.post()
    assert (status, headers["retry-after"]) == (503, "7")
    assert "no redis" in body["error"]
    controller.path.unlink()
    assert (await client.post())[0] == 503


async def test_a_controller_that_may_not_be_reached_is_trouble_of_the_hosts(serve, controller, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr("boringmail.learning.controller._UnixConnection.connect", refuse)
    client, _ = await serve()
    assert (await client.post())[0] == 503


async def test_without_the_key_nobody_teaches(serve, controller):
    client, _ = await serve()
    assert (await client.post(key=b"x" * 32))[0] == 401
    unsigned = f"POST /learn/spam HTTP/1.1\r\nHost: x\r\nContent-Length: {len(RAW)}\r\n\r\n".encode() + RAW
    status, _, body = await client.exchange(unsigned)
    assert status == 401
    assert "webhook-signature" in body["error"]
    assert controller.taught == []


@pytest.mark.parametrize(
    ("request_line", "fields", "status"),
    [
        ("GET / HTTP/1.1", "", 404),
        ("GET /learn/ham HTTP/1.1", "", 405),
        ("POST /learn/ham?x=1 HTTP/1.1", "", 401),
        ("POST /learn/%E2%9C%93 HTTP/1.1", "", 404),
    ],
)
async def test_other_requests_are_answered_in_json_too(serve, request_line, fields, status):
    client, _ = await serve()
    got, headers, body = await client.exchange(f"{request_line}\r\nHost: x\r\n{fields}\r\n".encode())
    assert (got, list(body)) == (status, ["error"])
    assert headers["content-type"].startswith("application/json")


async def test_a_body_in_pieces_of_unknown_number_is_refused(serve):
    client, _ = await serve()
    whole = head()
    chunked = whole.replace(f"Content-Length: {len(RAW)}".encode(), b"Transfer-Encoding: chunked")
    assert (await client.exchange(chunked + b"1\r\nx\r\n0\r\n\r\n"))[0] == 411


async def test_a_client_that_asks_first_is_told_to_go_on_only_when_the_head_is_right(serve):
    client, _ = await serve()
    reader, writer = await client.open()
    writer.write(head(Expect="100-continue"))
    assert await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20) == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(RAW)
    assert parsed(await asyncio.wait_for(reader.read(), 20))[0] == 200
    writer.close()
    wrong = head(identifier="msg_1", Expect="100-continue")
    assert (await client.exchange(wrong))[0] == 401


async def test_a_body_that_does_not_end_gets_its_answer_and_gives_its_room_back(serve):
    client, _ = await serve(message_size_limit_bytes=len(RAW), read_seconds=1)
    slow = [client.exchange(head() + RAW[:5]) for _ in range(2)]
    quick = client.post()
    answers = await asyncio.gather(*slow, quick)
    assert [status for status, _, _ in answers] == [408, 408, 200]


async def test_a_sender_that_hangs_up_in_the_middle_gives_its_room_back(serve, controller):
    client, _ = await serve(message_size_limit_bytes=len(RAW), read_seconds=300)
    for _ in range(3):
        _, writer = await client.open()
        writer.write(head() + RAW[:5])
        await writer.drain()
        writer.close()
    assert (await client.post())[0] == 200
    assert len(controller.taught) == 1


async def test_where_there_is_no_room_one_is_told_to_come_again(serve, certificate):
    release = threading.Event()
    client, listener = await serve(message_size_limit_bytes=len(RAW), wait_seconds=1)
    began = [threading.Event(), threading.Event()]
    numbers = itertools.count()

    def slow(mail_class, raw):
        began[next(numbers)].set()
        release.wait(20)
        return Result.LEARNED

    listener._desk._teach = slow
    held = [asyncio.create_task(client.post()) for _ in began]
    for event in began:
        await asyncio.to_thread(event.wait, 20)
    status, headers, _ = await client.post()
    release.set()
    assert (status, "retry-after" in headers) == (503, True)
    assert [status for status, _, _ in await asyncio.gather(*held)] == [200, 200]


async def test_who_says_nothing_is_cut_off(serve):
    client, _ = await serve(head_seconds=1)
    reader, writer = await client.open()
    plain_reader, plain_writer = await asyncio.open_connection(*client.address)
    assert await asyncio.wait_for(reader.read(), 20) == b""
    assert await asyncio.wait_for(plain_reader.read(), 20) == b""
    writer.close()
    plain_writer.close()


async def test_plain_http_is_not_spoken(serve):
    client, _ = await serve()
    reader, writer = await asyncio.open_connection(*client.address)
    writer.write(head() + RAW)
    assert b"HTTP" not in await asyncio.wait_for(reader.read(), 20)
    writer.close()


async def test_old_tls_is_not_spoken(serve):
    client, _ = await serve()
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        client.trust.minimum_version = ssl.TLSVersion.TLSv1
        client.trust.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await client.open()


async def test_a_stop_lets_a_request_under_way_finish(serve):
    began, release = threading.Event(), threading.Event()
    client, listener = await serve()

    def slow(mail_class, raw):
        began.set()
        release.wait(20)
        return Result.KNOWN

    listener._desk._teach = slow
    request = asyncio.create_task(client.post())
    await asyncio.to_thread(began.wait, 20)
    stop = asyncio.create_task(listener.stop())
    await asyncio.sleep(0)
    release.set()
    assert (await request)[0] == 200
    await stop


async def test_a_stop_lets_a_body_under_way_arrive(serve):
    client, listener = await serve()
    arrived, answer = asyncio.Event(), listener._desk.answer

    async def noted(request):
        arrived.set()
        return await answer(request)

    listener._desk.answer = noted
    reader, writer = await client.open()
    body = RAW * 10_000
    writer.write(head(body) + body[:1000])
    await writer.drain()
    await arrived.wait()
    stop = asyncio.create_task(listener.stop())
    await asyncio.sleep(0.2)
    writer.write(body[1000:])
    assert parsed(await asyncio.wait_for(reader.read(), 20))[0] == 200
    writer.close()
    await stop


async def test_each_request_is_one_log_line_without_anything_of_the_mail(serve, caplog):
    caplog.set_level("INFO", "boringmail.inbound")
    client, _ = await serve()
    await client.post()
    await client.post(key=b"x" * 32, identifier="learn_spam_é")
    lines = [record.getMessage() for record in caplog.records if "event=learn" in record.getMessage()]
    assert len(lines) == 2
    assert "status=200 path=/learn/spam result=learned id=learn_spam_1" in lines[0]
    assert "status=401" in lines[1]
    assert "pills" not in caplog.text
    assert base64.b64encode(KEY).decode() not in caplog.text
