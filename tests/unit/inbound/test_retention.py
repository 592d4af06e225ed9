"""A dead letter goes when its time is over, not before, and not without a word."""

import json
import logging
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boringmail.inbound.dead_letter import DeadLetter, DeadLetterBox
from boringmail.inbound.retention import DAY_SECONDS, Retention
from tests.unit.inbound.conftest import Gateway

NOW = 1_800_000_000.0


@pytest.fixture(autouse=True)
def _logged(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger="boringmail.inbound")


def keep(directory: Path, number: int, *, days_ago: float | None) -> str:
    kept = "" if days_ago is None else datetime.fromtimestamp(NOW - days_ago * DAY_SECONDS, UTC).isoformat()
    identifier = f"msg_{number:040x}"
    DeadLetterBox(directory).keep(
        DeadLetter(
            identifier=identifier,
            recipient="ticket@acme.desk.example.com",
            sender="joe@example.net",
            subject="secret",
            xforward={"IDENT": f"4Queue{number}"},
            kept_at=kept,
            reason="status_422",
        ),
        b"x",
    )
    return identifier


def mark_of(box: Path) -> Path:
    """Where it lies for a box; the daemon's own is in its state directory."""
    return box.parent / f"{box.name}-state" / "retention.json"


def retention_of(box: Path, *, days: int) -> Retention:
    mark_of(box).parent.mkdir(exist_ok=True)
    return Retention(box, mark=mark_of(box), days=days)


def announced(directory: Path, *, days_ago: float = 8, now: float = NOW, days: int = 30) -> None:
    """The mark of a daemon that has looked every hour since then."""
    mark = {"since": now - days_ago * DAY_SECONDS, "days": days, "looked": now - 3600}
    mark_of(directory).parent.mkdir(exist_ok=True)
    mark_of(directory).write_text(json.dumps(mark))


def work(retention: Retention, *, now: float = NOW) -> int:
    """Until there is nothing more to do; the number of pieces."""
    pieces = 0
    while retention.due(now=now):
        retention.work(now=now)
        pieces += 1
    return pieces


def left(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_what_is_over_goes_with_a_line_each_and_the_rest_stays(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    keep(tmp_path, 1, days_ago=30.1)
    stays = {
        keep(tmp_path, 2, days_ago=29.9),
        keep(tmp_path, 3, days_ago=0),
        keep(tmp_path, 4, days_ago=None),
    }
    announced(tmp_path)
    work(retention_of(tmp_path, days=30))
    assert left(tmp_path) == stays
    (removed,) = [line for line in caplog.messages if "event=dead_letter_removed" in line]
    assert "queue_id=4Queue1" in removed
    assert "reason=status_422" in removed
    assert "secret" not in caplog.text
    assert "@" not in caplog.text


def test_what_goes_soon_is_announced_once_a_day(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    keep(tmp_path, 1, days_ago=22)
    keep(tmp_path, 2, days_ago=24)
    keep(tmp_path, 3, days_ago=25)
    retention = retention_of(tmp_path, days=30)
    for hour in range(24):
        work(retention, now=NOW + hour * 3600)
    (notice,) = [line for line in caplog.messages if "event=dead_letters_expiring" in line]
    assert "count=2" in notice
    work(retention, now=NOW + DAY_SECONDS)
    assert caplog.text.count("event=dead_letters_expiring") == 2


def test_a_big_box_is_gone_through_in_pieces(tmp_path: Path):
    for number in range(250):
        keep(tmp_path, number, days_ago=31)
    announced(tmp_path)
    retention = retention_of(tmp_path, days=30)
    retention.work(now=NOW)
    assert len(left(tmp_path)) == 150
    assert work(retention) == 2
    assert left(tmp_path) == set()
    assert not retention.due(now=NOW + 3599)
    assert retention.due(now=NOW + 3600)


@pytest.mark.parametrize(
    "mark", [None, {"days_ago": 1}, {"days": 90}, {"now": NOW - 5 * DAY_SECONDS}], ids=str
)
def test_nothing_goes_that_was_not_announced_for_a_week(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, mark: dict[str, float] | None
):
    """An upgrade, a stricter rule, and a daemon that was down: none removes a letter out of the blue."""
    keep(tmp_path, 1, days_ago=300)
    if mark is not None:
        announced(tmp_path, **mark)
    retention = retention_of(tmp_path, days=30)
    for hour in range(5 * 24):
        work(retention, now=NOW + hour * 3600)
    assert len(left(tmp_path)) == 1
    assert "event=dead_letters_expiring" in caplog.text
    for hour in range(5 * 24, 8 * 24):
        work(retention, now=NOW + hour * 3600)
    assert left(tmp_path) == set()


def test_a_letter_that_is_odd_or_just_gone_keeps_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    announced(tmp_path)
    odd, gone = keep(tmp_path, 1, days_ago=31), keep(tmp_path, 2, days_ago=31)
    keep(tmp_path, 3, days_ago=31)
    meta = tmp_path / odd / "meta.json"
    meta.write_text(json.dumps(json.loads(meta.read_text()) | {"kept_at": None, "xforward": None}))
    remove = DeadLetterBox.remove

    def taken_by_hand(box: DeadLetterBox, name: str) -> None:
        if name == gone:
            raise FileNotFoundError
        remove(box, name)

    monkeypatch.setattr(DeadLetterBox, "remove", taken_by_hand)
    work(retention_of(tmp_path, days=30))
    assert left(tmp_path) == {odd, gone}


def test_without_a_limit_letters_stay_for_ever(tmp_path: Path):
    keep(tmp_path, 1, days_ago=10_000)
    assert work(retention_of(tmp_path, days=0)) == 0
    assert len(left(tmp_path)) == 1


def test_what_is_no_letter_stays(tmp_path: Path):
    broken = keep(tmp_path, 1, days_ago=31)
    (tmp_path / broken / "meta.json").write_text('{"unknown": 1}')
    (tmp_path / ".new-x").mkdir()
    (tmp_path / "lost+found").mkdir()
    announced(tmp_path)
    work(retention_of(tmp_path, days=30))
    assert left(tmp_path) == {broken, ".new-x", "lost+found"}


def test_a_box_that_cannot_be_read_is_said_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    retention = retention_of(tmp_path / "absent", days=30)
    assert work(retention) == 1
    assert "event=dead_letters_not_removed" in caplog.text
    assert retention.due(now=NOW + 3600)


async def test_the_daemon_does_it_and_by_default_after_a_month(gateway: Gateway):
    gateway.box.mkdir()
    identifier = keep(gateway.box, 1, days_ago=(NOW - time.time()) / DAY_SECONDS + 31)
    stays = keep(gateway.box, 2, days_ago=(NOW - time.time()) / DAY_SECONDS + 29)
    announced(gateway.box, now=time.time())
    mark_of(gateway.box).rename(gateway.directory / "state" / "retention.json")
    await gateway.start()
    await gateway.wait_for(f"event=dead_letter_removed queue_id=4Queue1 id={identifier}")
    assert left(gateway.box) == {stays}
