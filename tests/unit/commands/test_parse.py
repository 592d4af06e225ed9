"""`boringmail parse` on files of 25 MB made to hurt: time, memory, and what comes out."""

import base64
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.unit.mime import tnef_writer

Check = Callable[[bytes], dict[str, Any]]
COMMAND = Path(sys.executable).parent / "boringmail"
CPU_LIMIT_SECONDS = 10
MEMORY_LIMIT_MB = 256
SIZE = 25_000_000
MULTIPART = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def encoded(kind: bytes, content: bytes) -> bytes:
    text = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return b"Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n%s" % (kind, text)


def nested(levels: int) -> bytes:
    head = b'Content-Type: multipart/mixed; boundary="b%07d"\r\n\r\n--b%07d\r\n'
    return b"".join(head % (level, level) for level in range(levels))


FILES: dict[str, tuple[Callable[[], bytes], str | None]] = {
    "attachment": (lambda: encoded(b"application/pdf", bytes(range(251)) * 72_000), None),
    "winmail.dat": (
        lambda: encoded(
            b"application/ms-tnef",
            tnef_writer.file(tnef_writer.attribute(tnef_writer.DATA, b"\x07" * 18_000_000)),
        ),
        None,
    ),
    "text": (lambda: b"\r\n" + b"x y\r\n" * (SIZE // 5), "text_too_long"),
    "html": (lambda: b"Content-Type: text/html\r\n\r\n" + "<li>\U0001f600<br>".encode() * 300_000, None),
    "one field": (lambda: b"Subject: " + "\U0001f600".encode() * (SIZE // 4), "header_too_long"),
    "fields": (lambda: b"A: b\r\n" * (SIZE // 6), "too_many_headers"),
    "returns": (lambda: b"Subject: x\r\r" + b"\r" * SIZE, "text_too_long"),
    "parts": (lambda: MULTIPART + b"--b\r\n\r\n" * (SIZE // 7), "too_many_parts"),
    "nested multiparts": (lambda: nested(SIZE // 77), "too_deep"),
    "nested messages": (lambda: b"Content-Type: message/rfc822\r\n\r\n" * (SIZE // 32), None),
}


@pytest.mark.parametrize(("make", "problem"), FILES.values(), ids=FILES.keys())
def test_any_file_is_parsed_within_bounds(
    make: Callable[[], bytes], problem: str | None, tmp_path: Path, valid_body: Check
):
    raw = make()
    (tmp_path / "mail").write_bytes(raw)
    script = Path(__file__).with_name("measured.py")
    arguments = [COMMAND, "parse", tmp_path / "mail", "--rcpt", "a@b", "--config", "/nonexistent"]
    command = [sys.executable, script, tmp_path / "out", *arguments]
    measured = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    status, cpu_seconds, memory_mb = map(float, measured.stdout.split())
    assert status == 0
    assert cpu_seconds < CPU_LIMIT_SECONDS
    assert memory_mb < MEMORY_LIMIT_MB
    data = valid_body((tmp_path / "out").read_bytes())
    assert data["parse_error"] == problem
    assert base64.b64decode(data["raw_base64"]) == raw


def test_each_file_gives_a_line_and_a_dash_is_standard_input(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(f"Subject: {name}\n\n".encode())
    command = [COMMAND, "parse", tmp_path / "one", "-", tmp_path / "two", "--config", "/nonexistent"]
    done = subprocess.run(command, input=b"Subject: stdin\n\n", capture_output=True, check=True, timeout=60)
    subjects = [orjson.loads(line)["data"]["message"]["subject"] for line in done.stdout.splitlines()]
    assert subjects == ["one", "stdin", "two"]


def test_a_file_that_is_not_there_is_an_error_before_anything_is_printed(tmp_path: Path):
    (tmp_path / "one").write_bytes(b"")
    done = subprocess.run(
        [COMMAND, "parse", tmp_path / "one", tmp_path / "two"], capture_output=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, b"")
