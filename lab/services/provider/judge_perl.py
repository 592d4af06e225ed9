"""Has judge.pl judge: Perl processes that live on, each with one mail at a time."""

import base64
import json
import logging
import queue
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.services.provider.judge import AuthenticatorError
from lab.services.provider.verdict import Authentication, Dmarc, Signature, Spf

log = logging.getLogger("provider.judge_perl")

WORKERS = 2
# Past the longest chain of look-ups that SPF allows (RFC 7208 4.6.4), short of the sender's patience.
ANSWER_SECONDS = 30.0
_SCRIPT = Path(__file__).with_name("judge.pl")


def command(resolver: str, port: int) -> tuple[str, ...]:
    """The command line of one worker."""
    return ("perl", str(_SCRIPT), resolver, str(port))


class PerlAuthenticator:
    """Mail::SPF, Mail::DKIM and Mail::DMARC, in worker processes that are started when first needed."""

    def __init__(self, argv: Sequence[str], workers: int = WORKERS, seconds: float = ANSWER_SECONDS) -> None:
        self._workers: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(workers):
            self._workers.put(_Worker(argv, seconds))

    def authenticate(self, *, client: str, helo: str, mail_from: str, raw: bytes) -> Authentication:
        """Judge one message; safe from any thread. Raises AuthenticatorError."""
        worker = self._workers.get()
        try:
            answer = worker.ask(
                {
                    "client": client,
                    "helo": helo,
                    "mail_from": mail_from,
                    "raw": base64.b64encode(raw).decode(),
                }
            )
            return Authentication(
                Spf(**answer["spf"]),
                tuple(Signature(**signature) for signature in answer["dkim"]),
                Dmarc(**answer["dmarc"]),
            )
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise AuthenticatorError(f"{type(error).__name__}: {error}") from error
        finally:
            self._workers.put(worker)

    def close(self) -> None:
        """End the processes."""
        while not self._workers.empty():
            self._workers.get().end()


class _Worker:
    def __init__(self, argv: Sequence[str], seconds: float) -> None:
        self._argv = argv
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None

    def ask(self, question: dict[str, str]) -> dict[str, Any]:
        """Send a line, get a line; a process that dies or is silent is replaced at the next question."""
        process = self._process = self._process or self._start()
        if process.stdin is None or process.stdout is None:
            raise OSError("no pipes to the process")
        timer = threading.Timer(self._seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            self.end()
            raise
        finally:
            timer.cancel()
        if not answer.endswith("\n"):
            self.end()
            raise OSError(f"{self._argv[0]} ended, or was silent for {self._seconds:g} s")
        document = json.loads(answer)
        if not isinstance(document, dict):
            raise TypeError(f"no JSON object: {answer[:100]!r}")
        return document

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def end(self) -> None:
        """Kill the process, if there is one."""
        if self._process:
            self._process.kill()
            self._process.communicate()
            self._process = None
