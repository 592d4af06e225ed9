"""A dead letter goes when its time is over, not before, and not without a word."""

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
    work(Retention(tmp_path, days=30))
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
    retention = Retention(tmp_path, days=30)
    for hour in range(24):
        work(retention, now=NOW + hour * 3600)
    (notice,) = [line for line in caplog.messages if "event=dead_letters_expiring" in line]
    assert "count=2" in notice
    work(retention, now=NOW + DAY_SECONDS)
    assert caplog.text.count("event=dead_letters_expiring") == 2


def test_a_big_box_is_gone_through_in_pieces(tmp_path: Path):
    for number in range(250):
        keep(tmp_path, number, days_ago=31)
    retention = Retention(tmp_path, days=30)
    retention.work(now=NOW)
    assert len(left(tmp_path)) == 150
    assert work(retention) == 2
    assert left(tmp_path) == set()
    assert not retention.due(now=NOW + 3599)
    assert retention.due(now=NOW + 3600)


def test_without_a_limit_letters_stay_for_ever(tmp_path: Path):
    keep(tmp_path, 1, days_ago=10_000)
    assert work(Retention(tmp_path, days=0)) == 0
    assert len(left(tmp_path)) == 1


def test_what_is_no_letter_stays(tmp_path: Path):
    broken = keep(tmp_path, 1, days_ago=31)
    (tmp_path / broken / "meta.json").write_text('{"unknown": 1}')
    (tmp_path / ".new-x").mkdir()
    (tmp_path / "lost+found").mkdir()
    work(Retention(tmp_path, days=30))
    assert left(tmp_path) == {broken, ".new-x", "lost+found"}


def test_a_box_that_cannot_be_read_is_said_and_tried_again(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    retention = Retention(tmp_path / "absent", days=30)
    assert work(retention) == 1
    assert "event=dead_letters_not_removed" in caplog.text
    assert retention.due(now=NOW + 3600)


async def test_the_daemon_does_it_and_by_default_after_a_month(gateway: Gateway):
    gateway.box.mkdir()
    identifier = keep(gateway.box, 1, days_ago=(NOW - time.time()) / DAY_SECONDS + 31)
    stays = keep(gateway.box, 2, days_ago=(NOW - time.time()) / DAY_SECONDS + 29)
    await gateway.start()
    await gateway.wait_for(f"event=dead_letter_removed queue_id=4Queue1 id={identifier}")
    assert left(gateway.box) == {stays}
