"""A scripted network of name servers: each address serves zones written as zone-file text."""

from collections.abc import Mapping

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.zone

ROOT, COM, HOST_A, HOST_B, RECURSIVE = "192.0.2.1", "192.0.2.2", "192.0.2.53", "192.0.2.54", "192.0.2.8"

ROOT_ZONE = """
@ 60 IN SOA a. b. 1 1 1 1 1
@ 60 IN NS root.net.
com. 60 IN NS ns.com.
ns.com. 60 IN A 192.0.2.2
arpa. 60 IN NS ns.com.
"""
COM_ZONE = """
@ 60 IN SOA a. b. 1 1 1 1 1
@ 60 IN NS ns.com.
example 60 IN NS ns1.dns.net.
example 60 IN NS ns2.dns.net.
"""
EXAMPLE_ZONE = """
@ 60 IN SOA a. b. 1 1 1 1 1
@ 60 IN NS ns1.dns.net.
mx1.desk 300 IN A 203.0.113.100
mx1.desk 300 IN TXT "v=spf1 ip4:203.0." "113.100 -all"
mx1.desk 300 IN TXT "google-site-verification=x"
*.desk 300 IN MX 10 MX1.desk.example.com.
*.desk 300 IN TXT "v=spf1 -all"
alias.desk 300 IN CNAME mx1.desk
"""
ARPA_ZONE = """
@ 60 IN SOA a. b. 1 1 1 1 1
100.113.0.203.in-addr 60 IN CNAME 100.sub.113.0.203.in-addr.arpa.
100.sub.113.0.203.in-addr 60 IN PTR mx1.desk.example.com.
"""
ADDRESSES = {"root.net.": [ROOT], "ns1.dns.net.": [HOST_A], "ns2.dns.net.": [HOST_B], "ns.com.": [COM]}


def world() -> dict[str, dict[str, str]]:
    """Which address serves which zones; a test changes it before use."""
    return {
        ROOT: {".": ROOT_ZONE},
        COM: {"com.": COM_ZONE, "arpa.": ARPA_ZONE},
        HOST_A: {"example.com.": EXAMPLE_ZONE},
        HOST_B: {"example.com.": EXAMPLE_ZONE},
    }


class Network:
    """Answers queries as such servers would; notes each (server, name, type) in `asked`."""

    def __init__(self, servers: Mapping[str, Mapping[str, str]]) -> None:
        self.asked: list[tuple[str, str, str]] = []
        self.silent: set[str] = set()
        self.refusing: set[str] = set()
        self.lame: set[str] = set()
        self._zones = {
            address: [
                dns.zone.from_text(text, origin, relativize=False, check_origin=False)
                for origin, text in zones.items()
            ]
            for address, zones in servers.items()
        }

    def exchange(self, query: dns.message.Message, server: str) -> dns.message.Message:
        question = query.question[0]
        self.asked.append((server, str(question.name), dns.rdatatype.to_text(question.rdtype)))
        if server in self.silent:
            raise dns.exception.Timeout
        reply = dns.message.make_response(query)
        if server in self.refusing:
            reply.set_rcode(dns.rcode.REFUSED)
        elif server == RECURSIVE:
            self._recurse(reply)
        else:
            assert not query.flags & dns.flags.RD
            answer_from(self._zones[server], reply)
            reply.flags &= ~dns.flags.AA if server in self.lame else ~0
        return dns.message.from_wire(reply.to_wire())

    def _recurse(self, reply: dns.message.Message) -> None:
        question = reply.question[0]
        if question.rdtype == dns.rdatatype.NS:
            values = ["root.net."]
        else:
            values = ADDRESSES.get(str(question.name), [])
        if values:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *values))


def answer_from(zones: list[dns.zone.Zone], reply: dns.message.Message) -> None:
    """What an authoritative server does with a question (RFC 1034 4.3.2), as far as these tests need it."""
    question = reply.question[0]
    zone = next((zone for zone in zones if question.name.is_subdomain(zone.origin)), None)
    if zone is None:
        reply.set_rcode(dns.rcode.REFUSED)
        return
    for cut in [
        name for name in ancestors(question.name) if name != zone.origin and len(name) > len(zone.origin)
    ]:
        referral = zone.get_rrset(cut, "NS")
        if referral:
            reply.authority.append(referral)
            glue = [
                zone.get_rrset(record.target, "A")
                for record in referral
                if record.target.is_subdomain(zone.origin)
            ]
            reply.additional += [rrset for rrset in glue if rrset]
            return
    reply.flags |= dns.flags.AA
    owner = question.name if exists(zone, question.name) else wildcard(zone, question.name)
    if not exists(zone, owner):
        reply.set_rcode(dns.rcode.NXDOMAIN)
        return
    for rdtype in {question.rdtype, dns.rdatatype.CNAME}:
        rdataset = zone.get_rdataset(owner, rdtype) if zone.get_node(owner) else None
        if rdataset:
            reply.answer.append(dns.rrset.from_rdata_list(question.name, rdataset.ttl, list(rdataset)))


def exists(zone: dns.zone.Zone, name: dns.name.Name) -> bool:
    """A name exists with the names below it too (RFC 4592 2.2.2)."""
    return any(node.is_subdomain(name) for node in zone.nodes)


def wildcard(zone: dns.zone.Zone, name: dns.name.Name) -> dns.name.Name:
    """The one wildcard that may answer: below the closest name that exists (RFC 4592 3.3.1)."""
    encloser = name.parent()
    while not exists(zone, encloser):
        encloser = encloser.parent()
    return dns.name.Name((b"*", *encloser.labels))


def ancestors(name: dns.name.Name) -> list[dns.name.Name]:
    return [dns.name.Name(name.labels[start:]) for start in range(len(name.labels))][::-1]
