"""The accounting must find what is lost, doubled or repeated, and must not cry wolf."""

from lab.drive.accounts import balance
from lab.drive.provider import Sent
from lab.services.app.ledger import Receipt


def letter(name, outcome="delivered", ambiguous=False):
    return Sent(name, "t@acme.desk.example.com", outcome, ({"ambiguous": ambiguous},))


def receipt(number, message_id, webhook_id=None, status=200, committed=True):
    webhook_id = webhook_id or f"w-{message_id}"
    return Receipt(
        number, 0.0, webhook_id, "t@acme.desk.example.com", message_id, "ok", status, committed, ""
    )


def test_every_place_where_a_mail_may_be_counts():
    letters = [letter(name) for name in ("app", "queue", "dead", "nowhere")]
    accounts = balance(letters, queued={"queue"}, dead={"dead"}, receipts=[receipt(1, "app")])
    assert accounts.lost == ("nowhere",)
    assert accounts.summary().startswith("acknowledged=4 delivered=1 queued=1 dead=1 lost=1 bounced=0")


def test_mail_that_was_never_acknowledged_is_not_lost():
    accounts = balance([letter("a", "bounced"), letter("b", "expired")], queued=(), dead=(), receipts=[])
    assert (accounts.lost, accounts.bounced) == ((), ("a",))


def test_a_refused_post_is_no_delivery():
    refused = receipt(1, "a", status=503, committed=False)
    assert balance([letter("a")], queued=(), dead=(), receipts=[refused]).lost == ("a",)


def test_a_repeat_counts_only_after_an_answered_success():
    before = [receipt(1, "a", status=None), receipt(2, "a", status=503, committed=False), receipt(3, "a")]
    assert balance([letter("a")], queued=(), dead=(), receipts=before).repeated == ()
    assert balance([letter("a")], queued=(), dead=(), receipts=[*before, receipt(4, "a")]).repeated == (
        "w-a",
    )


def test_two_ids_for_one_mail_are_a_double_unless_the_sender_had_no_reply():
    receipts = [receipt(1, "a", "w1"), receipt(2, "a", "w2")]
    assert balance([letter("a")], queued=(), dead=(), receipts=receipts).doubled == ("a",)
    assert balance([letter("a", ambiguous=True)], queued=(), dead=(), receipts=receipts).doubled == ()
