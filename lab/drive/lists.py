"""The DNS lists `zen.lists.example` and `bl.lists.example`, as seen from the controller."""

from typing import Any

from lab import layout
from lab.drive.namespace import ControlPort

CONTROL_PORT = 8053


class Lists:
    """Orders to the lists. What they say is seen everywhere within a second or two: their TTL is one."""

    def __init__(self) -> None:
        self._port = ControlPort(layout.INTERNET.namespace, layout.LISTS, CONTROL_PORT)

    def list(self, zone: str, ip: str, *, code: str = "127.0.0.2", text: str | None = None) -> None:
        """List an address under a code, with a text or the list's own."""
        order = {"code": code} if text is None else {"code": code, "text": text}
        self._port.call("PUT", f"/lists/{zone}/{ip}", order)

    def unlist(self, zone: str, ip: str) -> None:
        """Take an address off a list; one that is not there is no error."""
        self._port.call("DELETE", f"/lists/{zone}/{ip}")

    def mode(self, zone: str, mode: str) -> None:
        """Have a list answer as it should (`normal`), with an `error` code, `servfail`, or be `silent`."""
        self._port.call("PUT", f"/lists/{zone}/mode", {"mode": mode})

    def reset(self) -> None:
        """Empty all lists and have them answer as they should."""
        self._port.call("DELETE", "/lists")

    def state(self) -> dict[str, Any]:
        """Return each list's mode and entries by its zone."""
        return dict(self._port.call("GET", "/lists"))
