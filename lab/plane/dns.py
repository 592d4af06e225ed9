"""Make the name servers serve what a snapshot wants: write zone files, have Knot load them, wait for it.

Knot runs in the container of the lab's Internet and reads the zones directory. While that container does not
run the files are written all the same; Knot reads them when it starts.
"""

import time
from pathlib import Path
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rdatatype

from lab import layout, paths
from lab.containers import execute, listing
from lab.plane import signingkeys, trustanchor, zones
from lab.plane.state import Snapshot
from lab.plane.zones import ZoneText

_RELOAD: Final = "/usr/local/sbin/lab-dns-reload"
_SERVED_WITHIN_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.02


class NotServedError(Exception):
    """Knot did not load a zone in time."""


class ZoneDirectory:
    """The zone files that Knot reads, each with a serial that only grows."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._written: dict[str, str] = {}
        self._last_serial = 0

    def write(self, texts: tuple[ZoneText, ...]) -> dict[str, int]:
        """Write what has changed since the last call; return the new serial of each changed zone by name."""
        changed = [zone for zone in texts if self._written.get(zone.name) != zone.text]
        gone = self._written.keys() - {zone.name for zone in texts}
        if not changed and not gone:
            return {}
        self._last_serial = max(self._last_serial + 1, int(time.time()))
        self.directory.mkdir(parents=True, exist_ok=True)
        for zone in changed:
            text = zone.text.replace("{serial}", str(self._last_serial))
            _replace(self.directory / f"{_stem(zone.name)}.zone", text)
        _replace(self.directory / "zones.conf", _configuration(texts))
        self._written = {zone.name: zone.text for zone in texts}
        return {zone.name: self._last_serial for zone in changed}

    def forget(self) -> None:
        """Write everything at the next call, as nobody knows whether the last one was loaded."""
        self._written = {}


_zone_directory = ZoneDirectory(paths.ZONES)


def apply_dns(snapshot: Snapshot) -> None:
    """Serve the snapshot's zones. Raises NotServedError or CommandError."""
    export_anchor()
    serials = _zone_directory.write(zones.all_zones(snapshot, signingkeys.public_keys(paths.ZONES)))
    name = layout.INTERNET.namespace
    if not serials or listing().get(name) != "running":
        return
    try:
        execute(name, [_RELOAD], timeout=15)
        _wait_until_served(serials)
    except Exception:
        _zone_directory.forget()
        raise


def export_anchor() -> None:
    """Write the trust anchor and the root hints to the zones directory and, for inventories, to `.lab`."""
    paths.ZONES.mkdir(parents=True, exist_ok=True)
    dnskey, ds = trustanchor.anchor_texts(trustanchor.ensure_key(paths.ZONES / "root.pem"))
    files = {
        paths.ZONES / "root.key": dnskey,
        paths.ZONES / "root.hints": trustanchor.hints_text(),
        paths.STATE / "root.key": dnskey,
        paths.STATE / "root.ds": ds,
        paths.STATE / "root.hints": trustanchor.hints_text(),
    }
    for path, text in files.items():
        if not path.exists() or path.read_text() != text:
            _replace(path, text)


def wait_for_resolver(timeout_seconds: float = 10.0) -> None:
    """Wait until the public resolver validates the root. Raises NotServedError."""
    deadline = time.monotonic() + timeout_seconds
    query = dns.message.make_query(".", dns.rdatatype.SOA, want_dnssec=True)
    while time.monotonic() < deadline:
        try:
            answer = dns.query.udp(query, layout.RESOLVER, timeout=1)
        except (dns.exception.DNSException, OSError):
            time.sleep(_POLL_SECONDS)
            continue
        if answer.flags & dns.flags.AD:
            return
        time.sleep(_POLL_SECONDS)
    raise NotServedError(f"the resolver {layout.RESOLVER} does not validate the root; see its journal")


def _wait_until_served(serials: dict[str, int]) -> None:
    deadline = time.monotonic() + _SERVED_WITHIN_SECONDS
    # Knot numbers the signed root by itself: the other zones tell whether it has read what is new.
    waiting = {name: serial for name, serial in serials.items() if name != "."}
    while waiting:
        waiting = {name: serial for name, serial in waiting.items() if _served_serial(name) < serial}
        if waiting and time.monotonic() > deadline:
            raise NotServedError(f"Knot does not serve {', '.join(waiting)} as of now; see its journal")
        if waiting:
            time.sleep(_POLL_SECONDS)


def _served_serial(name: str) -> int:
    query = dns.message.make_query(name, dns.rdatatype.SOA)
    try:
        answer = dns.query.udp(query, layout.AUTHORITIES[0], timeout=1)
    except (dns.exception.DNSException, OSError):
        return 0
    soa = [item for rrset in answer.answer if rrset.rdtype == dns.rdatatype.SOA for item in rrset]
    return int(soa[0].serial) if soa else 0


def _configuration(texts: tuple[ZoneText, ...]) -> str:
    lines = ["zone:"]
    for zone in texts:
        template = "signed-root" if zone.name == "." else "default"
        lines += [
            f"  - domain: {zone.name}",
            f"    template: {template}",
            f"    file: {_stem(zone.name)}.zone",
        ]
    return "\n".join([*lines, ""])


def _stem(name: str) -> str:
    return name.rstrip(".").replace("/", "_") or "root"


def _replace(path: Path, text: str) -> None:
    """Write a file so that a reader sees the old text or the new one, never half."""
    new = path.with_name(f"{path.name}.new")
    new.write_text(text)
    new.rename(path)
