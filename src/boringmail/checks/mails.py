"""The mails that show the way out: to a mailbox elsewhere, to ourselves, and to an address that answers.

Each is handed in as the app does it, with a token of its own by which an answer is known.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from boringmail.checks.causes import Key
from boringmail.checks.dkim_signed import expectation, judge_signature
from boringmail.checks.result import Check, Status
from boringmail.checks.round_trip import judge_answer

# Hands a mail for a recipient in, under a token, and follows it to the answer of whoever takes it.
Send = Callable[[str, str], Check]
# What the daemon recorded under a token, None when nothing came in time.
Receive = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True)
class Plan:
    """What is sent. An address that is empty has no mail."""

    host_name: str
    domain: str
    selector: str
    mailbox: str
    answering: str
    own_address: Callable[[str], str]


def check_mails(
    plan: Plan, send: Send, receive: Receive, new_token: Callable[[], str], seconds: float
) -> list[Check]:
    """All mails at a time: together they take as long as the slowest."""
    looks: list[Callable[[], Check]] = []
    if plan.mailbox:
        looks.append(lambda: send(plan.mailbox, new_token()))
    if plan.selector:
        looks.append(lambda: _signed(plan, send, receive, new_token(), seconds))
    if plan.answering:
        looks.append(lambda: _round_trip(plan, send, receive, new_token(), seconds))
    if not looks:
        return []
    with ThreadPoolExecutor(len(looks)) as pool:
        return [look.result() for look in [pool.submit(look) for look in looks]]


def _signed(plan: Plan, send: Send, receive: Receive, token: str, seconds: float) -> Check:
    title = f"signature of {plan.host_name}"
    sent = send(plan.own_address(token), token)
    if sent.status is Status.PASS:
        return judge_signature(title, plan.domain, plan.selector, receive(token), seconds)
    symptom = "submission" if set(sent.symptoms) & {"submission", "certificate"} else "unrecorded"
    expected = expectation(plan.domain, plan.selector)
    return replace(sent, name=title, key=Key.DKIM_SIGNED, expected=expected, symptoms=(symptom,))


def _round_trip(plan: Plan, send: Send, receive: Receive, token: str, seconds: float) -> Check:
    title = f"round trip of {plan.host_name}"
    sent = send(plan.answering, token)
    if sent.status is Status.PASS:
        return judge_answer(title, plan.answering, receive(token), seconds)
    return replace(sent, name=title, key=Key.ROUND_TRIP, symptoms=())
