"""What runs on the service hosts: each service's name, its unit, and where it answers."""

from dataclasses import dataclass

from lab import layout
from lab.layout import Host


@dataclass(frozen=True)
class Service:
    """One systemd unit on a service host; its `name` is `<host>/<what it is>`, as no test host's can be."""

    name: str
    host: Host
    unit: str
    addresses: tuple[str, ...]


SERVICES = (
    Service("internet/dns", layout.INTERNET, "lab-knot", layout.AUTHORITIES),
    Service("internet/resolver", layout.INTERNET, "lab-unbound", (layout.RESOLVER,)),
    Service("internet/provider", layout.INTERNET, "lab-provider", (layout.PROVIDER, layout.STRICT_PROVIDER)),
    Service("internet/acme", layout.INTERNET, "lab-acme", (f"{layout.DEPOT}:14000",)),
    Service("internet/lists", layout.INTERNET, "lab-lists", (layout.LISTS,)),
    Service("internet/signatures", layout.INTERNET, "lab-signatures", (f"{layout.DEPOT}:8080",)),
    Service("app/app", layout.APP_SERVER, "lab-app", layout.APP_SERVER.addresses),
)


def on(host: Host) -> tuple[Service, ...]:
    """Return a host's services."""
    return tuple(service for service in SERVICES if service.host == host)


def find(name: str) -> Service | None:
    """Return the service of that name."""
    return next((service for service in SERVICES if service.name == name), None)
