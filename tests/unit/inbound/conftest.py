"""A real daemon on temporary sockets, a real HTTP application, and a client that speaks LMTP."""

import asyncio
import base64
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook

KEY = "whsec_" + base64.b64encode(b"k" * 32).decode()
RECIPIENT = "ticket@acme.desk.example.com"
SCRIPTS = Path(sys.executable).parent
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class FakeApp:
    """Verifies and keeps every POST; answers with `answer`, a status or a handler."""

    check: Callable[[bytes], dict[str, Any]]
    answer: int | Handler = 200
    key: str = KEY
    headers: dict[str, str] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    port: int = 0
    runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/boringmail"

    async def post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        try:
            Webhook(self.key).verify(body, dict(request.headers))
            self.bodies.append(self.check(body))
        except Exception as error:  # noqa: BLE001 - any fault fails the test at its end
            self.faults.append(repr(error))
        self.ids.append(request.headers["webhook-id"])
        if callable(self.answer):
            return await self.answer(request)
        return web.Response(status=self.answer, headers=self.headers, text="because I say so")

    async def start(self) -> None:
        application = web.Application(client_max_size=2**27)
        application.router.add_post("/boringmail", self.post)
        self.runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        if self.runner is not None:
            await self.runner.cleanup()


@dataclass
class Gateway:
    """The daemon as a process, with its files below one directory."""

    directory: Path
    app: FakeApp
    process: asyncio.subprocess.Process | None = None

    @property
    def config(self) -> Path:
        return self.directory / "inbound.toml"

    @property
    def box(self) -> Path:
        return self.directory / "dead-letter"

    def configure(self, *, routes: Sequence[dict[str, Any]] = (), **changes: str | int) -> None:
        (self.directory / "key").write_text(KEY)
        values: dict[str, str | int] = {
            "mail_domain": "desk.example.com",
            "app_url": self.app.url,
            "webhook_key_file": str(self.directory / "key"),
            "lmtp_socket": str(self.directory / "lmtp.sock"),
            "recipients_socket": str(self.directory / "recipients.sock"),
            "dead_letter_directory": str(self.box),
            "state_directory": str(self.directory / "state"),
            "flush_file": str(self.directory / "flush"),
            "timeout_seconds": 3,
            **changes,
        }
        (self.directory / "state").mkdir(exist_ok=True)
        lines = (f"{k} = {v}" if isinstance(v, int) else f'{k} = "{v}"' for k, v in values.items())
        tables = (
            "\n[[routes]]\n" + "\n".join(f"{k} = {json.dumps(v)}" for k, v in r.items()) for r in routes
        )
        self.config.write_text("\n".join([*lines, *tables]))

    async def start(self) -> None:
        with (self.directory / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                SCRIPTS / "boringmail-inbound", "--config", self.config, stderr=log
            )
        await self.wait_for("event=started", count=self.log.count("event=started") + 1)

    @property
    def log(self) -> str:
        path = self.directory / "log"
        return path.read_text() if path.exists() else ""

    async def wait_for(self, text: str, count: int = 1) -> None:
        async def logged() -> bool:
            return self.log.count(text) >= count

        await eventually(logged)

    async def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            os.kill(self.process.pid, number)
        return await self.process.wait()

    async def send(self, raw: bytes = b"Subject: x\r\n\r\nhello\r\n", **options: Any) -> list[str]:
        async with asyncio.timeout(20):
            return await send(self.directory / "lmtp.sock", raw, **options)

    async def ask_policy(self, recipient: str) -> str:
        reader, writer = await asyncio.open_unix_connection(self.directory / "recipients.sock")
        writer.write(f"request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient={recipient}\n\n".encode())
        answer = await asyncio.wait_for(reader.readuntil(b"\n\n"), 5)
        writer.close()
        return answer.decode().strip()

    async def run(self, *arguments: str) -> tuple[int, str]:
        """The command line, with this gateway's configuration."""
        process = await asyncio.create_subprocess_exec(
            SCRIPTS / "boringmail",
            *arguments,
            "--config",
            self.config,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env=os.environ | {"COLUMNS": "200"},
        )
        output, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, output.decode()


async def eventually(condition: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Waits until a condition holds that only another process can make true."""
    async with asyncio.timeout(seconds):
        while not await condition():  # noqa: ASYNC110 - no event reaches us from the other process
            await asyncio.sleep(0.02)


async def read_reply(reader: asyncio.StreamReader) -> str:
    while True:
        line = (await reader.readuntil(b"\r\n")).decode().rstrip()
        if line[3:4] != "-":
            return line


async def send(
    socket: Path,
    raw: bytes,
    *,
    recipients: tuple[str, ...] = (RECIPIENT,),
    queue_id: str | None = "4QueueId",
    sender: str = "joe@example.net",
) -> list[str]:
    """One transaction; the replies to DATA."""
    reader, writer = await asyncio.open_unix_connection(socket)
    commands = ["LHLO mx1", f"XFORWARD IDENT={queue_id} ADDR=203.0.113.25" if queue_id else "NOOP"]
    commands += [f"MAIL FROM:<{sender}>", *(f"RCPT TO:<{recipient}>" for recipient in recipients), "DATA"]
    try:
        await read_reply(reader)
        for command in commands:
            writer.write(f"{command}\r\n".encode())
            reply = await read_reply(reader)
            assert reply[0] in "23", (command, reply)
        writer.write(raw.replace(b"\r\n.", b"\r\n..") + b".\r\nQUIT\r\n")
        return [await read_reply(reader) for _ in recipients]
    finally:
        writer.close()


@pytest.fixture
async def app(valid_body: Callable[[bytes], dict[str, Any]]) -> AsyncIterator[FakeApp]:
    fake = FakeApp(valid_body)
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.faults


@pytest.fixture
async def gateway(tmp_path: Path, app: FakeApp) -> AsyncIterator[Gateway]:
    """Configured, not started. On failure the log is in pytest's output."""
    made = Gateway(tmp_path, app)
    made.configure()
    yield made
    if made.process is not None:
        await made.kill()
    print(made.log)
