"""The lab's DNS as text: which zones there are for a snapshot, and what stands in each. Pure; no I/O.

The root is the lab's own: it delegates the hosted zones, the reverse zones and the few zones of the lab's
Internet directly, and holds the addresses of their name servers.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from lab.layout import (
    APP,
    AUTHORITIES,
    CONTROLLER,
    DEPOT,
    ELASTIC_IPS,
    LISTS,
    PROVIDER,
    PUBLIC_GATEWAY,
    REGION,
    RESOLVER,
    STRICT_PROVIDER,
)
from lab.plane.state import Snapshot, Zone

ROOT_SERVERS: Final = tuple(zip(("a.root-servers.net.", "b.root-servers.net."), AUTHORITIES, strict=True))
PUBLIC_REVERSE: Final = "113.0.203.in-addr.arpa."
PRIVATE_REVERSE: Final = "20.10.in-addr.arpa."
PROVIDERS: Final = {"mailbox.example.": PROVIDER, "bigmail.example.": STRICT_PROVIDER}
DKIM_SELECTOR: Final = "s1"
LAB_DOMAIN: Final = "lab.example."
STATIC_ZONES: Final = (*PROVIDERS, LAB_DOMAIN, PUBLIC_REVERSE, PRIVATE_REVERSE)

_SOA: Final = "a.root-servers.net. hostmaster.lab.example. {serial} 1800 900 604800 {negative}"
# How long "there is no such name" may be kept; short, for records appear while a run waits for them.
_NEGATIVE_SECONDS: Final = 5
_TTL_SECONDS: Final = 300
_LAB_HOSTS: Final = {
    "gateway": PUBLIC_GATEWAY,
    "resolver": RESOLVER,
    "controller": CONTROLLER,
    "acme": DEPOT,
    "lists": LISTS,
}
# Second names of addresses: their PTR says the first.
_LAB_ALIASES: Final = {"signatures": DEPOT}
# Zones of a DNS list server of their own: delegated by the root, unsigned as the lists of the world are.
LIST_ZONES: Final = ("zen.lists.example.", "bl.lists.example.")
_LIST_SERVER: Final = f"lists.{LAB_DOMAIN}"


@dataclass(frozen=True)
class ZoneText:
    """A zone file but for its serial: `text` has `{serial}` where the serial belongs."""

    name: str
    text: str


def all_zones(snapshot: Snapshot, dkim_keys: Mapping[str, str]) -> tuple[ZoneText, ...]:
    """Return every zone that the name servers serve, the root first.

    `dkim_keys` holds the public key of each of PROVIDERS, as a DKIM record's `p=`.
    """
    # A zone that is not delegated is not served at all: the root's servers are the zones' servers too, and
    # would give out what the root denies. Of two zones of one name, the world sees the older one.
    hosted = {zone.name: zone for zone in reversed(snapshot.zones) if zone.delegated}
    static = {
        **{zone: _provider(zone, address, dkim_keys[zone]) for zone, address in PROVIDERS.items()},
        LAB_DOMAIN: [f"{name} A {address}" for name, address in (_LAB_HOSTS | _LAB_ALIASES).items()],
        PUBLIC_REVERSE: list(_public_reverse(snapshot)),
        PRIVATE_REVERSE: list(_private_reverse(snapshot)),
    }
    texts = [_with_apex(".", _root(snapshot, hosted.values()))]
    texts += [_with_apex(name, lines) for name, lines in static.items() if name not in hosted]
    texts += [_hosted(zone) for zone in hosted.values()]
    return tuple(texts)


def default_ptr(address: str) -> str:
    """Return the name that AWS gives to a public address (absolute)."""
    return f"ec2-{address.replace('.', '-')}.{REGION}.compute.amazonaws.com."


def _with_apex(name: str, lines: list[str]) -> ZoneText:
    servers = [f"@ NS {server}" for server, _ in ROOT_SERVERS]
    return _zone_text(name, _SOA.replace("{negative}", str(_NEGATIVE_SECONDS)), [*servers, *lines])


def _zone_text(name: str, soa: str, lines: list[str]) -> ZoneText:
    head = [f"$ORIGIN {name}", f"$TTL {_TTL_SECONDS}", f"@ SOA {soa}"]
    return ZoneText(name, "\n".join([*head, *lines, ""]))


def _root(snapshot: Snapshot, hosted: Collection[Zone]) -> list[str]:
    lines = [f"{server} A {address}" for server, address in ROOT_SERVERS]
    lines += [f"{name} NS {server}" for name in STATIC_ZONES for server, _ in ROOT_SERVERS]
    lines += [f"{name} NS {_LIST_SERVER}" for name in LIST_ZONES]
    lines.append(f"{_LIST_SERVER} A {LISTS}")
    children = [zone for zone in hosted if not _has_parent(zone, hosted)]
    lines += [f"{zone.name} NS {server}" for zone in children for server in zone.nameservers]
    servers = sorted({server for zone in hosted for server in zone.nameservers})
    lines += [f"{server} A {AUTHORITIES[index % len(AUTHORITIES)]}" for index, server in enumerate(servers)]
    lines += [f"{default_ptr(address.public_ip)} A {address.public_ip}" for address in snapshot.elastic_ips]
    return lines


def _has_parent(zone: Zone, hosted: Collection[Zone]) -> bool:
    """Tell whether another hosted zone is above this one, and so is the place of its delegation."""
    return any(zone.name.endswith(f".{other.name}") for other in hosted)


def _provider(zone: str, address: str, dkim_key: str) -> list[str]:
    domain = zone.rstrip(".")
    half = len(dkim_key) // 2  # a string in a TXT record holds 255 octets
    return [
        f"@ A {address}",
        "@ MX 10 mail",
        f'@ TXT "v=spf1 a:mail.{domain} -all"',
        f"mail A {address}",
        'mail TXT "v=spf1 a -all"',
        f'_dmarc TXT "v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"',
        f'{DKIM_SELECTOR}._domainkey TXT "v=DKIM1; k=rsa; p={dkim_key[:half]}" "{dkim_key[half:]}"',
    ]


def _public_reverse(snapshot: Snapshot) -> Iterator[str]:
    names = {address: f"{name}.{LAB_DOMAIN}" for name, address in _LAB_HOSTS.items()}
    names |= {address: server for server, address in ROOT_SERVERS}
    names |= {address: f"mail.{zone}" for zone, address in PROVIDERS.items()}
    names |= {address: default_ptr(address) for address in ELASTIC_IPS}
    names |= {address.public_ip: address.ptr for address in snapshot.elastic_ips if address.ptr}
    for address, name in names.items():
        yield f"{address.rpartition('.')[2]} PTR {name}"


def _private_reverse(snapshot: Snapshot) -> Iterator[str]:
    addresses = {APP} | {
        item.private_ip for item in snapshot.instances if item.state in {"pending", "running"}
    }
    for address in sorted(addresses):
        third, fourth = address.split(".")[2:]
        yield f"{fourth}.{third} PTR ip-{address.replace('.', '-')}.{REGION}.compute.internal."


def _hosted(zone: Zone) -> ZoneText:
    """Return a hosted zone; Route 53 keeps the SOA's serial at 1, name servers need one that grows."""
    soa = next((record.values[0] for record in zone.records if record.type == "SOA"), "")
    fields = soa.split() if soa else _SOA.replace("{negative}", str(_NEGATIVE_SECONDS)).split()
    fields[2] = "{serial}"
    # The answer to a name that is not there yet must not be kept for Route 53's day.
    fields[6] = str(_NEGATIVE_SECONDS)
    lines = [
        f"{record.name} {record.ttl} {record.type} {value}"
        for record in zone.records
        if record.type != "SOA"
        for value in record.values
    ]
    return _zone_text(zone.name, " ".join(fields), lines)
