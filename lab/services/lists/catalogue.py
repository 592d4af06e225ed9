"""What the lists say: addresses with codes and a text, and the way in which each list shall fail."""

from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Any, Final

import dns.name

CODES: Final = IPv4Network("127.0.0.0/8")
# Every list names the first, for testing, and never the second (RFC 5782 5).
LISTED_TEST_POINT: Final = IPv4Address("127.0.0.2")
UNLISTED_TEST_POINT: Final = IPv4Address("127.0.0.1")
TEST_CODES: Final = ("127.0.0.2", "127.0.0.4", "127.0.0.10")


class Mode(StrEnum):
    """How a list answers: as it should; an error code to everything; SERVFAIL; not at all."""

    NORMAL = "normal"
    ERROR = "error"
    SERVFAIL = "servfail"
    SILENT = "silent"


@dataclass(frozen=True)
class Entry:
    """Why an address is listed: codes in 127.0.0.0/8, and a text for people."""

    codes: tuple[str, ...]
    text: str


@dataclass
class ListZone:
    """One list: its zone and its entries, test point included."""

    name: dns.name.Name
    mode: Mode = Mode.NORMAL
    entries: dict[IPv4Address, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Start empty."""
        self.reset()

    def reset(self) -> None:
        """Forget every order."""
        self.mode = Mode.NORMAL
        self.entries = {LISTED_TEST_POINT: Entry(TEST_CODES, "test point (RFC 5782 5)")}

    def public(self) -> dict[str, Any]:
        """Return the list as a JSON document."""
        return {
            "mode": self.mode.value,
            "entries": {
                str(address): {"codes": list(entry.codes), "text": entry.text}
                for address, entry in self.entries.items()
            },
        }


class Catalogue:
    """The lists by name; KeyError for one that is not there."""

    def __init__(self, names: list[str]) -> None:
        self._zones = {name: ListZone(dns.name.from_text(name)) for name in names}

    def zones(self) -> dict[str, ListZone]:
        """Return all lists."""
        return self._zones

    def zone(self, name: str) -> ListZone:
        """Return one list."""
        return self._zones[name.rstrip(".").lower()]

    def holding(self, name: dns.name.Name) -> ListZone | None:
        """Return the list to which a name belongs."""
        return next((zone for zone in self._zones.values() if name.is_subdomain(zone.name)), None)


def entry_of(address: IPv4Address, order: dict[str, Any]) -> Entry:
    """Read an order to list `address`: `code` (one or a list) and `text`; ValueError for a bad one."""
    if address == UNLISTED_TEST_POINT:
        raise ValueError(f"no list may list {address} (RFC 5782 5)")
    given = order.get("code", "127.0.0.2")
    codes = (given,) if isinstance(given, str) else tuple(given)
    if not codes or not all(IPv4Address(code) in CODES for code in codes):
        raise ValueError(f"{codes}: codes are addresses in {CODES}")
    return Entry(codes, str(order.get("text", f"https://lists.example/query/ip/{address}")))
