"""One flush for all endpoints, and each endpoint's probe in its turn."""

from pathlib import Path

import pytest

from boringmail.inbound.config import Config
from boringmail.inbound.flusher import Flusher

UNTOUCHED = "untouched"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "flush"


@pytest.fixture
def flusher(file: Path) -> Flusher:
    url = "https://app.example.com/"
    return Flusher(Config(mail_domain="desk.example.com", app_url=url, flush_file=str(file)))


def ticked(flusher: Flusher, file: Path, *, now: float, all_paused: bool = False) -> str:
    file.write_text(UNTOUCHED)
    flusher.tick(now=now, all_paused=all_paused)
    return file.read_text()


def test_however_many_endpoints_recover_there_is_one_flush_in_an_interval(flusher: Flusher, file: Path):
    for _ in range(3):
        flusher.request(now=100)
    assert ticked(flusher, file, now=101) == ""
    flusher.request(now=110)
    assert ticked(flusher, file, now=160) == UNTOUCHED
    assert ticked(flusher, file, now=161) == ""
    assert ticked(flusher, file, now=300) == UNTOUCHED


def test_a_flush_waits_while_every_endpoint_is_paused(flusher: Flusher, file: Path):
    flusher.request(now=100)
    assert ticked(flusher, file, now=110, all_paused=True) == UNTOUCHED
    assert ticked(flusher, file, now=120) == ""


def test_each_endpoints_probe_has_its_turn(flusher: Flusher, file: Path):
    flusher.request(now=100)
    for route, queue_id in [("a", "4Old"), ("b", "4Other"), ("a", "4New")]:
        flusher.retry(route, queue_id)
    written = [ticked(flusher, file, now=now) for now in (101, 102, 103, 104)]
    assert written == ["", "4New", "4Other", UNTOUCHED]
