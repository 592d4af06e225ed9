"""Asks a resolver that follows delegations itself, as programs on the mail host do."""

from dataclasses import dataclass

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype

from boringmail.checks import wire
from boringmail.checks.authority import Exchange, UnansweredError


@dataclass(frozen=True)
class Recursive:
    """One resolver, by its address. `exchange` sends a query and may be called by several threads."""

    exchange: Exchange
    server: str

    def query(self, name: str, rdtype: str) -> dns.message.Message:
        """The whole answer, NXDOMAIN among them. Raises `UnansweredError` for silence and errors."""
        query = dns.message.make_query(name, rdtype, use_edns=0, payload=1232, want_dnssec=True)
        query.flags |= dns.flags.AD
        try:
            reply = self.exchange(query, self.server)
        except (dns.exception.DNSException, OSError) as error:
            words = str(error) or type(error).__name__
            raise UnansweredError(f"{name} {rdtype}: {self.server}: {words}") from None
        if reply.rcode() not in {dns.rcode.NOERROR, dns.rcode.NXDOMAIN}:
            words = dns.rcode.to_text(reply.rcode())
            raise UnansweredError(f"{name} {rdtype}: {self.server}: {words}")
        return reply

    def ask(self, name: str, rdtype: str) -> tuple[str, ...]:
        """The values, aliases followed; none when there is no such record. Raises `UnansweredError`."""
        wanted = dns.rdatatype.from_text(rdtype)
        found = (rrset for rrset in self.query(name, rdtype).answer if rrset.rdtype == wanted)
        return tuple(sorted(wire.text(record) for rrset in found for record in rrset))
