"""How much of a limit each endpoint may hold, so that a slow one cannot take what the others need.

With several endpoints none may hold more than is left free: one that is slow stops at half of the limit, two
at a third each, and something is always left for another. A single endpoint may hold everything.
"""

import asyncio
from collections import Counter


class Shares:
    """What is held by whom. One holder may always go on alone, so that no message is too big for ever."""

    def __init__(self, limit: int, *, several: bool) -> None:
        self._limit = limit
        self._several = several
        self._held: Counter[str] = Counter()
        self._given = asyncio.Event()

    def take(self, name: str, count: int) -> bool:
        """Takes `count` for an endpoint; False if that is too much."""
        held = self._held.total()
        own = self._held[name] if self._several else 0
        if held and own + count > self._limit - held:
            return False
        self._held[name] += count
        return True

    def give(self, name: str, count: int) -> None:
        """Gives back."""
        self._held[name] -= count
        self._given.set()

    async def wait(self, name: str, count: int, *, seconds: float) -> bool:
        """Takes `count` as soon as there is room; False if there is none in time."""
        try:
            async with asyncio.timeout(seconds):
                while not self.take(name, count):
                    self._given.clear()
                    await self._given.wait()
        except TimeoutError:
            return False
        return True
