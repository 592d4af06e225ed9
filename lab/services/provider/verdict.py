"""What a provider finds out about one mail, whichever code found it. Result words as in RFC 8601 2.7."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Spf:
    """SPF of the envelope sender, or of the EHLO name where that is null (RFC 7208 2.4)."""

    result: str
    domain: str
    explanation: str


@dataclass(frozen=True)
class Signature:
    """One DKIM signature; `reason` says why it did not pass."""

    domain: str
    selector: str
    result: str
    reason: str


@dataclass(frozen=True)
class Dmarc:
    """DMARC of the From header's domain. `policy` is the one that applies, None without a usable record.

    Alignment is told of what passed: `spf_aligned` false may mean no pass, or a pass for somebody else.
    """

    result: str
    domain: str
    policy: str | None
    spf_aligned: bool
    dkim_aligned: bool
    reason: str


@dataclass(frozen=True)
class Authentication:
    """What the message and its envelope prove."""

    spf: Spf
    dkim: tuple[Signature, ...]
    dmarc: Dmarc

    @property
    def dkim_result(self) -> str:
        """All signatures in one word: one that holds is enough (RFC 6376 6.1)."""
        results = {signature.result for signature in self.dkim}
        return next((word for word in ("pass", "temperror", "fail", "permerror") if word in results), "none")


@dataclass(frozen=True)
class Verdict:
    """Everything. `ptr` is the confirmed name of the client's address (RFC 8601 2.7.3, iprev), or None.

    `ehlo` is "pass" when the client's EHLO name leads to its address, else "fail" or "temperror".
    """

    ptr: str | None
    iprev: str
    ehlo: str
    authentication: Authentication

    def public(self) -> dict[str, Any]:
        """The verdict as the control port shows it."""
        found = self.authentication
        return {
            "ptr": self.ptr,
            "iprev": self.iprev,
            "ehlo": self.ehlo,
            **asdict(found),
            "dkim_result": found.dkim_result,
        }


def unknown(reason: str) -> Authentication:
    """What is known when judging itself has failed: nothing, for now."""
    return Authentication(
        Spf("temperror", "", reason),
        (),
        Dmarc("temperror", "", None, spf_aligned=False, dkim_aligned=False, reason=reason),
    )
