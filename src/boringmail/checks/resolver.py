"""The resolver that the host itself uses: it has to be its own, and to validate.

A resolver elsewhere gets errors from block lists (127.255.255.254) and takes DANE its guarantee (TLS_README).
"""

import ipaddress
from collections.abc import Sequence
from functools import partial

import dns.flags

from boringmail.checks import repairs
from boringmail.checks.authority import Exchange, UnansweredError
from boringmail.checks.causes import Key
from boringmail.checks.recursive import Recursive
from boringmail.checks.result import Check, Status


def check_resolver(title: str, servers: Sequence[str], exchange: Exchange) -> Check:
    """`servers` are those of /etc/resolv.conf; each has to be on this host, answer, and validate the root."""
    expected = "a resolver on this host that answers and validates (AD for the root)"
    told = partial(Check, name=title, key=Key.RESOLVER, expected=expected)
    faults = [fault for server in servers if (fault := _fault(server, exchange))]
    if servers and not faults:
        return told(status=Status.PASS, found=f"{', '.join(servers)} answers and validates")
    found = "; ".join(faults) or "/etc/resolv.conf names no server"
    hint = "start unbound again; if that does not help, on the host:\njournalctl -u unbound"
    repair = repairs.on_host("systemctl restart unbound")
    return told(status=Status.FAIL, found=found, hint=hint, repair=repair)


def _fault(server: str, exchange: Exchange) -> str:
    if not ipaddress.ip_address(server).is_loopback:
        return f"{server} in /etc/resolv.conf is not on this host"
    try:
        reply = Recursive(exchange, server).query(".", "SOA")
    except UnansweredError as error:
        return str(error)
    return "" if reply.flags & dns.flags.AD else f"{server} does not validate: no AD for the root"
