"""Mails of 25 MB, one and several at a time: what they make of the daemon's memory.

`python -m bench.big ADDRESS KIND COUNT` sends them, in the sender's namespace; `big_mails` has that done and
looks at the daemon's peak.
"""

import base64
import random
import smtplib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench import host
from bench.host import Measured, inside

# Below Postfix's limit, as transferred.
SIZE_BYTES = 26_000_000
TRIES, TRY_SECONDS = 40, 3.0
LIMIT_SECONDS = 600
_HEADER = (
    "From: A Customer <customer@mailbox.example>\r\nTo: Support <ticket@t1.desk.example.com>\r\n"
    "Subject: big\r\nDate: Mon, 2 Mar 2026 09:30:12 +0000\r\nMessage-ID: <{mark}@mailbox.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
)
# What is sent, and how many at a time.
KINDS = {"attachment": 1, "text": 1, "html": 1, "attachment-eight": 8, "html-eight": 8}


@dataclass(frozen=True, slots=True)
class Big:
    """One kind: how many were sent at once, and the most that the daemon held, in MiB."""

    kind: str
    mails: int
    peak_mib: int
    seconds: float


def mail(kind: str, mark: str) -> bytes:
    """One mail of the full size: all of it an attachment, or text, or HTML in an 8-bit charset."""
    if kind.startswith("attachment"):
        head = (
            _HEADER.format(mark=mark, kind='application/pdf; name="a.pdf"', encoding="base64")
            + "Content-Disposition: attachment\r\n"
        )
        head = head.replace("\r\n\r\nContent-Disposition", "\r\nContent-Disposition") + "\r\n"
        content = random.Random(mark).randbytes(SIZE_BYTES * 57 // 78)
        return head.encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")
    if kind.startswith("html"):
        # Each letter two bytes of UTF-8, and in the body twice: as HTML, and as the text made of it.
        line = b"<p>" + bytes(range(0xE0, 0xF7)) * 3 + b"</p>\r\n"
        head = _HEADER.format(mark=mark, kind="text/html; charset=windows-1252", encoding="8bit")
    else:
        line = b"The printer says that it is out of paper, which it is not; we have looked.\r\n"
        head = _HEADER.format(mark=mark, kind="text/plain; charset=utf-8", encoding="8bit")
    return head.encode() + line * (SIZE_BYTES // len(line))


def big_mails(there: Measured) -> list[Big]:
    """Sends each kind, waits until it is handed over, and looks at the peak since."""
    found = []
    for kind, count in KINDS.items():
        _forget_peak()
        started = time.monotonic()
        command = host.namespace(
            host.SENDER, sys.executable, "-m", "bench.big", there.address, kind, str(count)
        )
        subprocess.run(command, cwd=host.ROOT, check=True, timeout=LIMIT_SECONDS)
        while there.queued() and time.monotonic() < started + LIMIT_SECONDS:
            time.sleep(0.2)
        found.append(Big(kind, count, peak_mib(), time.monotonic() - started))
        print(found[-1], flush=True)
    return found


def peak_mib() -> int:
    """The most that boringmail-inbound has held."""
    return (
        int(inside("awk '/^VmHWM/ {print $2}' /proc/$(systemctl show -P MainPID boringmail-inbound)/status"))
        >> 10
    )


def _forget_peak() -> None:
    inside("echo 5 >/proc/$(systemctl show -P MainPID boringmail-inbound)/clear_refs")


def _send(address: str, kind: str, number: int) -> None:
    content = mail(kind, f"{kind}.{number}.{time.time_ns()}")
    for _ in range(TRIES):
        try:
            with smtplib.SMTP(address, timeout=120, local_hostname="out.mailbox.example") as link:
                link.sendmail("customer@mailbox.example", f"ticket@t{number + 1}.desk.example.com", content)
        except (smtplib.SMTPException, OSError) as error:
            print(f"{kind}: {error}", flush=True)
            time.sleep(TRY_SECONDS)
        else:
            return
    raise SystemExit("a big mail was not taken")


def main(address: str, kind: str, count: str) -> None:
    """Sends so many at a time."""
    with ThreadPoolExecutor(int(count)) as pool:
        for sent in [pool.submit(_send, address, kind, number) for number in range(int(count))]:
            sent.result()


if __name__ == "__main__":
    main(*sys.argv[1:4])
