"""DNS records in one plain text form, whether they come off the wire or out of an inventory."""

from collections.abc import Iterable, Sequence

import dns.message
import dns.name
import dns.query
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset
from dns.rdtypes.ANY.TXT import TXT

QUERY_SECONDS = 1.5
TRIES = 2


def text(record: dns.rdata.Rdata) -> str:
    """A record's value: names in lower case without the last dot, a TXT record as the one string it means.

    The strings of a TXT record are joined without a blank (RFC 7208 3.3).
    """
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "backslashreplace")
    return " ".join(word.rstrip(".") for word in record.to_text().lower().split())


def normal(rdtype: str, value: str) -> str:
    """A value as an inventory or zone file states it, in the same form as `text`.

    A TXT value without quotes is taken as the string itself. Raises `dns.exception.DNSException` on nonsense.
    """
    if rdtype == "TXT" and not value.startswith('"'):
        return value
    return text(dns.rdata.from_text(dns.rdataclass.IN, rdtype, value, origin=dns.name.root))


def values(reply: dns.message.Message, qname: dns.name.Name, rdtype: str) -> tuple[str, ...]:
    """The sorted values that a reply's answer section holds for a name and type."""
    wanted = dns.rdatatype.from_text(rdtype)
    found = (rrset for rrset in reply.answer if rrset.name == qname and rrset.rdtype == wanted)
    return tuple(sorted(text(record) for rrset in found for record in rrset))


def names(section: Iterable[dns.rrset.RRset], zone: dns.name.Name) -> list[dns.name.Name]:
    """The sorted names of the servers that a section's NS records give a zone."""
    found = (rrset for rrset in section if rrset.rdtype == dns.rdatatype.NS and rrset.name == zone)
    return sorted(record.target for rrset in found for record in rrset)


def glue(reply: dns.message.Message, targets: Sequence[dns.name.Name]) -> tuple[str, ...]:
    """The IPv4 addresses that came along with a referral."""
    found = (rrset for rrset in reply.additional if rrset.rdtype == dns.rdatatype.A and rrset.name in targets)
    return tuple(sorted(record.address for rrset in found for record in rrset))


def system_resolvers() -> list[str]:
    """The addresses of this machine's resolvers, from /etc/resolv.conf."""
    return [str(server) for server in dns.resolver.get_default_resolver().nameservers]


def udp(query: dns.message.Message, server: str, *, port: int = 53) -> dns.message.Message:
    """Send a query for real: by UDP, by TCP when the answer is cut off, and once more when it is lost."""
    for left in reversed(range(TRIES)):
        try:
            return dns.query.udp_with_fallback(query, server, timeout=QUERY_SECONDS, port=port)[0]
        except dns.exception.Timeout:
            if not left:
                raise
    raise AssertionError
