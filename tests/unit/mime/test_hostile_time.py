"""What a stranger writes costs time that grows with its length alone."""

import time

import pytest

from boringmail.mime import message

SIZE = 60_000  # with what is around it less than is read of a report
PAGE_SIZE = 1_000_000
SECONDS = 3  # what grows faster takes minutes


def _cpu_seconds(raw: bytes) -> float:
    before = time.process_time()
    parsed = message.parse(raw, envelope_sender="")
    assert "unexpected_error" not in parsed.problems
    return time.process_time() - before


@pytest.mark.parametrize(
    "run", ["*", "* ", "*a", "[", "[]", "(", "-", ">", " ", "=?", "delivery ", "re: ", "your message ", "\t*"]
)
def test_a_subject_of_one_shape_is_read_at_once(run: str) -> None:
    words = (run * 900)[:900]
    assert _cpu_seconds(f"Subject: {words}x\nFrom: MAILER-DAEMON@x\n\nx\n".encode()) < SECONDS


@pytest.mark.parametrize("value", [" " * SIZE + "x", "mailto:" * (SIZE // 7), " mailto" * (SIZE // 7)])
@pytest.mark.parametrize("name", ["ORGANIZER", "ATTENDEE"])
def test_an_address_in_a_calendar_is_read_at_once(name: str, value: str) -> None:
    calendar = f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\n{name}:x{value}\nEND:VEVENT\n"
    assert _cpu_seconds(f"Content-Type: text/calendar\n\n{calendar}".encode()) < SECONDS


@pytest.mark.parametrize(
    "line", ["-" * 200, "- " * 100, "> - " * 50, "*" * 200, "original " * 22], ids=lambda line: line[:9]
)
def test_a_notice_of_lines_of_one_shape_is_read_at_once(line: str) -> None:
    body = "\n".join([line] * (SIZE // len(line)))
    assert _cpu_seconds(f"From: MAILER-DAEMON@x\nSubject: x\n\n{body}\n".encode()) < SECONDS


@pytest.mark.parametrize(
    "markup",
    [
        "<style>" * (SIZE // 7),
        "<head>" * (SIZE // 6),
        "<blockquote " + "border:none " * (PAGE_SIZE // 12) + "cite>",
        "<blockquote " + "border " * (SIZE // 7) + ">",
        "<a " + "href=" * (SIZE // 5) + ">",
        "<a " + 'href="' * (SIZE // 6) + ">",
        "&" * SIZE,
        "<p " + "display: " * (SIZE // 9) + "none>",
    ],
    ids=lambda markup: markup[:18],
)
def test_html_of_one_shape_is_read_at_once(markup: str) -> None:
    raw = f"From: MAILER-DAEMON@x\nSubject: x\nContent-Type: text/html\n\n{markup}\n"
    assert _cpu_seconds(raw.encode()) < SECONDS


_RUNS = (
    *(
        "*",
        "* ",
        "-",
        "- ",
        ">",
        "> ",
        " ",
        "[",
        "[]",
        "(",
        "=?",
        "=?a?b?c?=",
        "<a ",
        "a@",
        "a.",
        "4.",
        '"',
        ";",
    ),
    *("450 ", "5.1.1 ", "re: ", "your message ", "original ", "message-id:", "border:none ", "href=", "&#"),
)
_PLACES = {
    "subject": "From: MAILER-DAEMON@x\nSubject: {}x\n\nx\n",
    "from": "From: {}x\n\nx\n",
    "file name": "Content-Type: text/plain; name={}x\n\nx\n",
    "notice": "From: MAILER-DAEMON@x\nSubject: Undelivered\n\n{}x\n",
    "organizer": "Content-Type: text/calendar\n\nMETHOD:REPLY\nBEGIN:VEVENT\nORGANIZER:x{}x\n",
    "calendar parameters": "Content-Type: text/calendar\n\nMETHOD:REPLY\nBEGIN:VEVENT\nATTENDEE;{}:x\n",
    "page": "From: MAILER-DAEMON@x\nSubject: x\nContent-Type: text/html\n\n{}x\n",
    "attributes": "From: MAILER-DAEMON@x\nContent-Type: text/html\n\n<blockquote {}>x\n",
    "link": "From: MAILER-DAEMON@x\nContent-Type: text/html\n\n<a href='{}'>x</a>\n",
}


@pytest.mark.parametrize("place", _PLACES)
@pytest.mark.parametrize("run", _RUNS)
def test_one_shape_anywhere_is_read_at_once(place: str, run: str) -> None:
    raw = _PLACES[place].format(run * (SIZE // len(run)))
    assert _cpu_seconds(raw.encode()) < SECONDS


def test_a_number_too_long_for_python_hides_nothing() -> None:
    raw = f"From: MAILER-DAEMON@x\nSubject: x\nContent-Type: text/html\n\n<p>a &#{'9' * 5000}; b\n"
    parsed = message.parse(raw.encode(), envelope_sender="")
    assert parsed.problems == []
    assert parsed.text is not None
    assert parsed.text.startswith("a &#999")


def test_what_fails_on_the_way_leaves_the_header(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("boringmail.mime.classify.classify", fail)
    parsed = message.parse(b"From: a@b.example\nSubject: seen\n\nhello\n")
    assert (parsed.fields.value("subject"), parsed.text) == ("seen", "hello\n")
    assert parsed.problems == ["unexpected_error"]


def test_text_made_of_html_has_no_controls() -> None:
    raw = b"Subject: x\nContent-Type: text/html\n\n<pre>a&#13;b&#12;c&#27;d</pre>\n"
    text = message.parse(raw).text
    assert text is not None
    assert not set(text) & set("\r\x0c\x1b")
