"""A mail out, as the app sends it: through submission, then followed in the log to the receiver's answer."""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boringmail.checks import smtp
from boringmail.checks.maillog import Delivery
from boringmail.checks.result import Check, Status

PORT_25_HINT = (
    "EC2 blocks port 25 out until asked: send 'Request to remove email sending limitations' "
    "(https://console.aws.amazon.com/support/contacts?#/rdns-limits) with the Elastic IP and what you send; "
    "see too that the host's security group lets port 25 out"
)
# What a receiver's or Postfix' words point to; the first that fits is said.
_CAUSES: tuple[tuple[str, str], ...] = (
    (r"connect to .*timed out|no route|unreachable", PORT_25_HINT),
    (
        r"connection refused",
        "the receiver has nothing listening on port 25: see that the echo address is right",
    ),
    (
        r"host not found|name service error|host or domain name",
        "the host cannot look names up: systemctl status unbound",
    ),
    (
        r"reverse|\bptr\b|client host rejected|cannot find your hostname",
        "mend the PTR record (its own line says how)",
    ),
    (
        r"\bspf\b|\bdmarc\b|\bdkim\b|authenticat",
        "the receiver misses SPF, DKIM or DMARC: mend those lines first",
    ),
    (
        r"blocked|blacklist|blocklist|spamhaus|reputation|\blisted",
        "the address is on a blocklist: ask the list named for removal",
    ),
    (
        r"greylist|graylist|try again|temporar",
        "the receiver asks to come back later: run playbooks/verify.yml again",
    ),
    (r"tls|certificate", "TLS with the receiver failed: grep the queue id in /var/log/postfix/out.log"),
    (
        r"user unknown|no such user|unknown user|mailbox unavailable|recipient address rejected",
        "the receiver does not know verify_echo_address: name one that exists",
    ),
)


@dataclass(frozen=True)
class Submission:
    """Where and as whom the app hands in its mail."""

    host: str
    port: int
    sender: str
    recipient: str


def check_mail_out(
    title: str,
    submission: Submission,
    submit: Callable[[], str],
    follow: Callable[[str], Delivery | None],
    *,
    seconds: float,
) -> Check:
    """`submit` gives the reply to the mail; `follow` the fate of a queue id, None when none shows in time."""
    expected = f"a mail by {submission.host}:{submission.port} to {submission.recipient} is accepted there"
    try:
        reply = submit()
    except smtp.RefusedError as error:
        status = Status.TEMPERROR if error.temporary else Status.FAIL
        return Check(title, status, expected, f"{submission.host}: {error}", _refusal_hint(error))
    except ssl.SSLError as error:
        hint = f"the certificate has to name {submission.host} and be in date: run playbooks/configure.yml"
        return Check(title, Status.FAIL, expected, f"{submission.host}: {error}", hint)
    except OSError as error:
        hint = "on the host:\nsystemctl status postfix@out; tail /var/log/postfix/out.log"
        return Check(title, Status.FAIL, expected, f"{submission.host}:{submission.port}: {error}", hint)
    queue_id = smtp.queue_id(reply)
    if queue_id is None:
        hint = "it is not our Postfix that answers there: see the A record of the submission name"
        return Check(title, Status.PERMERROR, expected, f"accepted without a queue id: {reply}", hint)
    return judge(title, expected, queue_id, follow(queue_id), seconds)


def no_credential(title: str, path: Path) -> Check:
    """The host does not hold the app's password."""
    hint = "on the host:\nsystemctl restart boringmail-credentials; journalctl -u boringmail-credentials"
    return Check(title, Status.PERMERROR, f"the app's password in {path}", "no such file", hint)


def judge(title: str, expected: str, queue_id: str, delivery: Delivery | None, seconds: float) -> Check:
    """What a logged delivery means."""
    if delivery is None:
        found = f"{queue_id}: no answer from the receiver within {seconds:g} s"
        return Check(title, Status.TEMPERROR, expected, found, f"if it stays so: {PORT_25_HINT}")
    found = f"{queue_id}: {delivery.status} by {delivery.relay}: {delivery.words}"
    if delivery.status == "sent":
        return Check(title, Status.PASS, expected, found)
    hint = hint_for(delivery.words)
    blocked = hint is PORT_25_HINT
    status = Status.TEMPERROR if delivery.status == "deferred" and not blocked else Status.FAIL
    return Check(title, status, expected, found, hint)


def hint_for(words: str) -> str:
    """What to do about a receiver's or Postfix' words."""
    for pattern, hint in _CAUSES:
        if re.search(pattern, words, re.IGNORECASE):
            return hint
    return "the receiver's words above say why; grep the queue id in /var/log/postfix/out.log for the rest"


def submit_over(
    session: smtplib.SMTP, context: ssl.SSLContext, login: smtp.Login, submission: Submission, letter: bytes
) -> str:
    """The whole submission over an open session: TLS, then the password, then the mail."""
    try:
        smtp.start_tls(session, context, required=True)
        smtp.log_in(session, login)
        return smtp.send(session, submission.sender, submission.recipient, letter)
    finally:
        session.close()


def _refusal_hint(error: smtp.RefusedError) -> str:
    if error.stage == "AUTH":
        return (
            "the credential and the host's users differ, or Dovecot is down: run playbooks/configure.yml, "
            "or on the host:\nsystemctl restart boringmail-credentials && systemctl status dovecot"
        )
    if error.temporary:
        return "run playbooks/verify.yml again; if it stays so, on the host:\ntail /var/log/postfix/out.log"
    return "run playbooks/configure.yml; if it stays so, on the host:\ntail /var/log/postfix/out.log"
