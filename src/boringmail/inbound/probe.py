"""Probe mail: proof that a mail from outside reaches the daemon. Recorded, never posted to the app."""

import json
import re
from pathlib import Path
from typing import Any

from boringmail.inbound.durable import replace_file

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}")


class ProbeRecords:
    """One JSON file per token. Bounded, for anybody may send to a probe address: the oldest goes."""

    def __init__(self, directory: Path, *, local_part: str, limit: int) -> None:
        self._directory = directory
        self._prefix = f"{local_part.lower()}+"
        self._limit = limit

    def token(self, recipient: str) -> str | None:
        """The token of a probe address (empty if it cannot be recorded); None for other addresses."""
        local = recipient.rpartition("@")[0]
        if not local.lower().startswith(self._prefix):
            return None
        token = local[len(self._prefix) :]
        return token if _TOKEN.fullmatch(token) else ""

    def record(self, token: str, record: dict[str, Any]) -> None:
        """Writes one record. Raises OSError."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        replace_file(self._directory / f"{token}.json", json.dumps(record).encode())
        files = sorted(self._directory.glob("*.json"), key=lambda path: path.stat().st_mtime)
        for path in files[: -self._limit]:
            path.unlink(missing_ok=True)

    def show(self, token: str) -> dict[str, Any] | None:
        """The record of a token; None if no such mail has arrived."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            record: dict[str, Any] = json.loads((self._directory / f"{token}.json").read_bytes())
        except FileNotFoundError:
            return None
        return record
