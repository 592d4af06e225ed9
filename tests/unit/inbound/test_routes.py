"""Several applications behind one daemon: each gets its own mail, and none suffers from another's outage."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web

from tests.unit.inbound.conftest import RECIPIENT, SCRIPTS, FakeApp, Gateway, eventually

BILLING = "billing@acme.desk.example.com"
OTHER_KEY = "whsec_" + base64.b64encode(b"o" * 32).decode()


@pytest.fixture
async def billing(gateway: Gateway, valid_body: Callable[[bytes], dict[str, Any]]) -> AsyncIterator[FakeApp]:
    """The application of a route, with its own key; the gateway is configured for it."""
    fake = FakeApp(valid_body, key=OTHER_KEY)
    await fake.start()
    (gateway.directory / "billing-key").write_text(OTHER_KEY)
    gateway.configure(routes=[route(gateway, fake)])
    yield fake
    await fake.stop()
    assert not fake.faults


def route(gateway: Gateway, app: FakeApp, **changes: Any) -> dict[str, Any]:
    return {
        "name": "billing",
        "recipients": ["billing@*"],
        "url": app.url,
        "key_file": str(gateway.directory / "billing-key"),
        **changes,
    }


async def test_each_recipient_goes_to_its_own_application_signed_with_its_key(
    gateway: Gateway, app: FakeApp, billing: FakeApp
):
    await gateway.start()
    replies = await gateway.send(recipients=(RECIPIENT, BILLING))
    assert [reply[:4] for reply in replies] == ["250 ", "250 "]
    assert [body["envelope"]["recipient"] for body in app.bodies] == [RECIPIENT]
    assert [body["envelope"]["recipient"] for body in billing.bodies] == [BILLING]
    assert "route=billing" in gateway.log
    assert "route=default" in gateway.log


async def test_an_outage_of_one_holds_only_its_own_mail_and_is_reported_by_name(
    gateway: Gateway, app: FakeApp, billing: FakeApp
):
    gateway.configure(routes=[route(gateway, billing)], alert_after_seconds=1)
    await billing.stop()
    await gateway.start()
    assert (await gateway.send(recipients=(BILLING,), queue_id="4Billing"))[0].startswith("451 ")
    for number in range(3):
        assert (await gateway.send(queue_id=f"4Mail{number}"))[0].startswith("250 ")
    await gateway.wait_for("event=retry_requested queue_id=4Billing route=billing")
    await gateway.wait_for("event=app_unavailable")
    (alert,) = [line for line in gateway.log.splitlines() if "app_unavailable" in line]
    assert alert.endswith("route=billing")
    assert "route=default" not in "".join(line for line in gateway.log.splitlines() if "paused" in line)
    await billing.start()

    async def taken() -> bool:
        return (await gateway.send(recipients=(BILLING,), queue_id="4Billing"))[0].startswith("250 ")

    await eventually(taken)
    assert "event=app_recovered" in gateway.log


async def test_a_letter_is_replayed_to_the_application_of_its_route(
    gateway: Gateway, app: FakeApp, billing: FakeApp
):
    gateway.configure(routes=[route(gateway, billing)])
    billing.answer = 422
    await gateway.start()
    await gateway.send(recipients=(BILLING,))
    billing.answer = 200
    assert (await gateway.run("dead-letter", "replay", "--all"))[0] == 0
    assert (len(app.ids), len(billing.ids)) == (0, 2)


async def test_a_hanging_application_leaves_attempts_for_the_others(
    gateway: Gateway, app: FakeApp, billing: FakeApp
):
    release = asyncio.Event()

    async def wait(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    billing.answer = wait
    gateway.configure(routes=[route(gateway, billing)], attempts_limit=6, timeout_seconds=20)
    await gateway.start()
    held = [asyncio.create_task(gateway.send(recipients=(BILLING,), queue_id=f"4Held{n}")) for n in range(6)]

    async def half_are_refused() -> bool:
        return sum(task.done() for task in held) == 3

    await eventually(half_are_refused)
    assert (await gateway.send(queue_id="4Mail"))[0].startswith("250 ")
    release.set()
    assert sorted(reply[0][:3] for reply in await asyncio.gather(*held)) == ["250"] * 3 + ["451"] * 3
    assert "event=overload queue_id=4Held" in gateway.log


async def test_a_route_without_a_key_uses_the_main_one(gateway: Gateway, app: FakeApp, billing: FakeApp):
    gateway.configure(routes=[route(gateway, app, key_file="")])
    await gateway.start()
    assert (await gateway.send(recipients=(BILLING,)))[0].startswith("250 ")
    assert (len(app.ids), len(billing.ids)) == (1, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"key_file": "/absent"}, "/absent: key_file of route billing: No such file or directory"),
        ({"key_file": "/dev/null"}, "/dev/null: key_file of route billing: is empty"),
        ({"ca_file": "/absent"}, "inbound.toml: routes[0].ca_file: /absent: No such file or directory"),
        ({"ca_file": "/dev/null"}, "inbound.toml: routes[0].ca_file: /dev/null: "),
    ],
)
async def test_a_file_of_a_route_that_cannot_be_used_stops_the_daemon(
    gateway: Gateway, billing: FakeApp, change: dict[str, str], message: str
):
    gateway.configure(routes=[route(gateway, billing, **change)])
    process = await asyncio.create_subprocess_exec(
        SCRIPTS / "boringmail-inbound",
        "--check-config",
        "--config",
        gateway.config,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 78
    assert message in errors.decode()
