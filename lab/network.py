"""Cables: network namespaces and veth pairs, made and removed so that doing it twice does no harm.

Every host hangs on its own cable to the router. Its own end is `eth0` with its address and the subnet's mask;
the router's end has the gateway's address, a /32 route to the host and proxy ARP, so that traffic inside a
subnet passes the router too and security groups hold per instance, as on EC2.
"""

import json
from pathlib import Path

from lab import layout
from lab.layout import Host
from lab.shell import CommandError, in_namespace, run

NAMESPACES = Path("/run/netns")


def namespaces() -> list[str]:
    """Return the names of the lab's network namespaces, half-made ones included."""
    if not NAMESPACES.is_dir():
        return []
    return sorted(entry.name for entry in NAMESPACES.iterdir() if entry.name.startswith(layout.PREFIX))


def usable(namespace: str) -> bool:
    """Tell whether a namespace is there and can be entered (a kill half-way leaves a plain file)."""
    return run(in_namespace(namespace, ["true"]), check=False).returncode == 0


def add_namespace(namespace: str) -> bool:
    """Make a namespace with its loopback up, replacing a half-made one; tell whether it is new."""
    if namespace in namespaces():
        if usable(namespace):
            return False
        remove_namespace(namespace)
    run(["ip", "netns", "add", namespace])
    run(["ip", "-n", namespace, "link", "set", "lo", "up"])
    return True


def remove_namespace(namespace: str) -> None:
    """Remove a namespace, and with it the cables that end in it; what still runs there is killed first."""
    path = NAMESPACES / namespace
    if not path.exists():
        return
    for pid in run(["ip", "netns", "pids", namespace], check=False).stdout.split():
        run(["kill", "-9", pid], check=False)
    if run(["ip", "netns", "del", namespace], check=False).returncode != 0:
        run(["umount", "-l", str(path)], check=False)
        path.unlink(missing_ok=True)


def sysctl(namespace: str, settings: dict[str, str]) -> None:
    """Set kernel settings (`net/...` paths below /proc/sys) in a namespace."""
    script = "\n".join(f"echo {value} > /proc/sys/{key}" for key, value in settings.items())
    run(in_namespace(namespace, ["sh", "-ec", script]))


def interface_addresses(namespace: str, interface: str) -> list[str] | None:
    """Return the IPv4 addresses of an interface that is up, None where there is no such interface."""
    done = run(["ip", "-n", namespace, "-json", "-4", "addr", "show", "dev", interface, "up"], check=False)
    if done.returncode != 0:
        return None
    links = [link for link in json.loads(done.stdout or "[]") if link]
    return [entry["local"] for link in links for entry in link.get("addr_info", [])]


def attached(host: Host) -> bool:
    """Tell whether a host's cable is whole: both ends up, every address, every route."""
    if host.namespace not in namespaces():
        return False
    if interface_addresses(host.namespace, "eth0") != list(host.addresses):
        return False
    routes = run(["ip", "-n", layout.ROUTER, "route", "show", "dev", host.interface], check=False).stdout
    default = run(["ip", "-n", host.namespace, "route", "show", "default"], check=False).stdout
    return all(f"{address} " in routes for address in host.addresses) and host.gateway in default


def attach(host: Host) -> bool:
    """Make a host's namespace and its cable to the router; a whole cable is left alone.

    Tells whether the namespace is new: a container that runs already is then still in the one before.
    """
    if attached(host):
        return False
    new = add_namespace(host.namespace)
    run(["ip", "-n", layout.ROUTER, "link", "del", host.interface], check=False)
    run(["ip", "-n", host.namespace, "link", "del", "eth0"], check=False)
    run(["ip", "link", "add", "eth0", "netns", host.namespace, "type", "veth",
         "peer", "name", host.interface, "netns", layout.ROUTER])  # fmt: skip
    _batch(host.namespace, [
        *(f"addr add {address}/{host.prefix_length} dev eth0" for address in host.addresses),
        "link set eth0 up",
    ])  # fmt: skip
    _batch(layout.ROUTER, [
        f"addr add {host.gateway}/32 dev {host.interface}",
        f"link set {host.interface} up",
        *(f"route replace {address}/32 dev {host.interface}" for address in host.addresses),
    ])  # fmt: skip
    sysctl(layout.ROUTER, {
        f"net/ipv4/conf/{host.interface}/proxy_arp": "1",
        f"net/ipv4/neigh/{host.interface}/proxy_delay": "0",
        f"net/ipv4/conf/{host.interface}/rp_filter": "1",
    })  # fmt: skip
    _batch(host.namespace, [f"route replace default via {host.gateway} dev eth0 onlink"])
    return new


def detach(name: str) -> None:
    """Remove the namespace and cable of the host of that name."""
    remove_namespace(layout.PREFIX + name)
    run(["ip", "-n", layout.ROUTER, "link", "del", layout.interface_name(name)], check=False)


def _batch(namespace: str, lines: list[str]) -> None:
    """Run several `ip` commands in one process."""
    try:
        run(["ip", "-n", namespace, "-batch", "-"], stdin="\n".join(lines) + "\n")
    except CommandError as error:
        raise CommandError(f"{error} (lines: {lines})") from error
