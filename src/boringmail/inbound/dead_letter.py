"""The dead-letter box: mail that the application will not take, kept until the operator has decided.

One directory per mail and recipient, named by the webhook id: `message.eml` is the mail, `meta.json` the
rest. It stands on disk, names included, before Postfix is told 250; if it cannot, Postfix keeps the mail.
"""

import errno
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from boringmail.inbound.durable import sync_directory, write_synced
from boringmail.inbound.envelope import Envelope

_IDENTIFIER = re.compile(r"msg_[0-9a-f]{40}")
_ASIDE = ".new-"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """Everything but the message: how it came, why it lies here, what the application said."""

    identifier: str
    recipient: str
    sender: str
    xforward: dict[str, str] = field(default_factory=dict)
    subject: str = ""
    size_bytes: int = 0
    kept_at: str = ""
    reason: str = ""
    app_status: int | None = None
    app_answer: str = ""

    @property
    def envelope(self) -> Envelope:
        """The envelope for this recipient alone."""
        return Envelope(self.sender, (self.recipient,), self.xforward)


class DeadLetterBox:
    """The directory. Everything may raise OSError."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def clear_leftovers(self) -> None:
        """Removes what a crash left half-written (Postfix still has that mail)."""
        for leftover in self._directory.glob(f"{_ASIDE}*"):
            shutil.rmtree(leftover, ignore_errors=True)

    def keep(self, letter: DeadLetter, content: bytes) -> None:
        """Stores one mail durably. The same mail again is already there: nothing to do."""
        aside = self._directory / f"{_ASIDE}{letter.identifier}"
        final = self._path(letter.identifier)
        if not final.exists():
            shutil.rmtree(aside, ignore_errors=True)
            try:
                aside.mkdir(mode=0o700)
                write_synced(aside / "message.eml", content)
                write_synced(aside / "meta.json", json.dumps(asdict(letter), indent=1).encode())
                sync_directory(aside)
                aside.rename(final)
            except OSError:
                shutil.rmtree(aside, ignore_errors=True)
                raise
        sync_directory(self._directory)

    def letters(self) -> Iterator[DeadLetter]:
        """All letters, oldest first."""
        # Not glob(): it would show a box that may not be read as an empty one.
        found = [self.letter(path.name) for path in self._directory.iterdir() if path.match("msg_*")]
        yield from sorted((letter for letter in found if letter), key=lambda letter: letter.kept_at)

    def letter(self, identifier: str) -> DeadLetter | None:
        """One letter; None if there is none (any more)."""
        try:
            value = json.loads((self._path(identifier) / "meta.json").read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        return DeadLetter(**value)

    def content(self, identifier: str) -> bytes:
        """The message, byte for byte."""
        return (self._path(identifier) / "message.eml").read_bytes()

    def remove(self, identifier: str) -> None:
        """Deletes one letter; its name goes first, so that no half letter is ever listed."""
        aside = self._directory / f"{_ASIDE}{identifier}"
        self._path(identifier).rename(aside)
        sync_directory(self._directory)
        shutil.rmtree(aside)

    def _path(self, identifier: str) -> Path:
        if not _IDENTIFIER.fullmatch(identifier):
            raise FileNotFoundError(errno.ENOENT, "no such dead letter", identifier)
        return self._directory / identifier
