"""Room for bodies: never more than there is, first come first served, and given back whatever happens."""

import asyncio

import pytest

from boringmail.learning.room import Room


async def test_who_finds_no_room_is_told_so_and_takes_none():
    room = Room(10)
    async with room.hold(8, seconds=1):
        with pytest.raises(TimeoutError):
            async with room.hold(3, seconds=0.01):
                pytest.fail("there was no room")
    async with room.hold(10, seconds=1):
        pass


async def test_a_large_mail_is_not_passed_by_small_ones():
    room, order = Room(10), []

    async def come(count):
        async with room.hold(count, seconds=5):
            order.append(count)

    async with room.hold(8, seconds=1):
        waiting = [asyncio.create_task(come(10)), asyncio.create_task(come(1))]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert order == []
    await asyncio.gather(*waiting)
    assert order == [10, 1]


async def test_a_failure_gives_the_room_back():
    room = Room(10)
    with pytest.raises(ValueError, match="broken"):
        async with room.hold(10, seconds=1):
            raise ValueError("broken")
    async with room.hold(10, seconds=1):
        pass
