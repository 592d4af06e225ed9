"""How many bytes of mail the daemon holds at one time, over all connections."""


class Budget:
    """Bytes in flight. One holder may always go on alone, so that no message is too big for ever."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self.held_bytes = 0

    def take(self, count: int, *, own: int) -> bool:
        """Takes `count` bytes for a holder that has `own` already; False if that is too much."""
        if self.held_bytes + count > self._limit and self.held_bytes > own:
            return False
        self.held_bytes += count
        return True

    def give(self, count: int) -> None:
        """Gives bytes back."""
        self.held_bytes -= count
