"""A real daemon on a temporary socket, and a real HTTP application that is asked."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.unit.inbound.conftest import KEY, FakeApp, eventually


@pytest.fixture(scope="session")
def valid_question() -> Callable[[bytes], dict[str, Any]]:
    """Checks a body against the shipped schema. Returns its `data`."""
    schema = json.loads((resources.files("boringmail") / "schemas/recipient.check.v1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)

    def check(body: bytes) -> dict[str, Any]:
        value = json.loads(body)
        validator.validate(value)
        data: dict[str, Any] = value["data"]
        return data

    return check


@dataclass
class Policy:
    """The daemon as a process, with its files below one directory."""

    directory: Path
    app: FakeApp
    process: asyncio.subprocess.Process | None = None

    @property
    def config(self) -> Path:
        return self.directory / "policy.toml"

    def configure(self, *, routes: Sequence[dict[str, Any]] = (), **changes: str | int) -> None:
        (self.directory / "key").write_text(KEY)
        values: dict[str, str | int] = {
            "mail_domain": "desk.example.com",
            "recipients_url": self.app.url,
            "webhook_key_file": str(self.directory / "key"),
            "policy_socket": str(self.directory / "policy.sock"),
            **changes,
        }
        lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        for route in routes:
            lines += ["[[routes]]", *(f"{key} = {json.dumps(value)}" for key, value in route.items())]
        self.config.write_text("\n".join(lines))

    async def start(self) -> None:
        with (self.directory / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "boringmail.policy", "--config", self.config, stderr=log
            )

        async def started() -> bool:
            return "event=started" in self.log

        await eventually(started)

    @property
    def log(self) -> str:
        path = self.directory / "log"
        return path.read_text() if path.exists() else ""

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            os.kill(self.process.pid, number)
        return await self.process.wait()

    async def ask(self, recipient: str) -> str:
        """As Postfix asks; the action."""
        reader, writer = await asyncio.open_unix_connection(self.directory / "policy.sock")
        writer.write(
            f"request=smtpd_access_policy\nprotocol_state=RCPT\nsender=joe@example.net\n"
            f"client_address=203.0.113.25\nrecipient={recipient}\n\n".encode()
        )
        answer = await asyncio.wait_for(reader.readuntil(b"\n\n"), 10)
        writer.close()
        return answer.decode().removeprefix("action=").strip()


@pytest.fixture
async def app(valid_question: Callable[[bytes], dict[str, Any]]) -> AsyncIterator[FakeApp]:
    fake = FakeApp(valid_question)
    await fake.start()
    yield fake
    await fake.stop()
    assert not fake.faults


@pytest.fixture
async def policy(tmp_path: Path, app: FakeApp) -> AsyncIterator[Policy]:
    """Configured, not started. On failure the log is in pytest's output."""
    made = Policy(tmp_path, app)
    made.configure()
    yield made
    if made.process is not None:
        await made.stop(signal.SIGKILL)
    print(made.log)
