"""The command line: parse, dead letters, probes; and the daemon's --check-config."""

import asyncio
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.inbound.conftest import KEY, RECIPIENT, SCRIPTS, FakeApp, Gateway
from tests.unit.inbound.test_body import RAW, judged

Check = Callable[[bytes], dict[str, Any]]


async def test_parse_prints_one_valid_body_per_file_whatever_its_bytes(
    gateway: Gateway, tmp_path: Path, valid_body: Check
):
    files = [tmp_path / "good", tmp_path / "noise", tmp_path / "empty"]
    files[0].write_bytes(
        b"Return-Path: <joe@example.net>\r\nDelivered-To: a@b.desk.example.com\r\n\r\nhi\r\n"
    )
    files[1].write_bytes(os.urandom(5000))
    files[2].write_bytes(b"")
    status, output = await gateway.run("parse", *map(str, files))
    good, *others = [valid_body(line.encode()) for line in output.splitlines()]
    assert status == 0
    assert len(others) == 2
    assert [good["envelope"][key] for key in ("sender", "recipient", "tenant")] == [
        "joe@example.net",
        "a@b.desk.example.com",
        "b",
    ]


async def test_parse_reads_standard_input_without_any_configuration(valid_body: Check):
    process = await asyncio.create_subprocess_exec(
        SCRIPTS / "boringmail", "parse", "-", "--rcpt", RECIPIENT, "--config", "/nonexistent",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    output, _ = await process.communicate(b"\xff")
    assert process.returncode == 0
    assert valid_body(output.strip())["envelope"]["recipient"] == RECIPIENT


async def test_dead_letters_are_listed_shown_replayed_and_deleted(gateway: Gateway, app: FakeApp):
    app.answer = 422
    await gateway.start()
    raw = b"Subject: one\r\n\r\n\xff\r\n"
    for number in range(3):
        await gateway.send(raw, queue_id=f"4Mail{number}")
    status, output = await gateway.run("dead-letter", "list", "--json")
    first, second, third = [letter["identifier"] for letter in json.loads(output)]
    assert status == 0
    assert (await gateway.run("dead-letter", "list"))[1].count("msg_") == 3
    assert json.loads((await gateway.run("dead-letter", "show", first, "--json"))[1])["app_status"] == 422
    assert "because I say so" in (await gateway.run("dead-letter", "show", first))[1]

    gateway.box.rename(gateway.directory / "elsewhere")
    assert (await gateway.run("dead-letter", "list"))[0] == 1, "a box that cannot be read is not an empty one"
    (gateway.directory / "elsewhere").rename(gateway.box)

    assert (await gateway.run("dead-letter", "replay", first))[0] == 1, "still refused"
    app.answer = 200
    assert (await gateway.run("dead-letter", "replay", first))[0] == 0
    assert app.ids.count(first) == 3, "the same id each time"
    assert app.bodies[0]["envelope"] == app.bodies[-1]["envelope"]
    assert app.bodies[0]["raw_base64"] == app.bodies[-1]["raw_base64"]
    assert (await gateway.run("dead-letter", "show", first))[0] == 1

    assert (await gateway.run("dead-letter", "delete", second, "--yes"))[0] == 0
    assert (await gateway.run("dead-letter", "replay", "--all"))[0] == 0
    assert third in app.ids
    assert json.loads((await gateway.run("dead-letter", "list", "--json"))[1]) == []
    assert not list(gateway.box.iterdir())


@pytest.mark.parametrize("identifier", ["msg_" + "0" * 40, "../../etc", "x"])
async def test_an_unknown_dead_letter_is_an_error(gateway: Gateway, identifier: str):
    gateway.box.mkdir()
    status, output = await gateway.run("dead-letter", "show", identifier)
    assert status == 1
    assert "no such dead letter" in output


async def test_a_probe_is_recorded_and_never_posted(gateway: Gateway, app: FakeApp):
    gateway.configure(probe_limit=2)
    app.answer = 500
    await gateway.start()
    assert (await gateway.run("probe", "show", "abc"))[0] == 1
    waiting = asyncio.create_task(gateway.run("probe", "show", "abc", "--wait", "10", "--json"))
    for token in ("abc", "bad token", "../x"):
        (reply,) = await gateway.send(recipients=(f"boringmail-probe+{token}@acme.desk.example.com",))
        assert reply.startswith("250 ")
    status, output = await waiting
    assert status == 0
    assert json.loads(output)["envelope"]["client"]["address"] == "203.0.113.25"
    assert "203.0.113.25" in (await gateway.run("probe", "show", "abc"))[1]
    for number in range(3):
        await gateway.send(recipients=(f"Boringmail-Probe+{number}@acme.desk.example.com",))
    assert sorted(path.stem for path in (gateway.directory / "state" / "probes").iterdir()) == ["1", "2"]
    assert not app.ids


async def test_a_probe_shows_what_the_filters_found_out(gateway: Gateway):
    gateway.configure(virus_scanner="clamav")
    await gateway.start()
    raw = judged(RAW.replace(b"Subject: ", b"Subject: " + 300 * b"x"))
    await gateway.send(raw, recipients=("boringmail-probe+abc@acme.desk.example.com",))
    status, output = await gateway.run("probe", "show", "abc", "--json")
    record = json.loads(output)
    assert status == 0
    assert record["authentication"]["dmarc"]["policy"] == "none"
    assert record["spam"]["score"] == 16
    assert record["virus"] == {"result": "clean", "scanner": "clamav"}
    assert record["subject"] == 200 * "x"
    shown = (await gateway.run("probe", "show", "abc"))[1]
    assert "16 of 15.0, add header" in shown
    assert "clean" in shown


async def test_a_verdict_that_cannot_be_read_is_logged_and_the_mail_posted(gateway: Gateway, app: FakeApp):
    await gateway.start()
    assert (await gateway.send(judged(RAW, verdict={"v": 2})))[0].startswith("250 ")
    assert app.bodies[0]["authentication"] == {}
    assert 'event=verdict_unreadable queue_id=4QueueId reason="v is not 1"' in gateway.log


async def check_config(gateway: Gateway) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        SCRIPTS / "boringmail-inbound", "--check-config", "--config", gateway.config,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    _, errors = await process.communicate()
    return process.returncode, errors.decode()


async def test_check_config_names_file_and_key_and_never_the_secret(gateway: Gateway):
    assert await check_config(gateway) == (0, "")
    gateway.configure(timeout_second=3)
    status, errors = await check_config(gateway)
    assert status == 78
    assert f"{gateway.config}: timeout_second: unknown key" in errors
    gateway.configure()
    (gateway.directory / "key").write_text(KEY.removeprefix("whsec_"))
    status, errors = await check_config(gateway)
    assert status == 78
    assert f"{gateway.directory}/key: webhook key: must begin with whsec_" in errors
    assert KEY.removeprefix("whsec_") not in errors


async def test_a_directory_that_cannot_be_made_is_named(gateway: Gateway, tmp_path: Path):
    gateway.configure(dead_letter_directory=str(tmp_path / "inbound.toml" / "box"))
    process = await asyncio.create_subprocess_exec(
        SCRIPTS / "boringmail-inbound", "--config", gateway.config, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 78
    assert b"inbound.toml: dead_letter_directory: " in errors


async def test_addresses_and_secrets_stay_out_of_the_log(gateway: Gateway, app: FakeApp):
    await gateway.start()
    for app.answer in (200, 422, 503):
        await gateway.send()
    assert RECIPIENT not in gateway.log
    assert "joe@example.net" not in gateway.log
    assert KEY.removeprefix("whsec_")[:20] not in gateway.log
    assert gateway.log.count("queue_id=4QueueId") == 3
