"""How many bytes of mail to learn are in memory at one time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Room:
    """Who comes first goes first, so that a large mail is not passed by small ones for ever."""

    def __init__(self, limit_bytes: int) -> None:
        self._free_bytes = limit_bytes
        self._turn = asyncio.Lock()
        self._given = asyncio.Event()

    @asynccontextmanager
    async def hold(self, count: int, *, seconds: float) -> AsyncIterator[None]:
        """Holds `count` bytes, of which there must be as many at all. Raises TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds), self._turn:
            while self._free_bytes < count:
                self._given.clear()
                await self._given.wait()
            self._free_bytes -= count
        try:
            yield
        finally:
            self._free_bytes += count
            self._given.set()
