"""Which header fields are our own filters': only those where no sender can write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound import added

RECEIVED = (
    b"Received: from c.example.net (c.example.net [203.0.113.25])\r\n\tby mx1 (Postfix) with ESMTP id 4X;\r\n"
)
OURS = b"X-Boringmail-Verdict: YWJj\r\n\tZGVm\r\nAuthentication-Results: mx1;\r\n\tspf=pass\r\n"
FORGED = b"X-Boringmail-Verdict: Zm9yZ2Vk\r\n"
SENT = b"Subject: x\r\nFrom: a@example.net\r\n"
SCANNED = b"X-Virus-Scanned: clamav-milter 1.4.3 at mx1\r\nX-Virus-Status: Clean\r\n"
END = b"\r\nbody\r\n"


@pytest.mark.parametrize(
    ("raw", "scanner", "content", "verdict", "status"),
    [
        (RECEIVED + SENT + END, True, RECEIVED + SENT + END, None, None),
        (OURS + RECEIVED + SENT + END, False, RECEIVED + SENT + END, "YWJj\tZGVm", None),
        # What a sender wrote is below our Received line, whether a filter was there or not.
        (RECEIVED + FORGED + SENT + END, False, RECEIVED + FORGED + SENT + END, None, None),
        (OURS + RECEIVED + FORGED + SENT + END, False, RECEIVED + FORGED + SENT + END, "YWJj\tZGVm", None),
        (FORGED + SENT + END, False, FORGED + SENT + END, None, None),
        # Two of ours: the later one is on top.
        (OURS + FORGED + RECEIVED + END, False, RECEIVED + END, "YWJj\tZGVm", None),
        # The scanner's fields are the last ones of the header.
        (RECEIVED + SENT + SCANNED + END, True, RECEIVED + SENT + END, None, "Clean"),
        (OURS + RECEIVED + SENT + SCANNED + END, True, RECEIVED + SENT + END, "YWJj\tZGVm", "Clean"),
        (RECEIVED + SCANNED + SENT + END, True, RECEIVED + SCANNED + SENT + END, None, None),
        (RECEIVED + SENT + END + SCANNED, True, RECEIVED + SENT + END + SCANNED, None, None),
        (RECEIVED + SENT + SCANNED + END, False, RECEIVED + SENT + SCANNED + END, None, None),
        (
            RECEIVED + SENT + b"X-Virus-Status: Forged\r\n" + SCANNED + END,
            True,
            RECEIVED + SENT + END,
            None,
            "Clean",
        ),
        (
            b"received:x\nA: b\nX-Virus-Status: Clean\n\nbody",
            True,
            b"received:x\nA: b\n\nbody",
            None,
            "Clean",
        ),
        # Line ends of both kinds around the empty line.
        (b"received:x\nX-Virus-Status: Clean\n\n\r\nbody", True, b"received:x\n\n\r\nbody", None, "Clean"),
        (RECEIVED + SENT + SCANNED, True, RECEIVED + SENT + SCANNED, None, None),
        (b"no header", True, b"no header", None, None),
        (b"", True, b"", None, None),
    ],
)
def test_only_fields_where_no_sender_can_write_are_ours(raw, scanner, content, verdict, status):
    found = added.find(raw, virus_scanner=scanner)
    assert (found.taken_from(raw), found.verdict, found.virus_status) == (content, verdict, status)


def test_a_thousand_fields_on_top_are_not_searched_for_a_received_line():
    raw = 1000 * FORGED + RECEIVED + END
    assert added.find(raw, virus_scanner=True).verdict is None


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_below_our_received_line_become_a_verdict(tail, scanner):
    raw = RECEIVED + tail
    found = added.find(raw, virus_scanner=scanner)
    assert (found.start, found.verdict) == (0, None)
    assert found.taken_from(raw).startswith(RECEIVED[:-2])


@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_are_split(raw, scanner):
    assert len(added.find(raw, virus_scanner=scanner).taken_from(raw)) <= len(raw)
