"""DNS gone wrong: nobody is refused for it, and mail comes in as soon as it is mended. (Dead: test_door.)"""

import time

import pytest

from lab.drive.lists import Lists
from lab.drive.waiting import until
from tests.e2e.lame_dns import lame, late, servfail
from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient

MAILS = 4
BACK_SECONDS = 60
FORGET = "unbound-control flush_zone . && unbound-control flush_infra all"
SYMBOLS = ("RBL_ZEN", "RBL_ZEN_PBL", "RBL_BL")


@pytest.mark.parametrize(
    ("fault", "defers"),
    [(servfail, True), (late, False)],
    ids=["servfail", "5 s late"],
)
@pytest.mark.timeout(300)
def test_nobody_is_refused_and_mail_comes_in_when_it_is_mended(app, provider, host, fault, defers):
    with lame(host.public_ip, fault):
        host.shell(FORGET)
        mail = Bulk(provider, app, host, recipient("dns"), MAILS)
        until("a first try of each", lambda: all(letter.attempts for letter in mail.letters()), 120)
        tried = mail.letters()
    mended = time.time()
    letters = mail.sent(120)
    codes = [attempt["code"] or 0 for letter in letters for attempt in letter.attempts]
    assert max(codes) < 500, codes
    assert {letter.outcome for letter in letters} == {"delivered"}
    assert max(letter.attempts[-1]["at"] for letter in letters) - mended <= BACK_SECONDS
    if defers:
        assert {400 <= letter.attempts[0]["code"] < 500 for letter in tried} == {True}
    assert_nothing_lost(mail.settled(delivered=MAILS, seconds=60))


def test_what_lists_answer_in_trouble_is_no_listing(app, provider, host):
    lists = Lists()
    try:
        for zone in lists.state():
            lists.mode(zone, "error")
        host.shell(FORGET)
        (letter,) = provider.finished(provider.send(recipient("lists")))
        found = app.body(app.wait_for(letter.id).number)["data"]["spam"]["symbols"]
        assert not {symbol["name"] for symbol in found}.intersection(SYMBOLS)
    finally:
        for zone in lists.state():
            lists.mode(zone, "normal")
