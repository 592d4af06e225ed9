"""What a receiver finds out about its client: PTR, SPF, DKIM.

The verdicts come from other people's code (pyspf, dkimpy), so that the lab cannot share our mistakes.
Every look-up goes through the resolver that is passed in.
"""

from dataclasses import dataclass

import dkim
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename
import spf

LOOKUP_SECONDS = 5.0


@dataclass(frozen=True)
class Verdict:
    """How one message's client and signatures were judged.

    `spf` is a result word of RFC 7208 2.6; `dkim` is "none", "pass" or "fail"; `ptr` is the confirmed name of
    the client address (RFC 8601 2.7.3, iprev), or None.
    """

    ptr: str | None
    iprev: str
    spf: str
    spf_explanation: str
    dkim: str
    dkim_domains: tuple[str, ...]


def resolver_at(address: str, port: int = 53) -> dns.resolver.Resolver:
    """Build a resolver that asks only `address`; it reads no resolv.conf."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [address]
    resolver.port = port
    resolver.lifetime = LOOKUP_SECONDS
    return resolver


class Judge:
    """Judges clients and messages by asking one resolver."""

    def __init__(self, resolver: dns.resolver.Resolver) -> None:
        self._resolver = resolver
        # pyspf keeps its look-up as a module global and has no parameter for it.
        spf.DNSLookup = self._spf_lookup

    def judge(self, *, client: str, helo: str, mail_from: str, raw: bytes) -> Verdict:
        """Judge one message; blocking, so call it from a thread."""
        iprev, ptr = self._iprev(client)
        result, explanation = spf.check2(i=client, s=mail_from, h=helo)
        dkim_result, domains = self._dkim(raw)
        return Verdict(ptr, iprev, result, explanation, dkim_result, domains)

    def _iprev(self, client: str) -> tuple[str, str | None]:
        """Forward-confirmed reverse DNS, as (result word of RFC 8601 2.7.3, name)."""
        try:
            names = [
                str(record.target)
                for record in self._resolver.resolve(dns.reversename.from_address(client), "PTR")
            ]
            for name in names:
                if client in {record.address for record in self._resolver.resolve(name, "A")}:
                    return "pass", name.rstrip(".")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return "fail", None
        except dns.exception.DNSException:
            return "temperror", None
        return "fail", None

    def _dkim(self, raw: bytes) -> tuple[str, tuple[str, ...]]:
        """Verify every DKIM signature; "pass" needs one that holds (RFC 6376 6.1)."""
        message = dkim.DKIM(raw)
        signatures = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
        passed: list[str] = []
        for index in range(len(signatures)):
            try:
                if message.verify(idx=index, dnsfunc=self._dkim_txt):
                    passed.append(message.domain.decode())
            except (dkim.DKIMException, dns.exception.DNSException):
                continue
        if not signatures:
            return "none", ()
        return ("pass" if passed else "fail"), tuple(passed)

    def _dkim_txt(self, name: bytes | str, timeout: int = 5) -> bytes | None:
        text = name.decode() if isinstance(name, bytes) else name
        try:
            answer = self._resolver.resolve(text, "TXT", lifetime=timeout)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return None
        return b"".join(answer[0].strings)

    def _spf_lookup(
        self, name: str, qtype: str, tcpfallback: bool = True, timeout: float = LOOKUP_SECONDS
    ) -> list[tuple[tuple[str, str], object]]:
        """Answer pyspf's look-ups in the shape that it expects: ((name, type), value) for each record."""
        del tcpfallback
        try:
            answer = self._resolver.resolve(name, qtype, lifetime=timeout or LOOKUP_SECONDS)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.EmptyLabel, dns.name.LabelTooLong):
            return []
        except dns.exception.DNSException as error:
            raise spf.TempError(f"DNS {error}") from error
        return [((name, qtype), _spf_value(record, qtype)) for record in answer]


def _spf_value(record: object, qtype: str) -> object:
    if qtype == "MX":
        return (getattr(record, "preference"), getattr(record, "exchange").to_text(omit_final_dot=True))  # noqa: B009 - record types have no static attributes
    attribute = {"A": "address", "AAAA": "address", "TXT": "strings", "SPF": "strings"}.get(qtype)
    if attribute:
        return getattr(record, attribute)
    return getattr(record, "target").to_text(omit_final_dot=True)  # noqa: B009 - as above
