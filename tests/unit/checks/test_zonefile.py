"""Zone-file lines: what a name server reads from them is what was meant."""

import dns.zone
from hypothesis import given
from hypothesis import strategies as st

from boringmail.checks import zonefile

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=600).filter(
    lambda text: not text.startswith('"')
)


@given(TEXTS)
def test_a_text_survives_its_quoting(text: str) -> None:
    lines = zonefile.lines("_x.example.com", "TXT", [text])
    zone = dns.zone.from_text(lines, "example.com.", relativize=False, check_origin=False)
    (record,) = zone.get_rdataset("_x.example.com.", "TXT")
    assert b"".join(record.strings).decode() == text


def test_names_are_made_absolute() -> None:
    assert zonefile.lines(
        "*.example.com.", "MX", ["10 mx.example.com", "20 mx.example.net."], 60
    ).splitlines() == [
        "*.example.com. 60 IN MX 10 mx.example.com.",
        "*.example.com. 60 IN MX 20 mx.example.net.",
    ]
