"""The application's end: takes each POST, answers 204. `python -m bench.sink ADDRESS PORT [RECORD]`.

No framework: it shares the processors with what is measured, and every variant has it behind it. A line on
its standard input is what it answers from then on, as `503 Service Unavailable`. In the file RECORD it
writes, for each mail that it took, the monotonic time and the webhook-id.
"""

import asyncio
import sys
import time
from pathlib import Path
from typing import TextIO


class Sink(asyncio.Protocol):
    """One connection, kept open as long as the client likes."""

    taken = 0
    status = "204 No Content"
    record: TextIO | None = None

    def __init__(self) -> None:
        self._head = b""
        self._id = ""
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
            self._left = int(_field(head, b"content-length") or 0) - len(rest)
            self._id = _field(head, b"webhook-id").decode()
            if self._left <= 0:
                self._answer()

    def _answer(self) -> None:
        self._left = 0
        if Sink.status.startswith("2"):
            Sink.taken += 1
            if Sink.record:
                Sink.record.write(f"{time.monotonic():.3f} {self._id}\n")
        length = "" if Sink.status.startswith("204") else "Content-Length: 0\r\n"
        self._transport.write(f"HTTP/1.1 {Sink.status}\r\n{length}\r\n".encode())
        if self._last:
            self._transport.close()


def _field(head: bytes, wanted: bytes) -> bytes:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == wanted:
            return value.strip()
    return b""


def _obey() -> None:
    """Until whoever started it closes its standard input."""
    for line in sys.stdin:
        Sink.status = line.strip()


async def main(address: str, port: int, record: str = "") -> None:
    """Serves until its standard input is closed."""
    if record:
        # Each line at once: it is read while this runs.
        Sink.record = Path(record).open("w", buffering=1)  # noqa: ASYNC230, SIM115 - once, for its whole life
    server = await asyncio.get_running_loop().create_server(Sink, address, port, backlog=1024)
    print("listening", flush=True)
    async with server:
        await asyncio.to_thread(_obey)
    print(Sink.taken, flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:4]))
