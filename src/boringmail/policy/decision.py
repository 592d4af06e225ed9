"""Which recipients the application is asked about, and what its answer means. Pure.

| answer | the sender is told |
|---|---|
| 2xx | nothing: later checks go on |
| 410 | 550 5.1.1, no such mailbox |
| anything else, or none | 450 4.3.0, come again |

404 is no answer: it is what a wrong path, or an application half deployed, says of every mailbox.
"""

import enum
from dataclasses import dataclass

from boringmail.inbound import decision
from boringmail.inbound.decision import Action, Answer, Verdict
from boringmail.inbound.envelope import tenant
from boringmail.inbound.policy import DUNNO

# RFC 5321 4.5.1: mail for postmaster must be taken, in every domain that we take mail for. RFC 2142 4: abuse.
_ALWAYS_TAKEN = {"postmaster", "abuse"}


class Existence(enum.Enum):
    """What is known about a mailbox."""

    EXISTS = "exists"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Question:
    """A recipient to ask about, and by which name its answer is remembered."""

    recipient: str
    tenant: str | None

    @property
    def key(self) -> str:
        """Without regard to case: there is no system left whose mailboxes differ in that alone."""
        return self.recipient.lower().rstrip(".")


def question(recipient: str, *, mail_domain: str, probe_local_part: str) -> Question | None:
    """What to ask about a recipient of a mail; None: nothing, it is for others to judge or always taken."""
    local, _, domain = recipient.lower().rpartition("@")
    own = mail_domain.lower().strip(".")
    if not local or not f".{domain.rstrip('.')}".endswith(f".{own}"):
        return None
    if local in _ALWAYS_TAKEN or local.startswith(f"{probe_local_part.lower()}+"):
        return None
    return Question(recipient, tenant(recipient, mail_domain))


def judge(answer: Answer, *, now: float, hold_limit_seconds: float) -> tuple[Existence, Verdict]:
    """What an answer says about the mailbox, and about the application. `now` is Unix time.

    A 400 for an odd address says nothing about the mailbox, but that the application is there: strangers
    who make up addresses must not have it called down.
    """
    verdict = decision.decide(answer, now=now, hold_limit_seconds=hold_limit_seconds)
    if verdict.action is Action.DELIVERED:
        return Existence.EXISTS, verdict
    if verdict.gone:
        return Existence.GONE, verdict
    return Existence.UNKNOWN, verdict


def action(existence: Existence) -> bytes:
    """The answer to Postfix."""
    verdicts = {
        Existence.EXISTS: DUNNO,
        Existence.GONE: "550 5.1.1 No such mailbox here",
        Existence.UNKNOWN: "DEFER 4.3.0 The mailbox cannot be verified now, try again",
    }
    return f"action={verdicts[existence]}\n\n".encode()
