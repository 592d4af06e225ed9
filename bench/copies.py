"""Makes a queue many times as long by copying its files, for want of the time to send that much mail.

A copy is to Postfix what a mail is that came in: it has a queue id of its own (`enable_long_queue_ids`: ten
characters of time, `z`, then the file's inode, here a number), in its name and in its records, of which
XFORWARD takes it. Postfix must not run meanwhile.
"""

import os
from collections.abc import Iterator
from pathlib import Path

_TIME_LENGTH = 10
_DIGITS = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxy"


def multiply(queue: Path, copies: int) -> Iterator[tuple[str, str]]:
    """Copies each waiting mail so many times; gives its queue id and the copy's."""
    aside = queue.parent / "copying"
    for folder in sorted((queue / "deferred").iterdir()):
        for file in list(folder.iterdir()):
            status, content = file.stat(), file.read_bytes()
            # The time part decides the folder.
            taken_at, digits = file.name[:_TIME_LENGTH], len(file.name) - _TIME_LENGTH - 1
            for number in range(copies):
                name = f"{taken_at}z{_encoded(number).rjust(digits, _DIGITS[0])}"
                aside.write_bytes(content.replace(file.name.encode(), name.encode()))
                os.chown(aside, status.st_uid, status.st_gid)
                aside.chmod(status.st_mode)
                os.utime(aside, ns=(status.st_atime_ns, status.st_mtime_ns))
                aside.rename(folder / name)
                yield file.name, name


def _encoded(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, len(_DIGITS))
        digits = _DIGITS[rest] + digits
    return digits or _DIGITS[0]
