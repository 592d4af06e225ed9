"""Asks the servers that are authoritative for a name, found by walking the delegation from the root.

A cache would show what was true an hour ago. The network is one function (`Exchange`), which tests script.
Errors: `UnansweredError` when no server gave an answer worth the name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype

from boringmail.checks import wire

Exchange = Callable[[dns.message.Message, str], dns.message.Message]

# RFC 1034 5.3.3 asks for a bound on the work; the deepest real chains have about six steps.
MAX_STEPS = 16
# Of a zone's servers on the way, no more than these: where port 53 is closed the run has to end.
MAX_TRIED = 3


class UnansweredError(Exception):
    """No server answered, or only with errors; the text says which and how."""


@dataclass(frozen=True)
class Answer:
    """What one server says about a name. `values` are in the plain form of `wire.text`."""

    server: str
    values: tuple[str, ...]
    cname: str | None = None
    exists: bool = True


@dataclass
class Authority:
    """A walker with the memory of one run: answers, zones already found and servers that do not answer.

    `recursive` (addresses) serve to find the root and the addresses of servers without glue. When
    `authoritative` (addresses) is given, those are asked and nothing is walked.
    """

    exchange: Exchange
    recursive: Sequence[str]
    authoritative: Sequence[str] = ()
    _zones: dict[dns.name.Name, tuple[str, ...]] = field(default_factory=dict)
    _silent: dict[str, str] = field(default_factory=dict)
    _refusals: dict[str, str] = field(default_factory=dict)
    _known: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)

    def ask_all(self, name: str, rdtype: str) -> list[Answer]:
        """The answer of each authoritative server that answers; `UnansweredError` when none does."""
        if (name, rdtype) not in self._known:
            self._known[name, rdtype] = self._ask_all(name, rdtype)
        return self._known[name, rdtype]

    def _ask_all(self, name: str, rdtype: str) -> list[Answer]:
        qname = dns.name.from_text(name)
        servers = tuple(self.authoritative) or self._find_servers(qname)
        answers = []
        for server, reply in self._replies(qname, rdtype, servers):
            if reply.flags & dns.flags.AA:
                answers.append(wire_answer(reply, server, qname, rdtype))
            else:  # a lame delegation, or a cache that was named as authoritative
                self._refusals[server] = "not authoritative"
        if not answers:
            raise UnansweredError(self._complaint(name, servers))
        return answers

    def ask(self, name: str, rdtype: str) -> Answer:
        """One server's answer, with CNAMEs followed (RFC 2317 delegates PTR records that way)."""
        seen = name
        for _ in range(MAX_STEPS):
            answer = self.ask_all(seen, rdtype)[0]
            if answer.cname is None or answer.values:
                return answer
            seen = answer.cname
        raise UnansweredError(f"{name}: CNAMEs without end")

    def _find_servers(self, qname: dns.name.Name) -> tuple[str, ...]:
        zone, servers = self._nearest_known(qname)
        for _ in range(MAX_STEPS):
            for _, reply in self._replies(qname, "A", servers[:MAX_TRIED]):
                cut = delegation(reply, zone, qname)
                if cut is not None or reply.flags & dns.flags.AA:
                    break
            else:
                raise UnansweredError(self._complaint(f"zone {zone}", servers[:MAX_TRIED]))
            if cut is None:
                return servers
            zone, servers = cut, self._addresses(reply, cut)
            self._zones[zone] = servers
        raise UnansweredError(f"{qname}: delegations without end")

    def _nearest_known(self, qname: dns.name.Name) -> tuple[dns.name.Name, tuple[str, ...]]:
        if dns.name.root not in self._zones:
            reply = self._recurse(dns.name.root, "NS")
            self._zones[dns.name.root] = self._lookup_addresses(wire.names(reply.answer, dns.name.root))
        zone = max((zone for zone in self._zones if qname.is_subdomain(zone)), key=len)
        return zone, self._zones[zone]

    def _addresses(self, reply: dns.message.Message, zone: dns.name.Name) -> tuple[str, ...]:
        targets = wire.names(reply.authority, zone)
        glue = wire.glue(reply, targets)
        return glue or self._lookup_addresses(targets)

    def _lookup_addresses(self, targets: Iterable[dns.name.Name]) -> tuple[str, ...]:
        found: list[str] = []
        for target in targets:
            try:
                found += wire.values(self._recurse(target, "A"), target, "A")
            except UnansweredError:
                continue
        if not found:
            raise UnansweredError("no address is known for any of: " + ", ".join(map(str, targets)))
        return tuple(dict.fromkeys(found))

    def _recurse(self, qname: dns.name.Name, rdtype: str) -> dns.message.Message:
        for _, reply in self._replies(qname, rdtype, self.recursive, recursion=True):
            return reply
        raise UnansweredError(self._complaint(f"{qname} {rdtype}", self.recursive))

    def _replies(
        self, qname: dns.name.Name, rdtype: str, servers: Iterable[str], *, recursion: bool = False
    ) -> Iterator[tuple[str, dns.message.Message]]:
        """Replies worth the name. A server that was silent once is not asked again: the run has to end.

        For the same reason the servers after the first are asked at once, when more than the first is wanted.
        """
        query = dns.message.make_query(qname, rdtype, use_edns=0, payload=1232)
        if not recursion:
            query.flags &= ~dns.flags.RD
        asked = [server for server in servers if server not in self._silent]
        for server in asked[:1]:
            yield from self._reply(query, server)
        if others := asked[1:]:
            with ThreadPoolExecutor(len(others)) as pool:
                replies = list(pool.map(lambda server: list(self._reply(query, server)), others))
            yield from chain.from_iterable(replies)

    def _reply(self, query: dns.message.Message, server: str) -> Iterator[tuple[str, dns.message.Message]]:
        try:
            reply = self.exchange(query, server)
        except (dns.exception.DNSException, OSError) as error:
            self._silent[server] = str(error) or type(error).__name__
            return
        if reply.rcode() in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            yield server, reply
        else:
            self._refusals[server] = dns.rcode.to_text(reply.rcode())

    def _complaint(self, what: str, servers: Iterable[str]) -> str:
        said = {**self._refusals, **self._silent}
        return f"{what}: " + (
            "; ".join(f"{server}: {said.get(server, 'no answer')}" for server in servers) or "no servers"
        )


def delegation(reply: dns.message.Message, zone: dns.name.Name, qname: dns.name.Name) -> dns.name.Name | None:
    """The child zone a reply refers to (RFC 1034 4.3.2 step 3b), or None when the server itself answers."""
    if reply.answer or reply.flags & dns.flags.AA:
        return None
    for rrset in reply.authority:
        deeper = rrset.name.is_subdomain(zone) and rrset.name != zone
        if rrset.rdtype == dns.rdatatype.NS and deeper and qname.is_subdomain(rrset.name):
            return rrset.name
    return None


def wire_answer(reply: dns.message.Message, server: str, qname: dns.name.Name, rdtype: str) -> Answer:
    """A reply as an `Answer` about the very name that was asked."""
    return Answer(
        server=server,
        values=wire.values(reply, qname, rdtype),
        cname=next(iter(wire.values(reply, qname, "CNAME")), None),
        exists=reply.rcode() != dns.rcode.NXDOMAIN,
    )
