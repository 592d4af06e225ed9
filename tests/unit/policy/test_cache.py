"""What is remembered, for how long, and what may stand in for a missing answer."""

from boringmail.policy.cache import Cache, Lifetimes
from boringmail.policy.decision import Existence

LIFETIMES = Lifetimes(exists=300, gone=60, stale=3600)


def test_each_answer_holds_for_its_time():
    cache = Cache(LIFETIMES, limit=10)
    cache.put("a", Existence.EXISTS, now=0)
    cache.put("b", Existence.GONE, now=0)
    assert [cache.get("a", now=now) for now in (299, 300)] == [Existence.EXISTS, Existence.UNKNOWN]
    assert [cache.get("b", now=now) for now in (59, 60)] == [Existence.GONE, Existence.UNKNOWN]
    assert cache.get("c", now=0) is Existence.UNKNOWN


def test_only_a_mailbox_that_was_known_stands_in_for_an_answer():
    cache = Cache(LIFETIMES, limit=10)
    cache.put("a", Existence.EXISTS, now=0)
    cache.put("b", Existence.GONE, now=0)
    assert [cache.stand_in("a", now=now) for now in (3899, 3900)] == [Existence.EXISTS, Existence.UNKNOWN]
    assert cache.stand_in("b", now=1) is Existence.UNKNOWN


def test_the_last_answer_counts_and_no_answer_changes_nothing():
    cache = Cache(LIFETIMES, limit=10)
    cache.put("a", Existence.EXISTS, now=0)
    cache.put("a", Existence.UNKNOWN, now=1)
    assert cache.get("a", now=2) is Existence.EXISTS
    cache.put("a", Existence.GONE, now=3)
    assert cache.get("a", now=4) is Existence.GONE
    assert cache.stand_in("a", now=100) is Existence.UNKNOWN
    cache.put("a", Existence.EXISTS, now=101)
    assert cache.get("a", now=102) is Existence.EXISTS


def test_names_that_are_tried_push_out_no_mailbox_that_exists():
    cache = Cache(LIFETIMES, limit=3)
    cache.put("real", Existence.EXISTS, now=0)
    for number in range(10):
        cache.put(f"tried{number}", Existence.GONE, now=0)
    remembered = [number for number in range(10) if cache.get(f"tried{number}", now=1) is Existence.GONE]
    assert remembered == [7, 8, 9]
    assert cache.get("real", now=1) is Existence.EXISTS
