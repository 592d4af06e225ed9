"""Whether the world is sent to the name servers that hold a zone, as the parent's own servers say."""

from collections.abc import Sequence

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode

from boringmail.checks import wire
from boringmail.checks.authority import Exchange
from boringmail.checks.result import Check, Status

# Of the parent's servers, no more than these: where port 53 is closed the run has to end within seconds.
MAX_PARENTS_TRIED = 3


class NobodyAnsweredError(Exception):
    """Neither the parent's servers nor the resolvers gave an answer."""


def check_delegation(
    zone: str, nameservers: Sequence[str], exchange: Exchange, resolvers: Sequence[str]
) -> Check:
    """The parent's NS records for a zone have to be these name servers, all or some of them.

    `resolvers` (addresses) find the parent's servers, and are asked themselves when the network lets no
    other be reached.
    """
    title, expected = f"delegation of {zone}", ", ".join(sorted(plain(name) for name in nameservers))
    try:
        found = find_delegation(dns.name.from_text(zone), exchange, resolvers)
    except NobodyAnsweredError as error:
        hint = "see that this machine reaches DNS, or set preflight_resolvers to servers that it reaches"
        return Check(title, Status.TEMPERROR, expected, str(error), hint)
    shown = ", ".join(found) or "not delegated"
    if found and set(found) <= {plain(name) for name in nameservers}:
        return Check(title, Status.PASS, expected, shown)
    records = "".join(f"\n{plain(zone)}. NS {plain(name)}." for name in sorted(nameservers))
    hint = f"at the registrar, or in the parent zone, let {plain(zone)} have these name servers:{records}"
    return Check(title, Status.FAIL, expected, shown, hint)


def plain(name: str) -> str:
    """A name in lower case without the final dot."""
    return name.lower().rstrip(".")


def find_delegation(zone: dns.name.Name, exchange: Exchange, resolvers: Sequence[str]) -> list[str]:
    """The names to which the parent delegates a zone; none when it does not.

    Errors: `NobodyAnsweredError`.
    """
    for parent_server in parent_servers(zone, exchange, resolvers)[:MAX_PARENTS_TRIED]:
        reply = ask(zone, "NS", exchange, parent_server, recursion=False)
        if reply is not None:
            # A referral is in the authority section; a server that holds the child too answers itself.
            return [plain(str(name)) for name in wire.names([*reply.answer, *reply.authority], zone)]
    for resolver in resolvers:
        reply = ask(zone, "NS", exchange, resolver, recursion=True)
        if reply is not None:
            return [plain(str(name)) for name in wire.names(reply.answer, zone)]
    raise NobodyAnsweredError("neither the parent's servers nor a resolver answers")


def parent_servers(zone: dns.name.Name, exchange: Exchange, resolvers: Sequence[str]) -> list[str]:
    """Addresses of the servers of the zone above, which need not be one label up."""
    above = zone
    while above != dns.name.root:
        above = above.parent()
        targets = recurse(above, "NS", exchange, resolvers)
        if targets:
            names = wire.names(targets[0].answer, above)
            return [address for name in names for address in addresses(name, exchange, resolvers)]
    return []


def addresses(name: dns.name.Name, exchange: Exchange, resolvers: Sequence[str]) -> list[str]:
    """IPv4 addresses of a name."""
    replies = recurse(name, "A", exchange, resolvers)
    return list(wire.values(replies[0], name, "A")) if replies else []


def recurse(
    name: dns.name.Name, rdtype: str, exchange: Exchange, resolvers: Sequence[str]
) -> list[dns.message.Message]:
    """The first resolver's reply that answers the question, as a list of one or none."""
    for resolver in resolvers:
        reply = ask(name, rdtype, exchange, resolver, recursion=True)
        if reply is not None:
            return [reply] if wire.values(reply, name, rdtype) else []
    return []


def ask(
    name: dns.name.Name, rdtype: str, exchange: Exchange, server: str, *, recursion: bool
) -> dns.message.Message | None:
    """One server's reply when it says something about the name, even that it does not exist."""
    query = dns.message.make_query(name, rdtype, use_edns=0, payload=1232)
    if not recursion:
        query.flags &= ~dns.flags.RD
    try:
        reply = exchange(query, server)
    except (dns.exception.DNSException, OSError):
        return None
    return reply if reply.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN} else None
