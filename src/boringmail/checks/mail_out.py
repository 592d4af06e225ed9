"""A mail out, as the app sends it: through submission, then followed in the log to the receiver's answer."""

import re
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from boringmail.checks import repairs, smtp
from boringmail.checks.causes import Key
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
    """`submit` gives the reply to the mail; `follow` the fate of a queue id, None when none shows in time.

    Symptoms: `submission` and `certificate` when our own host did not take it, `refused` when the receiver
    did not.
    """
    expected = f"a mail by {submission.host}:{submission.port} to {submission.recipient} is accepted there"
    told = partial(Check, name=title, key=Key.MAIL_OUT, expected=expected)
    try:
        reply = submit()
    except smtp.RefusedError as error:
        status, hint, repair = _refusal(error)
        found = f"{submission.host}: {error}"
        return told(status=status, found=found, hint=hint, repair=repair, symptoms=("submission",))
    except ssl.SSLError as error:
        return told(
            status=Status.FAIL,
            found=f"{submission.host}: {error}",
            hint=f"the certificate has to name {submission.host} and be in date",
            repair=repairs.playbook("configure", "certificate"),
            symptoms=("certificate",),
        )
    except OSError as error:
        found = f"{submission.host}:{submission.port}: {error}"
        hint = "on the host:\nsystemctl status postfix@out; tail /var/log/postfix/out.log"
        return told(status=Status.FAIL, found=found, hint=hint, symptoms=("submission",))
    queue_id = smtp.queue_id(reply)
    if queue_id is None:
        found = f"accepted without a queue id: {reply}"
        hint = "it is not our Postfix that answers there: see the A record of the submission name"
        return told(status=Status.PERMERROR, found=found, hint=hint, symptoms=("submission",))
    return judge(title, expected, queue_id, follow(queue_id), seconds)


def no_credential(title: str, path: Path) -> Check:
    """The host does not hold the app's password."""
    return Check(
        name=title,
        key=Key.MAIL_OUT,
        status=Status.PERMERROR,
        expected=f"the app's password in {path}",
        found="no such file",
        hint="fetch it again; if that does not help, on the host:\njournalctl -u boringmail-credentials",
        repair=repairs.on_host("systemctl restart boringmail-credentials"),
    )


def judge(title: str, expected: str, queue_id: str, delivery: Delivery | None, seconds: float) -> Check:
    """What a logged delivery means."""
    told = partial(Check, name=title, key=Key.MAIL_OUT, expected=expected)
    if delivery is None:
        found = f"{queue_id}: no answer from the receiver within {seconds:g} s"
        return told(status=Status.TEMPERROR, found=found, hint=f"if it stays so: {PORT_25_HINT}")
    found = f"{queue_id}: {delivery.status} by {delivery.relay}: {delivery.words}"
    if delivery.status == "sent":
        return told(status=Status.PASS, found=found)
    hint = hint_for(delivery.words)
    blocked = hint is PORT_25_HINT
    status = Status.TEMPERROR if delivery.status == "deferred" and not blocked else Status.FAIL
    # The receiver's own words, not Postfix' on how it could not be reached.
    refused = re.match(r"host \S+ (said|refused)", delivery.words)
    return told(status=status, found=found, hint=hint, symptoms=("refused",) if refused else ())


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


def _refusal(error: smtp.RefusedError) -> tuple[Status, str, str]:
    """What a no of our own host means, and what to do about it: in words and as a command."""
    status = Status.TEMPERROR if error.temporary else Status.FAIL
    if error.stage == "AUTH":
        hint = (
            "the credential and the host's users differ, or Dovecot is down; on the host:\n"
            "journalctl -u boringmail-credentials -u dovecot"
        )
        return status, hint, repairs.on_host("systemctl restart boringmail-credentials dovecot")
    log = "if it stays so, on the host:\ntail /var/log/postfix/out.log"
    if error.temporary:
        return status, f"run playbooks/verify.yml again; {log}", ""
    return status, f"lay Postfix' settings down again; {log}", repairs.playbook("configure")
