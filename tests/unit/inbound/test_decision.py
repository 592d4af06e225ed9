"""The answer table, the pauses, and the flushing, as pure functions of answer, state and time."""

import pytest

from boringmail.inbound import circuit, decision, flush
from boringmail.inbound.circuit import Circuit
from boringmail.inbound.decision import Action, Answer, Verdict
from boringmail.inbound.flush import FlushMeter

DEFERRED = Verdict(Action.DEFERRED, "status_500")
SEVERE = Verdict(Action.DEFERRED, "status_503", severe=True)
DELIVERED = Verdict(Action.DELIVERED, "status_200")
DEAD = Verdict(Action.DEAD_LETTER, "status_422")


@pytest.mark.parametrize("status", range(100, 600))
def test_every_status_has_its_row(status: int):
    verdict = decision.decide(Answer(status), now=0, hold_limit_seconds=60)
    if status // 100 == 2:
        expected = Action.DELIVERED
    elif status // 100 == 4 and status not in {401, 403, 404, 408, 425, 429}:
        expected = Action.DEAD_LETTER
    else:
        expected = Action.DEFERRED
    assert verdict.action is expected
    assert verdict.gone == (status == 410)
    assert decision.reply(verdict)[:3] == ("451" if expected is Action.DEFERRED else "250")


@pytest.mark.parametrize(
    "failure", ["timeout", "connection_failed", "connection_lost", "tls_failed", "app_on_hold"]
)
def test_no_answer_is_deferred(failure: str):
    verdict = decision.decide(Answer(failure=failure), now=0, hold_limit_seconds=60)
    assert (verdict.action, verdict.reason) == (Action.DEFERRED, failure)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("0", 0),
        (" 120 ", 120),
        ("Thu, 01 Jan 1970 00:02:00 GMT", 20),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 50, 9999999999),
        ("\u0664", None),
    ],
)
def test_retry_after(value: str | None, expected: float | None):
    assert decision.retry_after_seconds(value, now=100) == expected


def test_an_absurd_retry_after_is_cut():
    assert decision.decide(Answer(503, retry_after="99999"), now=0, hold_limit_seconds=60).hold_seconds == 60


@pytest.mark.parametrize(
    ("verdict", "age", "action"),
    [
        (DEFERRED, 99, Action.DEFERRED),
        (DEFERRED, 101, Action.DEAD_LETTER),
        (DELIVERED, 101, Action.DELIVERED),
        (DEAD, 101, Action.DEAD_LETTER),
    ],
)
def test_only_what_would_be_deferred_grows_too_old(verdict: Verdict, age: float, action: Action):
    assert decision.expire(verdict, age_seconds=age, max_age_seconds=100).action is action


def settle(state: Circuit, verdict: Verdict, now: float, generation: int | None = None) -> Circuit:
    return circuit.settle(
        state,
        verdict,
        generation=state.generation if generation is None else generation,
        now=now,
        pause_first_seconds=1,
        pause_limit_seconds=4,
    )


def test_pauses_grow_to_the_limit_and_allow_one_probe_each():
    state, now, pauses = Circuit(), 0.0, []
    for _ in range(4):
        state = settle(state, SEVERE, now)
        assert state.open_until is not None
        pauses.append(state.open_until - now)
        assert circuit.ask(state, now=state.open_until - 0.1)[0] is False
        now = state.open_until
        allowed, state = circuit.ask(state, now=now)
        assert allowed
        assert circuit.ask(state, now=now + 100)[0] is False, "one probe at a time"
    assert pauses == [1, 2, 4, 4]
    assert state.failing_since == 0
    closed = settle(state, DELIVERED, now)
    assert (closed.open_until, closed.failures, closed.failing_since) == (None, 0, None)


def test_one_mail_that_fails_does_not_stop_the_others():
    state = settle(settle(Circuit(), DEFERRED, 0), DEFERRED, 0)
    assert circuit.ask(state, now=0)[0]
    assert not state.failing
    assert settle(state, DELIVERED, 0).failures == 0
    state = settle(state, DEFERRED, 0)
    assert state.failing
    assert not circuit.ask(state, now=0)[0]


def test_a_success_does_not_hide_the_failure_of_a_call_beside_it():
    state = settle(Circuit(), DELIVERED, 0)
    assert settle(state, SEVERE, 0, generation=0).open_until == 1


def test_a_dead_letter_shows_that_the_application_is_there():
    state = circuit.ask(settle(Circuit(), SEVERE, 0), now=1)[1]
    assert settle(state, DEAD, 1).open_until is None


def test_answers_to_calls_before_the_pause_neither_lengthen_nor_end_it():
    opened = settle(Circuit(), SEVERE, 0)
    assert settle(opened, SEVERE, 0.5, generation=0) == opened
    assert settle(opened, DELIVERED, 0.5, generation=0) == opened
    held = settle(opened, Verdict(Action.DEFERRED, "status_429", hold_seconds=9), 0.5, generation=0)
    assert held.open_until == 9.5


def test_a_probe_that_was_not_made_leaves_room_for_another():
    state = settle(Circuit(), SEVERE, 0)
    _, probing = circuit.ask(state, now=1)
    released = circuit.release(probing, generation=probing.generation)
    assert circuit.ask(released, now=1)[0]
    assert circuit.release(probing, generation=0) == probing


def test_a_flush_comes_soon_once_and_never_gets_lost():
    meter = flush.request(FlushMeter(), now=0, interval_seconds=60)
    assert flush.request(meter, now=0.5, interval_seconds=60) == meter
    assert flush.take(meter, now=0.5)[0] is False
    due, meter = flush.take(meter, now=1)
    assert due
    assert flush.take(meter, now=2)[0] is False
    meter = flush.request(meter, now=5, interval_seconds=60)
    assert flush.take(meter, now=60)[0] is False
    assert flush.take(meter, now=61)[0] is True
