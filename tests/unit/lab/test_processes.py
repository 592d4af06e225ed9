"""Processes of the lab are found and ended, other people's are not."""

import subprocess
import sys

import pytest

from lab import paths, processes

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "LOG", tmp_path)
    monkeypatch.setattr(processes, "_MARK", "BORINGMAIL_UNIT_TEST_PROCESS")
    yield
    processes.stop(grace_seconds=1)


def test_a_started_process_is_found_by_its_mark_and_ended():
    processes.start("one", ["sleep", "60"])
    assert list(processes.running("one").values()) == ["one"]
    assert processes.running("two") == {}
    processes.stop("one")
    assert processes.running() == {}


def test_a_process_that_ignores_sigterm_is_killed():
    processes.start("stubborn", [sys.executable, "-c", STUBBORN])
    while processes.log_file("stubborn").read_text() != "up\n":
        pass
    processes.stop("stubborn", grace_seconds=0.3)
    assert processes.running() == {}


def test_children_are_ended_too():
    processes.start("parent", ["sh", "-c", "sleep 60 & sleep 60"])
    while len(processes.running("parent")) < 3:
        pass
    processes.stop("parent")
    assert processes.running() == {}


def test_other_processes_are_left_alone():
    with subprocess.Popen(["sleep", "60"]) as other:
        processes.stop()
        assert other.poll() is None
        other.kill()
