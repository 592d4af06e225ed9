"""What port 25 lets strangers do: take TLS and hand in mail for us, and nothing else.

No mail is ever sent: each attempt ends before DATA.
"""

import contextlib
import ssl
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from boringmail.checks import repairs, smtp
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

# RFC 5321 3.5.3: answers that tell whether a mailbox or list exists.
TELLING = frozenset({250, 251, 550, 551, 553})
USER = "boringmail-probe"


def title(host_name: str) -> str:
    """The check's name in the table."""
    return f"port 25 of {host_name}"


@dataclass(frozen=True)
class Attempt:
    """An envelope that no host but an open relay takes."""

    name: str
    sender: str
    recipient: str


@dataclass(frozen=True)
class Manners:
    """What one session showed; `wrong` and `unsure` are in words."""

    banner: str
    greeting: str
    starttls: bool
    wrong: tuple[str, ...] = ()


def relay_attempts(ours: str, host_name: str, theirs: str) -> tuple[Attempt, ...]:
    """Ways to ask a host to pass mail on to `theirs`; some fooled sendmail and Postfix in their day.

    `ours` is a domain the host takes mail for. Fewer than smtpd_soft_error_limit (10), after which Postfix
    answers slowly.
    """
    stranger, target = f"{USER}@{theirs}", f"{USER}@{theirs}"
    return (
        Attempt("from a stranger to a stranger", stranger, target),
        Attempt("with an empty sender", "", target),
        Attempt("in our own name without a password", f"{USER}@{ours}", target),
        Attempt("by a percent sign", stranger, f"{USER}%{theirs}@{ours}"),
        Attempt("by a quoted address", stranger, f'"{target}"@{ours}'),
        Attempt("by a bang path", stranger, f"{theirs}!{USER}@{ours}"),
        Attempt("by a source route", stranger, f"@{host_name}:{target}"),
        Attempt("by two domains", stranger, f"{target}@{ours}"),
    )


def listen(session: smtp.Session) -> Manners:
    """Greet, and ask what a spammer asks who collects addresses; ends the session."""
    code, words = session.ehlo()
    if code != 250:  # noqa: PLR2004 - RFC 5321 4.3.2
        raise smtp.RefusedError("EHLO", code, smtp.text(words))
    wrong = [f"AUTH is offered without TLS ({_mechanisms(session)})"] if session.has_extn("auth") else []
    for command in ("VRFY postmaster", "EXPN postmaster"):
        code, words = session.docmd(command)
        if code in TELLING:
            wrong.append(f"{command} is answered: {code} {smtp.text(words)}")
    starttls = session.has_extn("starttls")
    greeting = smtp.text(session.ehlo_resp or b"")
    # What was said is known; how the server hangs up changes nothing.
    with contextlib.suppress(OSError):
        session.quit()
    return Manners(session.banner, greeting, starttls, tuple(wrong))


def try_relaying(
    session: smtp.Session, context: ssl.SSLContext, attempts: Sequence[Attempt]
) -> list[tuple[str, str]]:
    """Pairs of what was wrong and what could not be told, one of them empty, over TLS where it is offered."""
    found: list[tuple[str, str]] = []
    try:
        smtp.start_tls(session, context, required=False)
        found += _try_each(session, attempts)
        session.quit()
    except (OSError, smtp.RefusedError) as error:
        found.append(("", f"the session ended early: {error}"))
    finally:
        session.close()
    return found


def _try_each(session: smtp.Session, attempts: Sequence[Attempt]) -> Iterator[tuple[str, str]]:
    if session.has_extn("auth"):
        yield f"AUTH is offered on port 25 ({_mechanisms(session)})", ""
    for attempt in attempts:
        stage, (code, words) = "MAIL FROM", session.docmd("MAIL", f"FROM:<{attempt.sender}>")
        if code // 100 == 2:  # noqa: PLR2004 - RFC 5321 4.2.1
            stage, (code, words) = "RCPT TO", session.docmd("RCPT", f"TO:<{attempt.recipient}>")
        said = f"{stage}: {code} {smtp.text(words)}"
        if code // 100 == 2:  # noqa: PLR2004 - RFC 5321 4.2.1
            yield f"mail is relayed {attempt.name} (<{attempt.recipient}>: {said})", ""
        elif code // 100 == 4:  # noqa: PLR2004 - RFC 5321 4.2.1
            yield "", f"{attempt.name}: {said}"
        session.docmd("RSET")


def _mechanisms(session: smtp.Session) -> str:
    return str(session.esmtp_features["auth"]).strip()


def judge(host_name: str, manners: Manners, tries: Sequence[tuple[str, str]], attempts: int) -> Check:
    """`tries` is what `try_relaying` gave for so many attempts."""
    expected = "STARTTLS; no AUTH, no relaying, VRFY and EXPN not answered"
    told = partial(Check, name=title(host_name), key=Key.SMTP_OPEN, expected=expected)
    wrong = [*([] if manners.starttls else ["STARTTLS is not offered"]), *manners.wrong]
    wrong += [words for words, _ in tries if words]
    unsure = [words for _, words in tries if words]
    if wrong:
        hint = "lay Postfix' settings down again; nobody may use the host until this is right"
        repair = repairs.playbook("configure", "certificate,postfix")
        return told(status=Status.FAIL, found="; ".join(wrong), hint=hint, repair=repair)
    if unsure:
        found = f"{len(unsure)} of {attempts} attempts to relay got no final answer: {unsure[0]}"
        hint = "run playbooks/verify.yml again; if it stays so, on the host:\ntail /var/log/postfix/in.log"
        return told(status=Status.TEMPERROR, found=found, hint=hint, symptoms=("unsure",))
    found = f"STARTTLS; no AUTH; VRFY and EXPN not answered; {attempts} ways to relay refused"
    return told(status=Status.PASS, found=found)
