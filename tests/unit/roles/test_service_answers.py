"""What is restarted for not answering: what runs and does nothing, and never what is busy."""

import importlib.machinery
import importlib.util
import os
import socket
import threading
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "roles/rspamd/files/usr/local/lib/boringmail/service-answers"
UNIT = "rspamd.service"


@pytest.fixture
def script(monkeypatch):
    loader = importlib.machinery.SourceFileLoader("service_answers", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.3)
    return module


@pytest.fixture
def listener(tmp_path):
    """A socket that systemd holds: whoever connects is let in, and waits."""
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(tmp_path / "sock"))
        sock.listen()
        yield sock


def look(script, monkeypatch, *paths, cpu=(0.0, 0.0)):
    used = iter(cpu)
    monkeypatch.setattr(script, "cpu_seconds", lambda _unit: {"20": next(used)})
    monkeypatch.setattr(script.sys, "argv", ["service-answers", UNIT, "0d4f", *map(str, paths)])
    return script.main()


def answer_from(listener, connection_number):
    """Answers the connection of that number and all after it."""

    def run():
        for number in range(connection_number + 1):
            connection, _ = listener.accept()
            if number == connection_number:
                assert connection.recv(10) == b"\x0d\x4f"
                connection.sendall(b"O")

    threading.Thread(target=run, daemon=True).start()


def test_one_that_answers_is_left_alone(script, monkeypatch, listener, capsys):
    answer_from(listener, 0)
    assert look(script, monkeypatch, listener.getsockname()) == 0
    assert capsys.readouterr().out == ""


def test_one_that_answers_when_asked_again_is_left_alone(script, monkeypatch, listener, capsys):
    answer_from(listener, 1)
    assert look(script, monkeypatch, listener.getsockname()) == 0
    assert capsys.readouterr().out == ""


def test_one_that_does_nothing_hangs_and_the_line_says_where(script, monkeypatch, listener, capsys):
    assert look(script, monkeypatch, listener.getsockname(), cpu=(5.0, 5.01)) == script.HUNG
    line = capsys.readouterr().out
    assert line.startswith(f"event=service_hung unit={UNIT} ")
    assert listener.getsockname() in line


def test_one_of_two_sockets_without_an_answer_is_enough(script, monkeypatch, listener, tmp_path, capsys):
    answer_from(listener, 0)
    assert look(script, monkeypatch, listener.getsockname(), tmp_path / "none") == script.HUNG
    assert "none" in capsys.readouterr().out


def test_one_that_uses_the_cpu_is_busy_and_left_alone(script, monkeypatch, listener, capsys):
    assert look(script, monkeypatch, listener.getsockname(), cpu=(5.0, 6.0)) == 0
    assert capsys.readouterr().out.startswith(f"event=service_busy unit={UNIT} ")


def test_a_worker_that_ends_meanwhile_does_not_hide_what_the_others_do(script, monkeypatch, listener):
    used = iter([{"20": 3000.0, "21": 5.0}, {"21": 6.0}])
    monkeypatch.setattr(script, "cpu_seconds", lambda _unit: next(used))
    monkeypatch.setattr(script.sys, "argv", ["service-answers", UNIT, "0d4f", listener.getsockname()])
    assert script.main() == 0


def test_the_cpu_is_counted_over_all_processes_of_the_unit(script, monkeypatch, tmp_path):
    for pid, unit, ticks in ((1, "init.scope", 900), (20, UNIT, 150), (21, UNIT, 50)):
        (tmp_path / f"{pid}").mkdir()
        (tmp_path / f"{pid}" / "cgroup").write_text(f"0::/system.slice/{unit}\n")
        stat = f"{pid} (a name) with) S 1 1 1 0 -1 4194560 1 1 1 1 {ticks} {ticks} 0 0 20 0 1 0 1\n"
        (tmp_path / f"{pid}" / "stat").write_text(stat)
    (tmp_path / "22").mkdir()  # it has just ended
    monkeypatch.setattr(script, "PROCESSES", tmp_path)
    tick = 1 / os.sysconf("SC_CLK_TCK")
    assert script.cpu_seconds(UNIT) == pytest.approx({"20": 300 * tick, "21": 100 * tick})
