"""The daemon between Postfix and the application: what it asks, how often, what it says when it cannot."""

import asyncio
import signal
import socket
import ssl
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from aiohttp import web

from tests.unit.inbound.conftest import FakeApp, eventually
from tests.unit.policy.conftest import Policy

RECIPIENT = "ticket@acme.desk.example.com"
DEFERRED = "DEFER 4.3.0 The mailbox cannot be verified now, try again"
REFUSED = "550 5.1.1 No such mailbox here"


async def hang(_request: web.Request) -> web.StreamResponse:
    await asyncio.sleep(30)
    return web.Response()


async def drop(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@pytest.mark.parametrize(("status", "action"), [(200, "DUNNO"), (204, "DUNNO"), (410, REFUSED)])
async def test_the_applications_answer_decides_and_is_remembered(
    policy: Policy, app: FakeApp, status: int, action: str
):
    app.answer = status
    await policy.start()
    for recipient in (RECIPIENT, RECIPIENT.upper(), RECIPIENT):
        assert await policy.ask(recipient) == action
    assert app.bodies == [{"recipient": RECIPIENT, "tenant": "acme"}]


@pytest.mark.parametrize("answer", [301, 400, 401, 404, 422, 429, 500, 503, hang, drop])
async def test_any_other_answer_defers_and_is_forgotten(
    policy: Policy, app: FakeApp, answer: int | Callable[[web.Request], Awaitable[web.StreamResponse]]
):
    policy.configure(timeout_seconds=1)
    app.answer, app.headers = answer, {"Location": app.url}
    await policy.start()
    before = time.monotonic()
    assert await policy.ask(RECIPIENT) == DEFERRED
    assert time.monotonic() - before < 4
    assert len(app.ids) == 1, "a redirect is not followed"
    app.answer = 200

    async def taken() -> bool:
        return await policy.ask(RECIPIENT) == "DUNNO"

    await eventually(taken)


async def test_an_application_that_is_not_there_defers(policy: Policy, app: FakeApp):
    await app.stop()
    await policy.start()
    assert await policy.ask(RECIPIENT) == DEFERRED
    assert "reason=connection_failed" in policy.log
    assert "acme" not in policy.log, "addresses are for debugging"


async def test_an_application_that_speaks_no_http_or_without_end_defers(policy: Policy, app: FakeApp):
    async def babble(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000)
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    policy.configure(recipients_url=f"http://127.0.0.1:{port}/", timeout_seconds=1)
    await policy.start()
    assert await policy.ask(RECIPIENT) == DEFERRED
    assert "reason=connection_lost" in policy.log
    server.close()


async def test_a_wrong_certificate_defers(policy: Policy, app: FakeApp, tmp_path: Path):
    await make_certificate(tmp_path)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "cert.key")

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    url = f"https://localhost:{server.sockets[0].getsockname()[1]}/"
    policy.configure(recipients_url=url)
    await policy.start()
    assert await policy.ask(RECIPIENT) == DEFERRED
    assert "reason=tls_failed" in policy.log
    await policy.stop()
    (policy.directory / "log").unlink()
    policy.configure(recipients_url=url, recipients_ca_file=str(tmp_path / "cert.pem"))
    await policy.start()
    assert await policy.ask(RECIPIENT) == "DUNNO"
    server.close()


async def make_certificate(directory: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"),
        *("-out", directory / "cert.pem", "-keyout", directory / "cert.key"),
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0


async def test_many_who_ask_at_once_ask_the_application_once(policy: Policy, app: FakeApp):
    release = asyncio.Event()

    async def wait(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    app.answer = wait
    await policy.start()
    asking = [asyncio.create_task(policy.ask(RECIPIENT)) for _ in range(100)]

    async def asked() -> bool:
        return bool(app.ids)

    await eventually(asked)
    release.set()
    assert set(await asyncio.gather(*asking)) == {"DUNNO"}
    assert len(app.ids) == 1


async def test_a_mailbox_that_was_known_is_taken_while_the_application_is_away(policy: Policy, app: FakeApp):
    policy.configure(exists_seconds=1, gone_seconds=1)
    await policy.start()
    assert await policy.ask(RECIPIENT) == "DUNNO"
    app.answer = 410
    assert await policy.ask("left@acme.desk.example.com") == REFUSED
    await app.stop()

    async def expired() -> bool:
        return await policy.ask("left@acme.desk.example.com") == DEFERRED

    await eventually(expired)
    assert await policy.ask(RECIPIENT) == "DUNNO"
    assert await policy.ask("never-asked@acme.desk.example.com") == DEFERRED


async def test_an_application_that_fails_is_not_hammered_and_reported(policy: Policy, app: FakeApp):
    policy.configure(alert_after_seconds=1)
    app.answer, app.headers = 503, {"Retry-After": "3"}
    await policy.start()
    for number in range(20):
        assert await policy.ask(f"{number}@acme.desk.example.com") == DEFERRED
    assert len(app.ids) == 1

    async def reported() -> bool:
        return "event=recipients_unavailable" in policy.log

    await eventually(reported)
    app.answer = 200

    async def taken() -> bool:
        return await policy.ask(RECIPIENT) == "DUNNO"

    await eventually(taken)
    assert "event=recipients_recovered" in policy.log


async def test_questions_at_one_time_are_bounded_and_the_rest_wait_their_turn(policy: Policy, app: FakeApp):
    running = most = 0

    async def count(_request: web.Request) -> web.StreamResponse:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.05)
        running -= 1
        return web.Response()

    policy.configure(questions_limit=3)
    app.answer = count
    await policy.start()
    actions = await asyncio.gather(*(policy.ask(f"{n}@acme.desk.example.com") for n in range(12)))
    assert set(actions) == {"DUNNO"}
    assert most == 3


async def test_each_route_asks_its_own_application_or_none(policy: Policy, app: FakeApp):
    app.answer = 410
    policy.configure(
        routes=[
            {"name": "down", "tenants": ["down"], "url": "http://127.0.0.1:1/"},
            {"name": "free", "tenants": ["free"], "url": ""},
        ]
    )
    await policy.start()
    actions = [await policy.ask(f"x@{tenant}.desk.example.com") for tenant in ("down", "free", "acme")]
    assert actions == [DEFERRED, "DUNNO", REFUSED]
    assert "reason=connection_failed" in policy.log
    assert "route=down" in policy.log


async def test_what_is_no_request_closes_the_connection(policy: Policy):
    await policy.start()
    reader, writer = await asyncio.open_unix_connection(policy.directory / "policy.sock")
    writer.write(b"nonsense\n\n")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()
    assert await policy.ask("postmaster@acme.desk.example.com") == "DUNNO"


async def test_a_socket_passed_by_systemd_is_served_and_outlives_the_daemon(policy: Policy, tmp_path: Path):
    policy.configure(policy_socket="")
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind(str(tmp_path / "notify"))
    notifications.settimeout(10)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "policy.sock"))
    listener.listen()
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            f"exec 3<&{listener.fileno()}; LISTEN_PID=$$ exec {sys.executable} -m boringmail.policy"
            f" --config {policy.config}",
            pass_fds=[listener.fileno()],
            env={
                "LISTEN_FDS": "1",
                "LISTEN_FDNAMES": "policy",
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
                "PATH": "/usr/bin:/bin",
            },
        )
        assert await asyncio.to_thread(notifications.recv, 100) == b"READY=1"
        assert await policy.ask(RECIPIENT) == "DUNNO"
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
        assert notifications.recv(100) == b"STOPPING=1"
    listener.close()
    notifications.close()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"webhook_key_file": "/absent"}, "/absent: webhook key: No such file or directory"),
        ({"recipients_ca_file": "/absent"}, "policy.toml: recipients_ca_file: /absent: No such file"),
        ({"recipients_url": ""}, "policy.toml: recipients_url: must be an http"),
        ({"policy_socket": ""}, "policy.toml: policy_socket: no socket was passed"),
    ],
)
async def test_what_cannot_be_used_stops_the_daemon_by_name(
    policy: Policy, change: dict[str, str], message: str
):
    policy.configure(**change)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "boringmail.policy", "--config", policy.config),
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 78
    assert message in errors.decode()
