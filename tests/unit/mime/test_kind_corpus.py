"""The kinds, over a corpus of mails as they are really written: recall, false alarms, and what was read."""

import functools
from collections.abc import Iterator

import pytest

from boringmail.mime import message
from boringmail.mime.message import Message
from tests.unit.mime.kinds import corpus
from tests.unit.mime.kinds.corpus import Sample

BOUNCES = corpus.read("bounces_text.txt") + corpus.read("bounces_rfc3464.txt")
AUTO_REPLIES = corpus.read("auto_replies.txt")
OTHERS = corpus.read("others.txt")
ORDINARY = corpus.read("ordinary.txt")


@functools.cache
def _read(raw: bytes, sender: str) -> Message:
    return message.parse(raw, envelope_sender=sender)


def read(sample: Sample) -> Message:
    parsed = _read(sample.raw, sample.sender)
    assert "unexpected_error" not in parsed.problems
    return parsed


def named(samples: list[Sample]) -> list[object]:
    return [pytest.param(sample, id=sample.name) for sample in samples]


def test_the_corpus_is_large_enough_to_count_in():
    assert len(BOUNCES) >= 80
    assert len(AUTO_REPLIES) >= 40
    assert len(OTHERS) >= 30
    assert len(ORDINARY) >= 60
    samples = [*BOUNCES, *AUTO_REPLIES, *OTHERS, *ORDINARY]
    assert len({(sample.raw, sample.sender) for sample in samples}) == len(samples)


def test_recall_on_bounces_is_at_least_97_5_per_cent():
    missed = [sample.name for sample in BOUNCES if read(sample).kind != "bounce"]
    assert len(missed) <= 0.025 * len(BOUNCES), missed


def test_recall_on_automatic_answers_is_at_least_97_5_per_cent():
    missed = [sample.name for sample in AUTO_REPLIES if read(sample).kind != "auto_reply"]
    assert len(missed) <= 0.025 * len(AUTO_REPLIES), missed


def test_no_ordinary_mail_is_taken_for_a_machines():
    wrong = {"auto_reply", "bounce", "complaint", "challenge"}
    assert [sample.name for sample in ORDINARY if read(sample).kind in wrong] == []


@pytest.mark.parametrize("sample", named([*OTHERS, *ORDINARY]))
def test_every_other_kind_is_the_one_expected(sample: Sample):
    assert read(sample).kind == sample.expected["kind"]


@pytest.mark.parametrize("sample", named(BOUNCES))
def test_a_bounce_says_who_was_not_reached_and_why(sample: Sample):
    recipients = read(sample).kind_details["recipients"]
    assert isinstance(recipients, list)
    first, wanted = recipients[0], sample.expected
    assert len(recipients) == int(wanted.get("recipients", len(recipients)))
    assert first["category"] == wanted["category"]
    assert first["action"] == wanted.get("action", "failed")
    for key, name in (("recipient", "final_recipient"), ("status", "status")):
        assert first[name] == wanted.get(key, first[name])
    if "fault" in wanted:
        assert first["recipient_at_fault"] is (wanted["fault"] == "yes")


@pytest.mark.parametrize("sample", named([s for s in BOUNCES if "about" in s.expected]))
def test_a_bounce_names_the_mail_that_it_is_about(sample: Sample):
    assert read(sample).kind_details["original_message_id"] == sample.expected["about"]


def test_no_recipient_is_blamed_for_what_is_our_fault():
    ours = {
        "policy",
        "reputation",
        "authentication",
        "rate_limited",
        "content",
        "infrastructure",
        "transient",
    }
    recipients = [entry for sample in BOUNCES for entry in recipients_of(sample)]
    assert not [entry for entry in recipients if entry["category"] in ours and entry["recipient_at_fault"]]
    assert sum(entry["recipient_at_fault"] is True for entry in recipients) > 30


def recipients_of(sample: Sample) -> Iterator[dict[str, object]]:
    found = read(sample).kind_details["recipients"]
    assert isinstance(found, list)
    yield from found


@pytest.mark.parametrize("sample", named([s for s in OTHERS if s.expected["kind"] == "complaint"]))
def test_a_complaint_says_what_it_is_about(sample: Sample):
    details, wanted = read(sample).kind_details, sample.expected
    assert details["feedback_type"] == wanted["feedback_type"]
    assert details["source_ip"] == wanted.get("source_ip")
    if "about" in wanted:
        assert details["original_message_id"] == wanted["about"]
    if "recipient" in wanted:
        assert details["original_recipients"] == [wanted["recipient"]]


@pytest.mark.parametrize("sample", named([s for s in OTHERS if s.expected["kind"] == "calendar"]))
def test_an_invitation_says_what_and_when(sample: Sample):
    details, wanted = read(sample).kind_details, sample.expected
    assert (details["method"], details["uid"]) == (wanted["method"], wanted["uid"])
    for key in ("start", "organizer", "status", "attendee"):
        assert details[key] == wanted.get(key, details[key])
    assert details["start_time_zone"] == wanted.get("zone")
    assert details["summary"] == "Printer, and more"


@pytest.mark.parametrize("sample", named([s for s in OTHERS if s.expected["kind"] == "list"]))
def test_list_mail_names_its_list(sample: Sample):
    assert read(sample).kind_details["list_id"] == sample.expected.get("list_id")


@pytest.mark.parametrize("sample", named([s for s in AUTO_REPLIES if "disposition" in s.expected]))
def test_a_receipt_says_what_became_of_the_mail(sample: Sample):
    details = read(sample).kind_details
    assert details["disposition"] == sample.expected["disposition"]
    assert details["original_message_id"] == sample.expected.get("about")
