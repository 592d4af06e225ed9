"""Judges with pyspf, dkimpy and dmarc."""

import email.policy
from email.parser import BytesHeaderParser
from functools import partial

import dkim
import dkim.util
import dmarc
import dns.exception
import dns.name
import dns.resolver
import spf

from lab.services.provider.judge import LOOKUP_SECONDS
from lab.services.provider.verdict import Authentication, Dmarc, Signature, Spf

# How far up a tree walk looks for a policy (RFC 9989 4.10).
WALK_LABELS_MAX = 8


class PythonAuthenticator:
    """Evaluates SPF, DKIM and DMARC by asking one resolver."""

    def __init__(self, resolver: dns.resolver.Resolver) -> None:
        self._resolver = resolver
        # pyspf keeps its look-up as a module global and has no parameter for it.
        spf.DNSLookup = self._spf_lookup

    def authenticate(self, *, client: str, helo: str, mail_from: str, raw: bytes) -> Authentication:
        """Judge one message; blocking."""
        result, explanation = spf.check2(i=client, s=mail_from, h=helo)
        domain = (mail_from.rpartition("@")[2] or helo).lower()
        sender = Spf(result, domain, explanation)
        signatures = self._dkim(raw)
        return Authentication(sender, signatures, self._dmarc(from_domain(raw), sender, signatures))

    def _dkim(self, raw: bytes) -> tuple[Signature, ...]:
        """Verify every signature (RFC 6376 6.1)."""
        try:
            message = dkim.DKIM(raw)
        except dkim.MessageFormatError:
            return ()
        written = [value for name, value in message.headers if name.lower() == b"dkim-signature"]
        return tuple(self._signature(message, index, value) for index, value in enumerate(written))

    def _signature(self, message: dkim.DKIM, index: int, written: bytes) -> Signature:
        try:
            tags = dkim.util.parse_tag_value(written)
        except dkim.util.InvalidTagValueList as error:
            return Signature("", "", "permerror", str(error))
        domain, selector = (tags.get(tag, b"").decode(errors="replace").strip() for tag in (b"d", b"s"))
        missing: list[str] = []
        try:
            held = message.verify(idx=index, dnsfunc=partial(self._key, missing))
        except dns.exception.DNSException as error:
            return Signature(domain, selector, "temperror", str(error))
        except dkim.ValidationError as error:
            return Signature(domain, selector, "fail", str(error))
        except dkim.DKIMException as error:
            return Signature(domain, selector, "permerror", str(error))
        if missing:
            return Signature(domain, selector, "permerror", f"no key at {missing[0]}")
        return Signature(domain, selector, *(("pass", "") if held else ("fail", "it does not verify")))

    def _dmarc(self, domain: str, sender: Spf, signatures: tuple[Signature, ...]) -> Dmarc:
        """Find the policy by a tree walk (RFC 9989 4.10) and apply it."""
        try:
            found = self._policies(domain)
        except dns.exception.DNSException as error:
            return Dmarc("temperror", domain, None, spf_aligned=False, dkim_aligned=False, reason=str(error))
        if not found:
            return Dmarc("none", domain, None, spf_aligned=False, dkim_aligned=False, reason="no policy")
        at, record = found[0]
        judge = dmarc.DMARC(publicsuffix=_Organizations(self))
        try:
            policy = judge.parse_record(record, domain, org_domain=at if at != domain else None, strict=False)
        except dmarc.Error as error:
            return Dmarc("permerror", domain, None, spf_aligned=False, dkim_aligned=False, reason=str(error))
        results = dmarc.AuthResults(
            spf=dmarc.SPF(sender.domain, dmarc.SPFResult(sender.result)) if sender.domain else None,
            dkim=[dmarc.DKIM(one.domain, dmarc.DKIMResult(one.result)) for one in signatures if one.domain],
        )
        result = judge.get_result(policy, auth_results=results)
        inherited = at != domain and policy.sp is not dmarc.DMARCDisposition.UNSPECIFIED
        return Dmarc(
            result.result.value,
            domain,
            (policy.sp if inherited else policy.p).value,
            spf_aligned=result.spf is dmarc.DMARCResult.PASS,
            dkim_aligned=result.dkim is dmarc.DMARCResult.PASS,
            reason=f"policy of {at}",
        )

    def _policies(self, domain: str) -> list[tuple[str, str]]:
        """The records of a domain and of those above it, nearest first, as (domain, record)."""
        labels = domain.split(".") if domain else []
        found = []
        for name in (
            ".".join(labels[start:]) for start in range(max(0, len(labels) - WALK_LABELS_MAX), len(labels))
        ):
            records = [text for text in self._texts(f"_dmarc.{name}") if text.startswith(b"v=DMARC1")]
            if len(records) == 1:  # of several none counts (RFC 9989 4.10)
                found.append((name, records[0].decode(errors="replace")))
        return found

    def organization(self, domain: str) -> str:
        """The organizational domain: the highest with a policy, else the domain itself (RFC 9989 4.10.2)."""
        found = self._policies(domain)
        return found[-1][0] if found else domain

    def _texts(self, name: str) -> list[bytes]:
        try:
            return [b"".join(record.strings) for record in self._resolver.resolve(name, "TXT")]
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.EmptyLabel, dns.name.LabelTooLong):
            return []

    def _key(self, missing: list[str], name: bytes, timeout: int = 5) -> bytes | None:
        """Look a key up for dkimpy, which takes a missing one for a bad signature; note it in `missing`."""
        del timeout
        texts = self._texts(name.decode())
        missing += [] if texts else [name.decode()]
        return next(iter(texts), None)

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


class _Organizations:
    """What the dmarc package takes for a list of public suffixes; RFC 9989 has done away with those."""

    def __init__(self, authenticator: PythonAuthenticator) -> None:
        self._authenticator = authenticator

    def get_public_suffix(self, domain: str) -> str:
        try:
            return self._authenticator.organization(domain)
        except dns.exception.DNSException:
            return domain


def from_domain(raw: bytes) -> str:
    """The domain of the one author in the From header, "" when there is none."""
    header = BytesHeaderParser(policy=email.policy.default).parsebytes(raw).get("From")
    addresses = getattr(header, "addresses", ())
    return str(addresses[0].domain).lower() if addresses else ""


def _spf_value(record: object, qtype: str) -> object:
    if qtype == "MX":
        return (getattr(record, "preference"), getattr(record, "exchange").to_text(omit_final_dot=True))  # noqa: B009 - record types have no static attributes
    attribute = {"A": "address", "AAAA": "address", "TXT": "strings", "SPF": "strings"}.get(qtype)
    if attribute:
        return getattr(record, attribute)
    return getattr(record, "target").to_text(omit_final_dot=True)  # noqa: B009 - as above
