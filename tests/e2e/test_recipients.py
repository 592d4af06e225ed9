"""Whether a mailbox exists is asked of the application while the sender is connected."""

import json

import jsonschema
import pytest

from lab import paths
from lab.drive.mail_host import mail_host
from lab.drive.waiting import until
from lab.drive.wire import from_internet
from tests.e2e.asking import asking
from tests.e2e.ledger import recipient

SCHEMA = paths.CHECKOUT / "src/boringmail/schemas/recipient.check.v1.json"


@pytest.fixture(scope="module", autouse=True)
def asked_for(planted):
    """Answers hold so short here that one still stands in for a missing one after a moment."""
    with asking(mail_host(), answers_hold_seconds=1):
        yield


@pytest.fixture
def questions(app):
    """The questions that the app has got in a test, each of them as its schema says."""
    before = max((question.number for question in app.asked()), default=0)
    yield lambda to: [question for question in app.asked(before) if question.recipient == to]
    checker = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    for question in app.asked(before):
        assert not list(checker.iter_errors(app.question(question.number)))


@pytest.fixture
def said(host):
    """What a sender hears at RCPT."""

    def ask(*recipients):
        with from_internet(host.public_ip) as wire:
            assert wire.say("MAIL FROM:<customer@mailbox.example>").startswith(b"250")
            return [wire.say(f"RCPT TO:<{one}>").decode() for one in recipients]

    return ask


def unknown():
    return recipient("ticket").replace("@acme.", "@nobody.")


def test_mail_for_a_mailbox_that_the_app_knows_goes_on_to_it(app, provider, questions):
    to = recipient("known")
    (letter,) = provider.finished(provider.send(to))
    assert letter.outcome == "delivered", letter.attempts[-1]
    assert app.wait_for(letter.id).recipient == to
    assert [(one.status, one.signature) for one in questions(to)] == [(204, "")]


def test_a_mailbox_that_it_does_not_know_is_refused_in_the_session_and_asked_about_once(
    app, provider, host, questions
):
    to, before = unknown(), app.last_number()
    for _ in range(3):
        (letter,) = provider.finished(provider.send(to))
        assert (letter.outcome, len(letter.attempts)) == ("bounced", 1)
        (attempt,) = letter.attempts
        assert (attempt["stage"], attempt["code"]) == ("rcpt", 550)
        assert attempt["reply"].startswith("5.1.1")
    assert [(one.status, one.signature) for one in questions(to)] == [(410, "")]
    assert app.received(before) == []
    assert host.queue("in") == []


def test_one_unknown_recipient_does_not_cost_the_others_their_mail(said):
    replies = said(recipient("known"), unknown(), "postmaster@nobody.desk.example.com")
    assert [reply[:9] for reply in replies] == ["250 2.1.5", "550 5.1.1", "250 2.1.5"]


@pytest.mark.parametrize("mode", ["down", "unauthorized", "drop"])
def test_while_the_app_cannot_say_the_sender_is_asked_to_come_again(app, provider, mode):
    to = recipient(mode)
    app.behave(mode)
    batch = provider.send(to)
    (letter,) = until("a first try", lambda: [one for one in provider.sent(batch) if one.attempts], 60)
    first = letter.attempts[0]
    assert (first["stage"], first["code"], first["reply"][:5]) == ("rcpt", 450, "4.3.0")
    app.behave("ok")
    (letter,) = provider.finished(batch, 120)
    assert letter.outcome == "delivered", letter.attempts[-1]
    assert app.wait_for(letter.id, 120).recipient == to


def test_a_mailbox_that_was_known_gets_its_mail_taken_while_the_app_is_down(
    app, provider, host, questions, said
):
    to = recipient("regular")
    assert said(to)[0].startswith("250")
    app.behave("refuse")

    def asked_again():
        taken = said(to)[0].startswith("250")
        return taken and [one for one in questions(to) if one.status == 503]

    until("a question after the answer's time, and the old answer in place of a new one", asked_again, 30)
    app.behave("down")
    (letter,) = provider.finished(provider.send(to))
    assert letter.outcome == "delivered", letter.attempts[-1]
    (stranger,) = said(recipient("stranger"))
    assert stranger.startswith("450 4.3.0")
    app.behave("ok")
    host.flush("in")
    assert app.wait_for(letter.id, 120).status == 200
