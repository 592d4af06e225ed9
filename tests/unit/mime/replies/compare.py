"""Compares ways to find what a sender newly wrote, on the cases beside this file, and prints a table.

    python -m tests.unit.mime.replies.compare [--errors]

The libraries are no dependency of this project. Those that are to be measured are installed beside it:

    pip install --target DIRECTORY mail-parser-reply quotequail email-reply-parser email-reply-extractor
    PYTHONPATH=DIRECTORY python -m tests.unit.mime.replies.compare
"""

import importlib
import itertools
import multiprocessing
import sys
import time
from collections.abc import Callable
from typing import Any

from boringmail.mime.reply import reply_text
from tests.unit.mime.replies import corpus

_LANGUAGES = ["en", "de", "fr", "it", "ja", "nl", "pl", "sv", "da", "cs", "es", "ko", "zh"]
_PATIENCE_SECONDS = 5
_ROUNDS = 7
_REPEATS = 20
_ORDINARY = "One line of an ordinary letter, as long as most.\n" * 60 + (
    "\nOn Mon, Jan 5, 2026 at 10:00 AM Ann <ann@example.com> wrote:\n\n" + "> A line that is quoted.\n" * 40
)
_HOSTILE = {
    "newlines": "\n" * 4_000 + "x",
    "On On On": "On " * 4_000 + "wrote",
    "quoted": "> > > x\n" * 4_000,
    "From": "From: a\n" * 2_000,
}
_Extract = Callable[[str], str]


def _mail_parser_reply() -> _Extract:
    library: Any = importlib.import_module("mailparser_reply")
    parser = library.EmailReplyParser(languages=_LANGUAGES)

    def extract(text: str) -> str:
        replies = parser.read(text).replies
        return str(replies[0].body) if replies else ""

    return extract


def _mail_parser_reply_improved() -> _Extract:
    """With what can be added around it.

    All is kept if nothing would be left, forwards stay, and so do answers inside a quotation; of signatures
    only RFC 3676's is used, as the library's own cut at `Thanks,`.
    """
    library: Any = importlib.import_module("mailparser_reply")
    parser = library.EmailReplyParser(languages=_LANGUAGES)

    def extract(text: str) -> str:
        if "orwarded message" in text or "-----BEGIN PGP" in text:
            return text
        marked = [line.lstrip()[:1] == ">" for line in text.split("\n") if line.strip()]
        changes = sum(before != after for before, after in itertools.pairwise(marked))
        if changes > 1:
            return text
        replies = parser.read(text).replies
        lines = [line for line in (replies[0].full_body if replies else "").split("\n") if line[:1] != ">"]
        own, delimiter, _ = "\n".join(lines).rpartition("\n--\n")
        return (own if delimiter else "\n".join(lines)).strip() or text

    return extract


def _quotequail() -> _Extract:
    library: Any = importlib.import_module("quotequail")
    return lambda text: "".join(part for shown, part in library.quote(text, quote_intro_line=True) if shown)


def _email_reply_parser() -> _Extract:
    library: Any = importlib.import_module("email_reply_parser")
    return lambda text: str(library.EmailReplyParser.parse_reply(text))


def _email_reply_extractor() -> _Extract:
    library: Any = importlib.import_module("email_reply_extractor")
    return lambda text: str(library.extract_new_text(text).text)


_WAYS: dict[str, Callable[[], _Extract]] = {
    "mail-parser-reply": _mail_parser_reply,
    "mail-parser-reply, improved": _mail_parser_reply_improved,
    "quotequail": _quotequail,
    "email-reply-parser": _email_reply_parser,
    "email-reply-extractor": _email_reply_extractor,
    "text as it is": lambda: lambda text: text,
    "boringmail": lambda: reply_text,
}


def _milliseconds(extract: _Extract, text: str) -> float:
    """CPU of one call: the best of several rounds, as others use the machine as well."""
    rounds = []
    for _ in range(_ROUNDS):
        started = time.process_time()
        for _ in range(_REPEATS):
            extract(text)
        rounds.append(time.process_time() - started)
    return min(rounds) / _REPEATS * 1_000


def _run(name: str, text: str) -> None:
    _WAYS[name]()(text)


def _worst(name: str) -> str:
    """The slowest hostile text, in milliseconds; each in a process of its own, as some do not end."""
    slowest, which = 0.0, ""
    for label, text in _HOSTILE.items():
        process = multiprocessing.Process(target=_run, args=(name, text))
        started = time.perf_counter()
        process.start()
        process.join(_PATIENCE_SECONDS)
        if process.is_alive():
            process.kill()
            process.join()
            return f"> {_PATIENCE_SECONDS * 1_000} ({label}, {len(text) // 1_000} kB)"
        if (took := (time.perf_counter() - started) * 1_000) > slowest:
            slowest, which = took, label
    return f"{slowest:.0f} ({which})"


def _judge(name: str, extract: _Extract, *, show: bool) -> str:
    cases = corpus.load()
    exact = cut = left = 0
    for case in cases:
        found = corpus.errors(case, extract(case.text))
        exact += not found.cut and not found.left
        cut += bool(found.cut)
        left += bool(found.left)
        if show and (found.cut or found.left):
            print(f"  {name}: {case.name}\n    cut {found.cut}\n    left {found.left}")
    ordinary = _milliseconds(extract, _ORDINARY)
    return f"{name:28} {exact:5}/{len(cases)} {cut:8} {left:8} {ordinary:10.3f}   {_worst(name)}"


def main() -> None:
    show = "--errors" in sys.argv[1:]
    print(
        f"{'way':28} {'exact':>9} {'cut own':>8} {'left':>8} {'ms/4 kB':>10}   hostile, ms with its process"
    )
    for name, way in _WAYS.items():
        try:
            extract = way()
        except ImportError:
            print(f"{name:28} not installed")
            continue
        print(_judge(name, extract, show=show and name == "boringmail"), flush=True)


if __name__ == "__main__":
    main()
