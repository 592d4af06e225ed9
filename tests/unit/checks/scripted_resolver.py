"""A resolver that knows what a test tells it; everything else does not exist."""

from collections.abc import Mapping, Sequence

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from boringmail.checks.recursive import Recursive

SILENT, SERVFAIL = "silent", "servfail"
LOOPBACK = "127.0.0.1"


class Resolver:
    """`answers` maps "name TYPE" to values, or to `SILENT` or `SERVFAIL`."""

    def __init__(self, answers: Mapping[str, Sequence[str] | str], *, validates: bool = True) -> None:
        self._answers = answers
        self._validates = validates
        self.asked: list[str] = []

    def exchange(self, query: dns.message.Message, _server: str) -> dns.message.Message:
        assert query.flags & dns.flags.RD
        question = query.question[0]
        name = f"{question.name.to_text(omit_final_dot=True)} {dns.rdatatype.to_text(question.rdtype)}"
        self.asked.append(name)
        values = self._answers.get(name)
        if values == SILENT:
            raise dns.exception.Timeout
        reply = dns.message.make_response(query, recursion_available=True)
        if values == SERVFAIL:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif values is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *values))
        if self._validates:
            reply.flags |= dns.flags.AD
        return dns.message.from_wire(reply.to_wire())

    def recursive(self) -> Recursive:
        return Recursive(self.exchange, LOOPBACK)
