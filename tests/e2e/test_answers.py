"""Each row of the answer table and each way to fail, with a real Postfix, and every mail accounted for."""

import pytest

from lab.drive.app import STATE, App
from lab.drive.mail_host import mail_host
from tests.e2e.answer_table import rows
from tests.e2e.bodies import assert_valid
from tests.e2e.fault_walk import ATTEMPT_SECONDS, ROUTES, SETTINGS, Walk
from tests.e2e.ledger import assert_nothing_lost
from tests.e2e.routes import routed

AUTHORITY = "/run/owners-authority.pem"
ROWS = {row.name: row for row in rows(AUTHORITY)}
# Pauses of 1, 2, 4 and 8 seconds and then of 8: what a minute holds, and the three calls before the first.
CALLS_IN_A_WALK = 20


@pytest.fixture(scope="module")
def walk(planted, provider) -> Walk:
    app, host = App(), mail_host()
    since = app.last_number()
    provider.forget()
    host.run("sh", "-c", f"cat > {AUTHORITY}", stdin=app.read(f"{STATE}/tls/authority.pem"))
    routes = {row.name: {"url": row.url} | row.route for row in ROWS.values()}
    found = Walk(ROWS.values(), provider, app, host)
    try:
        with routed(host, routes | ROUTES, SETTINGS):
            found.send()
            found.be_a_neighbour()
            found.stream()
            found.meet_all()
            found.grow_old()
            found.mend()
        found.settle()
    finally:
        app.behave("ok")
        host.flush("in")
    assert_valid(app, since)
    return found


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_an_answer_has_its_consequence(walk, row):
    faulty, mended, last = (walk.stages[name] for name in ("faulty", "mended", "last"))
    assert walk.count(row, faulty.acknowledged) == row.mails
    assert walk.count(row, getattr(faulty, {"deferred": "queued"}.get(row.fate, row.fate))) == row.mails
    if row.mended:
        assert walk.count(row, mended.queued) == 0
    if row.fate == "dead":
        assert walk.count(row, last.dead) == row.mails
        assert walk.count(row, last.delivered) == 0
    else:
        assert walk.count(row, last.delivered) == row.mails


def test_nothing_is_lost_bounced_doubled_or_posted_again_after_a_2xx(walk):
    for accounts in walk.stages.values():
        assert_nothing_lost(accounts)
    assert walk.bounces == []


def test_a_mail_that_is_refused_for_four_days_goes_to_the_dead_letter_box(walk, host):
    assert len(walk.stages["old"].dead) == 1
    assert any(entry["reason"].startswith("too_old_") for entry in host.dead_letters())


def test_every_attempt_ends_within_its_deadline(walk):
    ended = [event for event in walk.events if event.get("event") in {"delivered", "deferred", "dead_letter"}]
    spent = [float(event["seconds"]) for event in ended]
    given_up = [float(event["seconds"]) for event in ended if event["reason"] == "timeout"]
    assert len(given_up) >= 6
    assert max(spent) < ATTEMPT_SECONDS + 5
    assert min(given_up) > ATTEMPT_SECONDS - 1


def test_an_application_that_hangs_holds_up_nobody_else_and_not_all_connections(walk):
    assert walk.neighbour_came_first
    overloaded = {event["route"] for event in walk.events if event.get("event") == "overload"}
    assert "hang" in overloaded
    assert overloaded <= {"hang", "loris-head"}
    # Each endpoint may keep one that is idle for the next mail.
    assert 0 < walk.connections <= SETTINGS["attempts_limit"] + len(ROWS)


def test_an_application_that_is_down_is_probed_and_not_hammered(walk):
    for row in ROWS.values():
        if row.rule.get("mode") == "answer" and row.fate == "deferred":
            assert row.mails < walk.calls[row.name] <= CALLS_IN_A_WALK, row.name
