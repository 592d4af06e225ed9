"""What a strict receiver asks of a sender, rule by rule, in the words that senders get from the big ones.

Pure. The codes and texts are Gmail's (support.google.com/a/answer/3726730) as far as it has one for the case;
it requires a DMARC record and alignment of whoever sends in bulk. What cannot be decided now is deferred.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lab.services.provider.verdict import Verdict

GUIDELINES = "https://support.bigmail.example/sender-guidelines"
# Said at MAIL FROM to a client that has not started TLS (RFC 3207 4).
TLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first"


@dataclass(frozen=True)
class Sight:
    """One mail as the rules see it: who brings it under which name, and the verdict."""

    address: str
    helo: str
    verdict: Verdict


@dataclass(frozen=True)
class Reply:
    """An SMTP reply with an enhanced status code (RFC 3463), a line or several (RFC 5321 4.2.1)."""

    code: int
    status: str
    lines: tuple[str, ...]

    def __str__(self) -> str:
        last = len(self.lines) - 1
        return "\r\n".join(
            f"{self.code}{' ' if number == last else '-'}{self.status} {line}"
            for number, line in enumerate(self.lines)
        )


Rule = Callable[[Sight], Reply | None]


def reverse_dns(sight: Sight) -> Reply | None:
    """The address has a name, and the name leads back to it."""
    text = (
        f"[{sight.address}] The IP address sending this message does not have a",
        "PTR record setup, or the corresponding forward DNS entry does not",
        "match the sending IP. As a policy, bigmail does not accept messages",
        f"from IPs with missing PTR records. {GUIDELINES}#ip",
    )
    return _verdict(sight.verdict.iprev, Reply(550, "5.7.25", text), Reply(451, "4.7.23", text))


def ehlo_name(sight: Sight) -> Reply | None:
    """The EHLO name leads to the address (RFC 5321 4.1.4 allows to look, big receivers act on it)."""
    refused = (
        f"[{sight.address}] Helo command rejected: {sight.helo or 'no name'} does not",
        f"resolve to the address you connect from. {GUIDELINES}#ehlo",
    )
    deferred = (f"[{sight.address}] Helo command rejected: cannot look up {sight.helo} now",)
    return _verdict(sight.verdict.ehlo, Reply(550, "5.7.1", refused), Reply(451, "4.7.1", deferred))


def undecided(sight: Sight) -> Reply | None:
    """A look-up that failed for now may yet decide: neither taken nor refused."""
    found = sight.verdict.authentication
    if found.dmarc.result == "temperror":
        return Reply(
            451,
            "4.7.40",
            (
                "Your email has been rate limited because the DMARC record of the",
                f"sending domain cannot be looked up. {GUIDELINES}#dmarc",
            ),
        )
    if found.dmarc.result != "pass" and "temperror" in {found.spf.result, found.dkim_result}:
        return Reply(
            451,
            "4.7.26",
            ("Your email has been rate limited because it is unauthenticated.", *_results(sight)),
        )
    return None


def dmarc_policy(sight: Sight) -> Reply | None:
    """What the domain's own policy rejects is rejected."""
    dmarc = sight.verdict.authentication.dmarc
    if dmarc.result != "fail" or dmarc.policy != "reject":
        return None
    return Reply(
        550,
        "5.7.26",
        (
            f"Unauthenticated email from {dmarc.domain} is not accepted due to",
            "domain's DMARC policy. Please contact the administrator of",
            f"{dmarc.domain} domain if this was a legitimate mail. {GUIDELINES}#dmarc",
        ),
    )


def authenticated(sight: Sight) -> Reply | None:
    """SPF or DKIM passes."""
    found = sight.verdict.authentication
    if "pass" in {found.spf.result, found.dkim_result}:
        return None
    return Reply(
        550,
        "5.7.26",
        (
            "Your email has been blocked because the sender is unauthenticated.",
            "bigmail requires all senders to authenticate with either SPF or DKIM.",
            *_results(sight),
        ),
    )


def dmarc_record(sight: Sight) -> Reply | None:
    """The From domain publishes a DMARC policy, be it `none`."""
    dmarc = sight.verdict.authentication.dmarc
    if dmarc.policy is not None:
        return None
    return Reply(
        550,
        "5.7.40",
        (
            "Your email has been blocked because the sending domain doesn't have",
            "a DMARC record, or the DMARC record doesn't specify a DMARC policy.",
            f"Set up DMARC for {dmarc.domain or 'the From domain'}. {GUIDELINES}#dmarc",
        ),
    )


def aligned(sight: Sight) -> Reply | None:
    """What passed, passed for the organization in the From header."""
    if sight.verdict.authentication.dmarc.result == "pass":
        return None
    return Reply(
        550,
        "5.7.32",
        (
            "Your email has been blocked because the From: header domain isn't",
            "aligned with either the authenticated SPF or DKIM domain.",
            *_results(sight),
        ),
    )


STRICT: tuple[Rule, ...] = (
    reverse_dns,
    ehlo_name,
    undecided,
    dmarc_policy,
    authenticated,
    dmarc_record,
    aligned,
)


def judged(rules: tuple[Rule, ...], sight: Sight) -> Reply | None:
    """Return the first rule's objection, None when there is none."""
    return next((reply for rule in rules if (reply := rule(sight)) is not None), None)


def _verdict(result: str, refused: Reply, deferred: Reply) -> Reply | None:
    return None if result == "pass" else deferred if result == "temperror" else refused


def _results(sight: Sight) -> tuple[str, ...]:
    found = sight.verdict.authentication
    signed = ", ".join(f"{one.domain}: {one.result}" for one in found.dkim) or "no signature"
    return (
        "Authentication results:",
        f"DKIM = {'pass' if found.dkim_result == 'pass' else 'did not pass'} ({signed})",
        f"SPF [{found.spf.domain}] with ip: [{sight.address}] = "
        + ("pass" if found.spf.result == "pass" else f"did not pass ({found.spf.result})"),
        f"{GUIDELINES}#authentication",
    )
