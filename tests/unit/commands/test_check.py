"""`boringmail check`: the last result, and an exit status that says what it is worth."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from boringmail.checks.result import Check, Status
from boringmail.cli import main

GOOD = Check("PTR 192.0.2.1", Status.PASS, "mx1.example.com", "mx1.example.com", key="ptr").as_dict()


def kept(path: Path, *, hours: float = 1, verdict: str = "pass", **changes: Any) -> Path:
    time = (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds").replace("+00:00", "Z")
    report = {"time": time, "verdict": verdict, "checks": [{**GOOD, **changes}], "skipped": ["a round trip"]}
    path.write_text(json.dumps(report))
    return path


def run(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["check", "--file", str(path), *options])


def test_a_result_that_passed_is_shown_as_the_playbooks_table(tmp_path: Path) -> None:
    done = run(kept(tmp_path / "verify.json"))
    assert done.exit_code == 0
    assert "ok      PTR 192.0.2.1  mx1.example.com" in done.output
    assert "not checked: a round trip" in done.output
    assert ", 1 h 0 min ago" in done.output


def test_a_result_that_failed_has_another_status(tmp_path: Path) -> None:
    done = run(kept(tmp_path / "verify.json", verdict="fail", status="fail", hint="mend it"))
    assert done.exit_code == 1
    assert "FAIL    PTR 192.0.2.1" in done.output


@pytest.mark.parametrize("verdict", ["pass", "fail"])
def test_an_old_result_says_nothing_about_today(tmp_path: Path, verdict: str) -> None:
    path = kept(tmp_path / "verify.json", hours=25, verdict=verdict)
    assert run(path).exit_code == 2
    assert "too old to rely on" in run(path).output
    assert json.loads(run(path, "--json").output)["stale"] is True


def test_json_is_the_result_with_its_age(tmp_path: Path) -> None:
    done = run(kept(tmp_path / "verify.json"), "--json")
    shown = json.loads(done.output)
    assert (shown["verdict"], shown["stale"], done.exit_code) == ("pass", False, 0)
    assert 3600 <= shown["age_seconds"] < 3700


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"time": "yesterday"}'])
def test_no_result_or_none_that_can_be_read_is_said(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "verify.json"
    if content is not None:
        path.write_text(content)
    done = run(path)
    assert done.exit_code == 2
    assert "run playbooks/verify.yml" in done.output
