"""Whom the application is asked about, and what its answers mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound.decision import Action, Answer
from boringmail.policy import decision
from boringmail.policy.decision import Existence, Question


def question(recipient: str) -> Question | None:
    return decision.question(recipient, mail_domain="desk.example.com", probe_local_part="boringmail-probe")


@pytest.mark.parametrize(
    ("recipient", "tenant"),
    [
        ("ticket@acme.desk.example.com", "acme"),
        ("Ticket+1@ACME.desk.example.com.", "acme"),
        ("someone@desk.example.com", None),
        ('"a@b"@acme.desk.example.com', "acme"),
        ("postmaster+x@acme.desk.example.com", "acme"),
        ("boringmail-probe@acme.desk.example.com", "acme"),
    ],
)
def test_mailboxes_of_ours_are_asked_about(recipient: str, tenant: str | None):
    assert question(recipient) == Question(recipient, tenant)


@pytest.mark.parametrize(
    "recipient",
    [
        "postmaster@acme.desk.example.com",
        "PostMaster@unheard-of.desk.example.com",
        "abuse@desk.example.com",
        "boringmail-probe+token@acme.desk.example.com",
        "someone@example.net",
        "someone@evildesk.example.com",
        "postmaster",
        "",
        "@desk.example.com",
    ],
)
def test_others_are_not(recipient: str):
    assert question(recipient) is None


def test_the_answer_is_remembered_without_regard_to_case():
    assert Question("A@B.", "x").key == Question("a@b", "x").key


@pytest.mark.parametrize(
    ("answer", "existence", "action"),
    [
        (Answer(200), Existence.EXISTS, Action.DELIVERED),
        (Answer(204), Existence.EXISTS, Action.DELIVERED),
        (Answer(410), Existence.GONE, Action.DEAD_LETTER),
        *((Answer(status), Existence.UNKNOWN, Action.DEFERRED) for status in (301, 401, 404, 429, 500)),
        # Not about the mailbox, but an answer: the application is there.
        *((Answer(status), Existence.UNKNOWN, Action.DEAD_LETTER) for status in (400, 422)),
        (Answer(failure="timeout"), Existence.UNKNOWN, Action.DEFERRED),
    ],
)
def test_the_answer_table(answer: Answer, existence: Existence, action: Action):
    found, verdict = decision.judge(answer, now=0, hold_limit_seconds=60)
    assert (found, verdict.action) == (existence, action)


def test_what_postfix_is_told():
    told = {existence: decision.action(existence) for existence in Existence}
    assert told[Existence.EXISTS] == b"action=DUNNO\n\n"
    assert told[Existence.GONE] == b"action=550 5.1.1 No such mailbox here\n\n"
    assert told[Existence.UNKNOWN].startswith(b"action=DEFER 4.3.0 ")


@given(st.text())
def test_no_recipient_is_an_error(recipient: str):
    question(recipient)
