"""The application's end: takes each POST, answers 204, counts. `python -m bench.sink ADDRESS PORT`.

No framework: it shares the processors with what is measured, and every variant has it behind it.
"""

import asyncio
import sys


class Sink(asyncio.Protocol):
    """One connection, kept open as long as the client likes."""

    taken = 0

    def __init__(self) -> None:
        self._head = b""
        self._left = 0
        self._last = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client is there."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Counts the body's bytes down, and answers when they are there."""
        if self._left:
            self._left -= len(data)
            if self._left <= 0:
                self._answer()
            return
        self._head += data
        head, mark, rest = self._head.partition(b"\r\n\r\n")
        if mark:
            self._head = b""
            # PHP's streams read until the end of the connection.
            self._last = b"connection: close" in head.lower()
            self._left = _length(head) - len(rest)
            if self._left <= 0:
                self._answer()

    def _answer(self) -> None:
        self._left = 0
        Sink.taken += 1
        self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")
        if self._last:
            self._transport.close()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


async def main(address: str, port: int) -> None:
    """Serves until its standard input is closed."""
    server = await asyncio.get_running_loop().create_server(Sink, address, port, backlog=1024)
    print("listening", flush=True)
    async with server:
        # Ends when whoever started it closes its standard input.
        await asyncio.to_thread(sys.stdin.read)
    print(Sink.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
