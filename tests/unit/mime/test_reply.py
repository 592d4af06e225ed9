"""What the sender newly wrote: on replies of many programs and languages, and on texts made to do harm."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.mime import reply
from boringmail.mime.reply import field_names, footers, forwards, phrases, reply_text
from boringmail.mime.reply.lines import fold
from tests.unit.mime.replies import corpus

_CASES = corpus.load()

# Lines that the rules look at, so that random texts meet them in every order.
_LINES = st.sampled_from([
    *{line for case in _CASES for line in case.text.split("\n")},
    "```",
    ">",
    "> > x",
    "\u200f> x",
    "--",
    "-- ",
])  # fmt: skip
_TEXTS = st.one_of(st.text(), st.lists(st.one_of(_LINES, st.text(max_size=20)), max_size=60).map("\n".join))


@pytest.mark.parametrize("case", _CASES, ids=[case.name for case in _CASES])
def test_a_reply_is_what_the_sender_wrote(case: corpus.Case):
    assert corpus.errors(case, reply_text(case.text)) == corpus.Errors([], [])


def test_the_corpus_is_large_and_each_case_has_a_name_of_its_own():
    assert len({case.name for case in _CASES}) == len(_CASES) >= 150
    assert sum(case.own == case.text for case in _CASES) >= 60


@given(_TEXTS)
def test_any_text_has_a_reply_whose_lines_are_lines_of_the_text_in_order(text: str):
    remaining = iter(text.split("\n"))
    assert all(line in remaining for line in reply_text(text).split("\n"))


@given(_TEXTS)
def test_a_reply_has_no_further_reply_inside(text: str):
    once = reply_text(text)
    assert reply_text(once) == once


@given(_TEXTS)
def test_a_reply_is_blank_only_if_the_text_is(text: str):
    assert bool(reply_text(text).strip()) == bool(text.strip())


@given(_TEXTS)
def test_a_forwarded_mail_stays_whole(text: str):
    assert reply_text(text, "Fwd: Invoice") == text


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [
        ("Fwd: Invoice", True),
        ("FW: Invoice", True),
        ("WG: Rechnung", True),
        ("TR : Facture", True),
        ("İLT: Fatura", True),
        ("转发\uff1a发票", True),
        ("Re: Invoice", False),
        ("AW: WG: Rechnung", False),
        ("Forward: the plan", False),
        ("fw", False),
        ("", False),
    ],
)
def test_a_subject_tells_a_forwarded_mail(subject: str, forwarded: bool):
    assert forwards(subject) is forwarded


@pytest.mark.parametrize(
    "text",
    [
        ">\n" * 500_000,
        "On On On " * 120_000 + "wrote:",
        "x\n-- \n" + "y" * reply.LENGTH_LIMIT,
        "x\n" * reply.LINES_LIMIT + "\n-- \ny",
    ],
    ids=["quoted lines", "on on on", "long", "many lines"],
)
def test_a_text_beyond_the_bounds_stays_whole(text: str):
    assert reply_text(text) is text


def test_a_text_within_the_bounds_is_cut():
    own = "A line of one's own.\n" * (reply.LINES_LIMIT - 10)
    assert reply_text(own + "\n-- \nAnn") == own.rstrip("\n")


def test_a_text_with_very_many_lines_that_could_end_it_stays_whole():
    text = "Name: value\n" * 5_000 + "\n-- \nAnn"
    assert reply_text(text) == text


def _calls(run: Callable[[], object]) -> int:
    """How many functions are called, those written in C included: work, whatever the machine's speed."""
    count = 0

    def note(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "\n",
        ">\n",
        "> > x\n",
        "> x\ny\n",
        "--\n",
        "-- \nAnn\n\n",
        "\nSent from my iPhone\n",
        "From: a\n",
        "From: a\n\n",
        "----\nFrom: a\n",
        "x\n\nFrom: a\nTo: b\nDate: c\n",
        "----- Original Message -----\n\n\n\n",
        "On 5 Jan 2026 at 10:00 a@example.com wrote:\n",
        "On 5 Jan 2026 at 10:00 a@example.com wrote:\n> x\n",
        "On 5 Jan 2026 at 10:00 a@example.com wrote:\n> x\n\ny\n\n",
        "A long line with 2026 and an address a@ <\n> wrote:\n",
        "```\n> x\n",
    ],
    ids=repr,
)
def test_work_grows_no_faster_than_the_text(unit: str):
    lines = reply.LINES_LIMIT // 2 // unit.count("\n")
    half = _calls(lambda: reply_text("x\n" + unit * (lines // 2)))
    whole = _calls(lambda: reply_text("x\n" + unit * lines))
    assert whole <= 2.5 * half + 2_000
    assert whole <= 20 * lines * unit.count("\n") + 500_000


def test_phrases_are_as_they_are_compared():
    tables = (phrases.WROTE, phrases.OPENERS, phrases.ORIGINAL, phrases.FORWARDED, footers.SENT_FROM)
    entries = [entry for table in tables for entries in table.values() for entry in entries]
    assert [entry for entry in entries if entry != entry.lower() or not fold(entry)] == []


def test_each_language_of_field_names_has_all_four_fields():
    for language, names in field_names.BY_LANGUAGE.items():
        assert all(names[:4]), language
