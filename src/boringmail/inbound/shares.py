"""How much of a limit each endpoint may hold, so that a slow one cannot take what the others need.

With several endpoints none may hold more than is left free: one that is slow stops at half of the limit, two
at a third each, and something is always left for another. A single endpoint may hold everything.
"""

import asyncio
from collections import Counter, defaultdict


class Shares:
    """What is held by whom. One holder may always go on alone, so that no message is too big for ever.

    More than an endpoint can ever have counts as just that: it goes when nothing else of its own is held.
    """

    def __init__(self, limit: int, *, several: bool) -> None:
        self._limit = limit
        self._several = several
        self._held: Counter[str] = Counter()
        self._most = limit // 2 if several else limit
        self._given = asyncio.Event()
        # Who waits is served in turn: small messages that keep coming would starve a big one.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    def take(self, name: str, count: int) -> bool:
        """Takes `count` for an endpoint; False if that is too much."""
        count = min(count, self._most)
        held = self._held.total()
        own = self._held[name] if self._several else 0
        if held and own + count > self._limit - held:
            return False
        self._held[name] += count
        return True

    def give(self, name: str, count: int) -> None:
        """Gives back."""
        self._held[name] -= min(count, self._most)
        self._given.set()

    def correct(self, name: str, taken: int, actual: int) -> int:
        """Puts what was found out in the place of what was guessed and taken; gives what is to be given back.

        It is there already, so it counts, but never for more than the endpoint's share: the others go on.
        """
        taken, counted = min(taken, self._most), min(actual, self._most)
        if self._several:
            room = max(0, (self._limit - self._held.total() - self._held[name]) // 2)
            counted = min(counted, taken + room)
        self._held[name] += counted - taken
        self._given.set()
        return counted

    async def wait(self, name: str, count: int, *, seconds: float) -> bool:
        """Takes `count` as soon as there is room; False if there is none in time."""
        try:
            async with asyncio.timeout(seconds), self._turns[name]:
                while not self.take(name, count):
                    self._given.clear()
                    await self._given.wait()
        except TimeoutError:
            return False
        return True
