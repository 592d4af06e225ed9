"""A slow endpoint leaves something for the others, however much it is offered."""

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
    for name, count in wishes:
        if shares.take(name, count):
            assert sum(held.values()) == 0 or held[name] + count <= 30 - sum(held.values())
            held[name] += count


def test_a_message_bigger_than_the_limit_goes_alone():
    shares = Shares(10, several=True)
    assert shares.take("a", 100)
    assert not shares.take("b", 1)
    shares.give("a", 100)
    assert shares.take("b", 1)


async def test_waiting_ends_when_there_is_room_or_no_time():
    shares = Shares(10, several=True)
    assert await shares.wait("a", 5, seconds=1)
    assert not await shares.wait("a", 5, seconds=0.01)
    shares.give("a", 5)
    assert await shares.wait("a", 5, seconds=1)
