"""What a receiver finds out about its client and about the mail that the client brings.

Reverse DNS and EHLO are looked up here; SPF, DKIM and DMARC are other people's code (`Authenticator`), so
that the lab cannot share our mistakes. Every look-up goes through the resolver that is passed in.
"""

import logging
from typing import Protocol

import dns.exception
import dns.resolver
import dns.reversename

from lab.services.provider.verdict import Authentication, Verdict, unknown

log = logging.getLogger("provider.judge")

LOOKUP_SECONDS = 5.0


class AuthenticatorError(RuntimeError):
    """The code that judges has failed; the mail may be good or bad."""


class Authenticator(Protocol):
    """Evaluates SPF, DKIM and DMARC."""

    def authenticate(self, *, client: str, helo: str, mail_from: str, raw: bytes) -> Authentication:
        """Judge one message; `mail_from` is empty for the null sender. Raises AuthenticatorError."""
        ...


def resolver_at(address: str, port: int = 53) -> dns.resolver.Resolver:
    """Build a resolver that asks only `address`; it reads no resolv.conf."""
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [address]
    resolver.port = port
    resolver.lifetime = LOOKUP_SECONDS
    return resolver


class Judge:
    """Judges clients and messages."""

    def __init__(self, resolver: dns.resolver.Resolver, authenticator: Authenticator) -> None:
        self._resolver = resolver
        self._authenticator = authenticator

    def judge(self, *, client: str, helo: str, mail_from: str, raw: bytes) -> Verdict:
        """Judge one message; blocking, so call it from a thread."""
        iprev, ptr = self._iprev(client)
        ehlo = self._leads_to(helo, client)
        try:
            found = self._authenticator.authenticate(client=client, helo=helo, mail_from=mail_from, raw=raw)
        except AuthenticatorError as error:
            log.warning("event=judge_failed client=%s error=%s", client, error)
            found = unknown(str(error))
        return Verdict(ptr, iprev, ehlo, found)

    def _iprev(self, client: str) -> tuple[str, str | None]:
        """Forward-confirmed reverse DNS, as (result word of RFC 8601 2.7.3, name)."""
        try:
            names = [
                str(record.target)
                for record in self._resolver.resolve(dns.reversename.from_address(client), "PTR")
            ]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return "fail", None
        except dns.exception.DNSException:
            return "temperror", None
        results = {name: self._leads_to(name, client) for name in names}
        confirmed = next((name for name, result in results.items() if result == "pass"), None)
        if confirmed:
            return "pass", confirmed.rstrip(".")
        return ("temperror" if "temperror" in results.values() else "fail"), None

    def _leads_to(self, name: str, client: str) -> str:
        """Tell whether a name has the client's address: "pass", "fail" or "temperror"."""
        try:
            addresses = {record.address for record in self._resolver.resolve(name, "A")}
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return "fail"
        except (dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers):
            return "temperror"
        except dns.exception.DNSException:  # no name at all, such as an address literal
            return "fail"
        return "pass" if client in addresses else "fail"
