"""Sends mail as fast as it is taken, or at a rate: `python -m bench.load`, in a namespace of its own.

Bounded in number and in time; ends early on SIGTERM, after the mails under way. Plain sockets and threads: a
mail costs the sender a tenth of a millisecond, for it shares the processors with what is measured.
"""

import argparse
import collections
import itertools
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path
from typing import BinaryIO, TextIO

from bench import mails

# As the big providers do, more or less.
MAILS_PER_CONNECTION = 10
SECONDS_TO_REPLY = 60.0
SENDER = b"customer@mailbox.example"


class Load:
    """The mails that remain to be sent, the replies so far, and how long each mail took."""

    # Mails a second; 0 is as fast as they are taken.
    rate = 0.0
    sender = SENDER
    # Gets a line for each mail: monotonic time of the last reply, recipient, that reply.
    record: TextIO | None = None

    def __init__(self, target: tuple[str, int], mix: str, count: int, seconds: float, tenants: int) -> None:
        self.target = target
        self.pool = mails.pool(mix)
        self.started = time.monotonic()
        self.numbers = iter(range(count))
        self.deadline = self.started + seconds
        self.tenants = tenants
        self.replies: collections.Counter[str] = collections.Counter()
        self.waits: list[float] = []
        self.lock = threading.Lock()
        # No two runs send the same mail.
        self.run = f"{os.getpid() % 0x10000:04x}"

    def next(self) -> int | None:
        """The number of the next mail, if there is one."""
        with self.lock:
            number = next(self.numbers, None)
        while number is not None and self.rate:
            wait = min(self.started + number / self.rate, self.deadline) - time.monotonic()
            if wait <= 0:
                break
            time.sleep(min(wait, 1.0))
        return number if time.monotonic() < self.deadline else None

    def work(self) -> None:
        """One sender: connection after connection."""
        number = self.next()
        while number is not None:
            number = self._connection(number)

    def _connection(self, number: int | None) -> int | None:
        try:
            with (
                socket.create_connection(self.target, timeout=SECONDS_TO_REPLY) as link,
                link.makefile("rb") as lines,
            ):
                _reply(lines)
                link.sendall(b"EHLO out.mailbox.example\r\n")
                _reply(lines)
                for _ in range(MAILS_PER_CONNECTION):
                    if number is None:
                        break
                    self._mail(link, lines, number)
                    number = self.next()
                link.sendall(b"QUIT\r\n")
                _reply(lines)
        except OSError as error:
            with self.lock:
                self.replies[f"connection: {error}"] += 1
            time.sleep(0.2)
        return number

    def _mail(self, link: socket.socket, lines: BinaryIO, number: int) -> None:
        recipient = b"ticket@t%d.desk.example.com" % (number % self.tenants + 1)
        mark = f"{self.run}{number:012d}".encode()
        body = self.pool[number % len(self.pool)].replace(mails.MARK, mark)
        started = time.monotonic()
        link.sendall(b"MAIL FROM:<%b>\r\nRCPT TO:<%b>\r\nDATA\r\n" % (self.sender, recipient))
        for _ in range(2):
            _reply(lines)
        said = _reply(lines)
        if said.startswith(b"354"):
            link.sendall(body + b".\r\n")
            said = _reply(lines)
        else:
            link.sendall(b"RSET\r\n")
            _reply(lines)
        ended, text = time.monotonic(), said.decode(errors="replace").strip()
        with self.lock:
            self.replies[text[:3] if text.startswith("250") else text] += 1
            self.waits.append(ended - started)
            if self.record:
                self.record.write(f"{ended:.3f} {recipient.decode()} {text}\n")


def _reply(lines: BinaryIO) -> bytes:
    while line := lines.readline():
        if line[3:4] != b"-":
            return line
    raise ConnectionError("closed")


def main() -> None:
    """Sends, then prints what became of it as JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("address")
    parser.add_argument("--port", type=int, default=25)
    parser.add_argument("--mix", default="real")
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--sender", default=SENDER.decode())
    parser.add_argument("--record", type=Path)
    wanted = parser.parse_args()
    load = Load((wanted.address, wanted.port), wanted.mix, wanted.count, wanted.seconds, wanted.tenants)
    load.rate, load.sender = wanted.rate, wanted.sender.encode()
    if wanted.record:
        load.record = wanted.record.open("w", buffering=1)
    signal.signal(signal.SIGTERM, lambda *_: setattr(load, "deadline", 0.0))
    threads = [threading.Thread(target=load.work) for _ in itertools.repeat(None, wanted.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits = sorted(load.waits) or [0.0]
    print(
        json.dumps(
            {
                "started": load.started,
                "ended": time.monotonic(),
                "replies": dict(load.replies),
                "wait_p50_seconds": waits[len(waits) // 2],
                "wait_p99_seconds": waits[len(waits) * 99 // 100],
            }
        )
    )


if __name__ == "__main__":
    main()
