"""The call log: one JSON line per API call, by which the shipped IAM policies are checked.

It names principal and action; bodies, signatures and keys never get here.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from lab.api.calls import Call


class CallLog:
    """Append calls to a file; `None` for the path keeps no log."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = Lock()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)

    def write(self, principal: str, call: Call, status: int) -> None:
        """Record one answered call."""
        if self._path is None:
            return
        line = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "principal": principal,
            "service": call.service,
            "action": call.action,
            "resource": call.resource,
            "status": status,
        }
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
