"""Every mail is accounted for: the daemon killed or stopped, the application gone after a commit."""

import asyncio
import random
import signal
import socket
import time
from pathlib import Path

from aiohttp import web

from tests.unit.inbound.conftest import SCRIPTS, FakeApp, Gateway, eventually, send

MAILS = 120


class Postfix:
    """Tries each mail until the reply is 250, whatever happens to the connection; a 5xx would be a bounce."""

    def __init__(self, gateway: Gateway, app: FakeApp) -> None:
        self.gateway = gateway
        self.app = app
        self.interrupted = 0
        self.posts_when_told: dict[int, int] = {}
        self.slots = asyncio.Semaphore(10)

    def posts(self, number: int) -> int:
        return sum(body["message"]["subject"] == str(number) for body in self.app.bodies)

    async def deliver(self, number: int) -> None:
        raw, socket_path = b"Subject: %d\r\n\r\nx\r\n" % number, self.gateway.directory / "lmtp.sock"
        async with self.slots:
            while number not in self.posts_when_told:
                try:
                    (reply,) = await send(socket_path, raw, queue_id=f"4Mail{number}")
                    assert not reply.startswith("5")
                    if reply.startswith("250 "):
                        self.posts_when_told[number] = self.posts(number)
                except (OSError, asyncio.IncompleteReadError):
                    self.interrupted += 1
                await asyncio.sleep(random.uniform(0.02, 0.1))  # noqa: S311 - spreads the retries


async def flaky(request: web.Request) -> web.StreamResponse:
    """Mostly takes the mail, sometimes refuses, sometimes takes it and dies before it says so."""
    await asyncio.sleep(0.05)
    chance = random.random()  # noqa: S311 - which mail meets which fault does not matter
    if chance < 0.1 and request.transport is not None:
        request.transport.close()
    return web.Response(status=500 if 0.1 < chance < 0.2 else 200)


async def test_a_daemon_killed_under_load_loses_nothing(gateway: Gateway, app: FakeApp):
    gateway.configure(pause_limit_seconds=1)
    app.answer = flaky
    postfix = Postfix(gateway, app)
    await gateway.start()
    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for number in range(MAILS):
            group.create_task(postfix.deliver(number))
        for _ in range(3):
            await asyncio.sleep(0.3)
            await gateway.kill()
            await gateway.start()
    assert postfix.interrupted > 0, "the kills met mail under way"
    assert {body["message"]["subject"] for body in app.bodies} == {str(number) for number in range(MAILS)}
    assert len(set(app.ids)) == MAILS, "one id per mail, so that the application can drop what it has already"
    assert postfix.posts_when_told == {number: postfix.posts(number) for number in range(MAILS)}
    assert not list(gateway.box.iterdir())


async def test_after_a_2xx_nothing_is_posted_again(gateway: Gateway, app: FakeApp):
    await gateway.start()
    for number in range(5):
        await gateway.send(queue_id=f"4Mail{number}")
    await gateway.kill()
    await gateway.start()
    await asyncio.sleep(0.2)
    assert len(app.ids) == 5


async def test_stopping_finishes_the_mail_under_way(gateway: Gateway, app: FakeApp):
    begun = asyncio.Event()

    async def slow(_request: web.Request) -> web.StreamResponse:
        begun.set()
        await asyncio.sleep(0.5)
        return web.Response()

    app.answer = slow
    await gateway.start()
    idle_reader, idle_writer = await asyncio.open_unix_connection(gateway.directory / "lmtp.sock")
    await idle_reader.readline()
    sending = asyncio.create_task(gateway.send())
    await begun.wait()
    assert await gateway.kill(signal.SIGTERM) == 0
    assert (await sending)[0].startswith("250 ")
    assert (await idle_reader.readline()).startswith(b"421 4.3.2 ")
    idle_writer.close()
    assert "event=stopped" in gateway.log


async def test_sockets_passed_by_systemd_are_served_and_outlive_the_daemon(gateway: Gateway, tmp_path: Path):
    gateway.configure(lmtp_socket="", recipients_socket="")
    notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notifications.bind(str(tmp_path / "notify"))
    notifications.settimeout(10)
    listeners = [socket.socket(socket.AF_UNIX) for _ in range(2)]
    for listener, name in zip(listeners, ("lmtp.sock", "recipients.sock"), strict=True):
        listener.bind(str(tmp_path / name))
        listener.listen()
    for _ in range(2):
        process = await asyncio.create_subprocess_exec(
            "bash",
            "-c",
            f"exec 3<&{listeners[0].fileno()} 4<&{listeners[1].fileno()}; LISTEN_PID=$$ exec "
            f"{SCRIPTS}/boringmail-inbound --config {gateway.config}",
            pass_fds=[listener.fileno() for listener in listeners],
            env={
                "LISTEN_FDS": "2",
                "LISTEN_FDNAMES": "lmtp:recipients",
                "NOTIFY_SOCKET": str(tmp_path / "notify"),
                "PATH": "/usr/bin:/bin",
            },
        )
        assert await asyncio.to_thread(notifications.recv, 100) == b"READY=1"
        assert (await gateway.send())[0].startswith("250 ")
        assert await gateway.ask_policy("a@b") == "action=DUNNO"
        process.terminate()
        assert await process.wait() == 0
        assert notifications.recv(100) == b"STOPPING=1"
    for listener in listeners:
        listener.close()
    notifications.close()


async def test_a_slow_application_holds_nobody_longer_than_the_time_out(gateway: Gateway, app: FakeApp):
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=500)
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        return response

    gateway.configure(timeout_seconds=1)
    app.answer = drip
    await gateway.start()
    before = time.monotonic()
    replies = await asyncio.gather(*(gateway.send(queue_id=f"4Slow{n}") for n in range(5)))
    assert time.monotonic() - before < 3
    assert {reply[0][:4] for reply in replies} == {"451 "}


async def test_more_than_the_limits_is_deferred_at_once(gateway: Gateway, app: FakeApp):
    release = asyncio.Event()

    async def wait(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    gateway.configure(attempts_limit=2, timeout_seconds=20)
    app.answer = wait
    await gateway.start()
    sending = [asyncio.create_task(gateway.send(queue_id=f"4Mail{n}")) for n in range(4)]

    async def two_are_answered() -> bool:
        return sum(task.done() for task in sending) == 2

    await eventually(two_are_answered)
    assert [task.result()[0][:10] for task in sending if task.done()] == ["451 4.3.2 "] * 2
    release.set()
    assert sorted(reply[0][:3] for reply in await asyncio.gather(*sending)) == ["250", "250", "451", "451"]


async def test_a_big_message_is_delivered_whole_and_a_bigger_one_deferred(gateway: Gateway, app: FakeApp):
    gateway.configure(message_size_limit_bytes=3_000_000, in_flight_limit_bytes=1_000_000)
    await gateway.start()
    big = b"Subject: big\r\n\r\n" + b"x" * 2_900_000 + b"\r\n"
    assert (await gateway.send(big))[0].startswith("250 ")
    assert app.bodies[0]["raw_size_bytes"] == len(big)
    assert (await gateway.send(big + b"y" * 200_000 + b"\r\n"))[0].startswith("452 4.3.4 ")


async def test_big_messages_take_turns(gateway: Gateway, app: FakeApp):
    gateway.configure(in_flight_limit_bytes=4_000_000)
    await gateway.start()
    big = b"Content-Type: image/png\r\n\r\n" + b"x" * 900_000 + b"\r\n"
    replies = await asyncio.gather(*(gateway.send(big, queue_id=f"4Big{n}") for n in range(4)))
    assert [reply[0][:4] for reply in replies] == ["250 "] * 4
    assert len(app.bodies) == 4
