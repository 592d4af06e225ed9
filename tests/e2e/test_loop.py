"""Two gateways whose applications answer on their own: what one customer's mail begins comes to an end."""

import uuid
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

import pytest

from lab.drive.mail_host import mail_host
from lab.drive.waiting import until
from tests.e2e.answering import AUTO, ROUNDS, Desk, careful, careless, exchange
from tests.e2e.twin import twin

OURS = "desk.example.com"


@pytest.fixture(scope="module")
def second(built):
    with twin(mail_host()) as made:
        yield made


@pytest.fixture
def desks(app, host, second, planted):
    """Our careful desk, and the other side's with the manner that a test gives it."""

    def make(theirs, ours=careful):
        password = planted.submission_password
        return [Desk(host, OURS, password, ours), Desk(second.host, second.domain, password, theirs)]

    return make


@pytest.fixture
def customer(app, desks):
    """Writes to our desk from an address at the other one's, and lets the two answer."""

    def begin(pair):
        ours, theirs = pair
        message = EmailMessage()
        message["From"], message["To"] = f"anna@acme.{theirs.domain}", f"ticket@acme.{ours.domain}"
        # Threads are told apart by their words too.
        message["Subject"], message["Date"] = f"My printer x{uuid.uuid4().hex}", formatdate()
        message["Message-ID"] = make_msgid(domain=theirs.domain)
        message.set_content("It smokes.\n")
        return exchange(app, pair, theirs.send(message, str(message["From"])))

    return begin


@pytest.fixture
def at_rest(host, second):
    """Nothing is under way any more, and so nothing can come after what a test has seen."""

    def wait():
        for gateway in (host, second.host):
            for queue in ("in", "out"):
                until(
                    f"an empty queue {queue} at {gateway.name}", lambda g=gateway, q=queue: not g.queue(q), 60
                )

    return wait


@pytest.mark.timeout(300)  # the first one makes the second gateway
def test_two_careful_desks_end_with_the_one_answer(app, host, desks, customer, at_rest):
    before = app.last_number()
    first, answer = customer(desks(careful))
    assert (first["kind"], answer["kind"]) == ("message", "auto_reply")
    assert answer["envelope"]["sender"] == ""
    assert "auto_submitted" in answer["loop"]["signs"]
    assert answer["loop"]["automatic_in_thread"] == 1
    # As it was handed in, and signed though it has no envelope sender; by SMTP, from our address.
    assert answer["envelope"]["client"]["address"] == host.public_ip
    headers = {header["name"].lower(): header["value"] for header in answer["message"]["headers"]}
    assert headers["auto-submitted"] == "auto-replied"
    assert f"d={OURS};" in headers["dkim-signature"]
    at_rest()
    assert len(app.received(before)) == 2


# What a robot says of itself, and what our gateway makes of it.
ROBOTS = {
    "nothing": ({}, "message", []),
    "as_lists_do": ({"Precedence": "bulk"}, "message", ["precedence_bulk"]),
    "as_exchange_does": (
        {"Subject": "Automatic reply: {subject}", "X_Auto_Response_Suppress": "All"},
        "auto_reply",
        [],
    ),
}


@pytest.mark.parametrize("says", ROBOTS)
def test_a_robot_that_answers_everything_gets_one_mail_through_and_no_answer_to_it(
    app, desks, customer, at_rest, says
):
    headers, kind, signs = ROBOTS[says]
    before = app.last_number()
    _, answer, extra = customer(desks(careless(**headers)))
    assert answer["message"]["from"][0]["address"] == f"ticket+{AUTO}@acme.{OURS}"
    assert (extra["kind"], extra["loop"]["signs"]) == (kind, signs)
    assert extra["loop"]["automatic_in_thread"] == int(bool(signs) or kind != "message")
    assert (extra["envelope"]["recipient"], extra["envelope"]["extension"]) == (
        f"ticket+{AUTO}@acme.{OURS}",
        AUTO,
    )
    at_rest()
    assert len(app.received(before)) == 3


def test_two_robots_that_answer_everything_would_go_on_and_are_counted(app, desks, customer, at_rest):
    """That the mails above end is the careful side's doing; and the count is there to stop by."""
    pair = desks(careless(Precedence="bulk"), ours=careless(Precedence="bulk"))
    mails = customer(pair)
    assert len(mails) == ROUNDS
    ours = [mail for mail in mails[1:] if mail["envelope"]["recipient"].endswith(f".{OURS}")]
    assert [mail["loop"]["automatic_in_thread"] for mail in ours] == [1, 2]
    assert {mail["loop"]["hops"] for mail in ours} == {ours[0]["loop"]["hops"]}
    at_rest()
