"""A slow endpoint leaves something for the others, however much it is offered."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound.shares import Shares


def take_all(shares: Shares, name: str) -> int:
    taken = 0
    while taken < 1000 and shares.take(name, 1):
        taken += 1
    return taken


def test_a_single_endpoint_may_hold_the_limit_and_no_more():
    assert take_all(Shares(50, several=False), "default") == 50


def test_of_several_one_stops_at_half_and_the_next_at_half_of_the_rest():
    shares = Shares(60, several=True)
    assert take_all(shares, "slow") == 30
    assert take_all(shares, "fast") == 15
    shares.give("fast", 15)
    assert take_all(shares, "fast") == 15


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 40)), max_size=60))
def test_what_is_held_never_passes_the_limit_unless_one_holds_it_alone(wishes: list[tuple[str, int]]):
    shares, held = Shares(30, several=True), dict.fromkeys("abc", 0)
    for name, wished in wishes:
        if shares.take(name, wished):
            count = min(wished, 15)  # more than its share is counted as that
            assert sum(held.values()) == 0 or held[name] + count <= 30 - sum(held.values())
            held[name] += count


def test_a_message_bigger_than_the_limit_goes_alone():
    shares = Shares(10, several=True)
    assert shares.take("a", 100)
    assert not shares.take("a", 1)
    assert shares.take("b", 1), "it counts as all that one endpoint can have"
    shares.give("a", 100)
    assert take_all(shares, "a") == 5, "b holds one"


async def test_a_big_message_is_not_starved_by_small_ones_that_keep_coming():
    shares = Shares(10, several=False)
    assert shares.take("a", 1)
    big = asyncio.create_task(shares.wait("a", 30, seconds=5))
    await asyncio.sleep(0)
    small = asyncio.create_task(shares.wait("a", 1, seconds=5))
    await asyncio.sleep(0.01)
    assert not big.done()
    shares.give("a", 1)
    assert await big
    assert not small.done()
    shares.give("a", 30)
    assert await small


async def test_waiting_ends_when_there_is_room_or_no_time():
    shares = Shares(10, several=True)
    assert await shares.wait("a", 5, seconds=1)
    assert not await shares.wait("a", 5, seconds=0.01)
    shares.give("a", 5)
    assert await shares.wait("a", 5, seconds=1)


async def test_what_turned_out_bigger_than_guessed_counts_as_what_it_is():
    shares = Shares(10, several=False)
    assert shares.take("a", 2)
    assert shares.correct("a", 2, 9) == 9
    assert not shares.take("a", 2)
    shares.give("a", 9)
    assert take_all(shares, "a") == 10


async def test_what_turned_out_smaller_than_guessed_makes_room_at_once():
    shares = Shares(10, several=False)
    assert shares.take("a", 9)
    waiting = asyncio.create_task(shares.wait("a", 5, seconds=5))
    await asyncio.sleep(0)
    shares.correct("a", 9, 4)
    assert await waiting


async def test_what_turned_out_bigger_takes_nothing_of_what_the_others_need():
    shares = Shares(100, several=True)
    for _ in range(4):
        assert shares.take("slow", 10)
    held = [shares.correct("slow", 10, 70) for _ in range(4)]
    assert shares.take("other", 20)
    for count in held:
        shares.give("slow", count)
    assert take_all(shares, "other") == 30
