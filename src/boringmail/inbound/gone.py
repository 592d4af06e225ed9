"""Recipients that the application answered 410 for: refused at RCPT until their time is over."""

import json
from pathlib import Path

from boringmail.inbound.durable import replace_file


class GoneList:
    """Addresses and until when (Unix time). Bounded: beyond the limit the oldest is forgotten."""

    def __init__(self, path: Path, *, seconds: float, limit: int) -> None:
        self._path = path
        self._seconds = seconds
        self._limit = limit
        self._until: dict[str, float] = _read(path)
        self.changed = False

    def add(self, recipient: str, *, now: float) -> None:
        """Refuses a recipient from now on."""
        key = recipient.lower()
        self._until.pop(key, None)
        self._until[key] = now + self._seconds
        while len(self._until) > self._limit:
            del self._until[next(iter(self._until))]
        self.changed = True

    def remove(self, recipient: str) -> None:
        """The application takes mail for it again."""
        self.changed |= self._until.pop(recipient.lower(), None) is not None

    def contains(self, recipient: str, *, now: float) -> bool:
        """Whether it is refused now."""
        return self._until.get(recipient.lower(), 0.0) > now

    def save(self, *, now: float) -> None:
        """Writes the list if it changed, without what is over. Raises OSError."""
        if not self.changed:
            return
        self._until = {key: until for key, until in self._until.items() if until > now}
        replace_file(self._path, json.dumps(self._until).encode())
        self.changed = False


def _read(path: Path) -> dict[str, float]:
    """A list that is missing or damaged is empty: the application is asked once more, nothing is lost."""
    try:
        value = json.loads(path.read_bytes())
        return {str(key): float(until) for key, until in value.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}
