"""The dead-letter box when the disk fails, the daemon dies half-way, or the same mail comes again."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from boringmail.inbound.dead_letter import DeadLetter, DeadLetterBox

LETTER = DeadLetter(identifier="msg_" + "a" * 40, recipient="a@b", sender="c@d", reason="status_422")


@pytest.fixture
def box(tmp_path: Path) -> DeadLetterBox:
    (tmp_path / "box").mkdir()
    return DeadLetterBox(tmp_path / "box")


def test_a_letter_is_kept_once_byte_for_byte(box: DeadLetterBox):
    for content in (b"\x00\xff\r\n", b"other"):
        box.keep(LETTER, content)
    assert list(box.letters()) == [LETTER]
    assert box.content(LETTER.identifier) == b"\x00\xff\r\n"


def test_a_full_disk_is_an_error_and_leaves_nothing(
    box: DeadLetterBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space left"):
        box.keep(LETTER, b"x")
    assert not list((tmp_path / "box").iterdir())


def test_everything_is_on_disk_before_it_is_said_to_be(box: DeadLetterBox, monkeypatch: pytest.MonkeyPatch):
    synced: list[str] = []
    real = os.fsync

    def note(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    box.keep(LETTER, b"x")
    assert synced == ["message.eml", "meta.json", f".new-{LETTER.identifier}", "box"]


def test_a_leftover_that_is_in_the_way_is_an_error_and_no_letter(
    box: DeadLetterBox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "box" / f".new-{LETTER.identifier}").mkdir()
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)  # as for the files of another user
    with pytest.raises(FileExistsError):
        box.keep(LETTER, b"x")


def test_what_a_crash_left_half_written_is_removed(box: DeadLetterBox, tmp_path: Path):
    (tmp_path / "box" / f".new-{LETTER.identifier}").mkdir()
    box.clear_leftovers()
    assert not list((tmp_path / "box").iterdir())
