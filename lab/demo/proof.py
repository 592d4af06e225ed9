"""Mails out and one mail in, and what both ends say of them."""

from dataclasses import asdict, dataclass
from typing import Any

from lab.drive.app import App
from lab.drive.mail_host import MailHost
from lab.drive.provider import Judged, Provider, Seen
from lab.drive.waiting import until

MAIL_SECONDS = 90.0
SHOWN_CHARACTERS = 72

OUT_TO = "someone@mailbox.example"
STRICT_TO = "someone@bigmail.example"
# What the strict provider's verdict must say besides that the mail was taken.
STRICT_WANTED = ("iprev", "ehlo", "spf", "dkim", "dmarc")
IN_TO = "ticket@acme.desk.example.com"


class NotProven(RuntimeError):  # noqa: N818 - reads as what happened
    """A mail went another way than it should; the text says how."""


@dataclass(frozen=True)
class Outbound:
    """The provider's view of our mail."""

    client_address: str
    ehlo: str
    ptr: str | None
    spf: str
    dkim: str
    tls: str | None
    mail_from: str
    recipient: str
    subject: str


def mail_out(app: App, provider: Provider, host: MailHost) -> Outbound:
    """Send from the app through 587; NotProven unless it came from the Elastic IP with SPF and PTR right."""
    (accepted,) = app.submit(OUT_TO, subject="A mail from the app server")
    seen = provider.wait_for(accepted["id"], MAIL_SECONDS)
    wrong = [
        f"{what} is {found!r}, not {wanted!r}"
        for what, found, wanted in (
            ("the client address", seen.client_address, host.public_ip),
            ("forward-confirmed reverse DNS", seen.iprev, "pass"),
            ("the PTR", seen.ptr, seen.helo),
            ("SPF", seen.spf, "pass"),
        )
        if found != wanted
    ]
    if seen.tls is None:
        wrong.append("the session was not encrypted")
    if wrong:
        raise NotProven(f"the provider took our mail, but {'; '.join(wrong)}")
    return _outbound(seen)


def _outbound(seen: Seen) -> Outbound:
    return Outbound(
        client_address=seen.client_address,
        ehlo=seen.helo,
        ptr=seen.ptr,
        spf=seen.spf,
        dkim=seen.dkim,
        tls=seen.tls,
        mail_from=seen.mail_from,
        recipient=", ".join(seen.recipients),
        subject=next((value for name, value in seen.headers if name.lower() == "subject"), ""),
    )


@dataclass(frozen=True)
class Strict:
    """The strict provider's verdict on our mail."""

    accepted: bool
    reply: str
    iprev: str
    ehlo: str
    spf: str
    dkim: str
    signatures: tuple[str, ...]
    dmarc: str
    policy: str | None
    alignment: str
    tls: str | None


def mail_out_strict(app: App, provider: Provider) -> Strict:
    """Send from the app through 587 to the strict provider; NotProven unless it is content."""
    (sent,) = app.submit(STRICT_TO, subject="A mail to a strict provider")
    verdict = until(
        f"the last word of {provider.domain} on {sent['id']}",
        lambda: next(
            (one for one in provider.verdicts(text=sent["id"]) if not one.reply.startswith("4")), None
        ),
        MAIL_SECONDS,
    )
    wrong = [
        f"{what} is {getattr(verdict, what)}" for what in STRICT_WANTED if getattr(verdict, what) != "pass"
    ]
    if not verdict.accepted or wrong:
        raise NotProven(f"{provider.domain} answered {verdict.reply!r}; {', '.join(wrong) or 'all passed'}")
    return _strict(verdict)


def _strict(verdict: Judged) -> Strict:
    dmarc = verdict.dmarc_detail
    return Strict(
        accepted=verdict.accepted,
        reply=verdict.reply,
        iprev=verdict.iprev,
        ehlo=verdict.ehlo,
        spf=verdict.spf,
        dkim=verdict.dkim,
        signatures=tuple(
            f"d={one.domain} s={one.selector}: {one.result} {one.reason}".rstrip()
            for one in verdict.signatures
        ),
        dmarc=verdict.dmarc,
        policy=dmarc.policy,
        alignment=f"SPF {_aligned(dmarc.spf_aligned)}, DKIM {_aligned(dmarc.dkim_aligned)}",
        tls=verdict.tls,
    )


def _aligned(aligned: bool) -> str:
    return "aligned" if aligned else "not aligned"


def mail_in(app: App, provider: Provider) -> dict[str, Any]:
    """Send from the provider to the app's tenant; return the JSON that the app got, long strings cut."""
    batch = provider.send(IN_TO, subject="My printer is on fire", text="Please help.\n\n-- \nA customer\n")
    (letter,) = provider.finished(batch, MAIL_SECONDS)
    if letter.outcome != "delivered":
        raise NotProven(f"the provider could not deliver to {IN_TO}: {letter.attempts[-1]}")
    receipt = app.wait_for(letter.id, MAIL_SECONDS)
    document = shortened(app.body(receipt.number))
    return {"answered": receipt.status, "headers": {"webhook-id": receipt.webhook_id}, "body": document}


def shortened(value: Any) -> Any:
    """Cut long strings (base64 above all) to a line's length, saying how long they were."""
    if isinstance(value, dict):
        return {name: shortened(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [shortened(entry) for entry in value]
    if isinstance(value, str) and len(value) > SHOWN_CHARACTERS:
        return f"{value[:SHOWN_CHARACTERS]}... ({len(value)} characters)"
    return value


def as_document(outbound: Outbound) -> dict[str, Any]:
    """The provider's view as JSON."""
    return asdict(outbound)
