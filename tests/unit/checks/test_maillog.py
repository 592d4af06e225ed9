"""Lines as Postfix writes them, and following one mail through them."""

from pathlib import Path

import pytest

from boringmail.checks import maillog

SENT = (
    "Nov 24 03:38:16 mx1 postfix-out/smtp[812]: 4dGBkx0pXkzyS: to=<echo@mailbox.example>, "
    "relay=mailbox.example[203.0.113.25]:25, delay=0.31, delays=0.05/0.01/0.12/0.13, dsn=2.0.0, "
    "status=sent (250 2.0.0 Ok: kept as 7)"
)
DEFERRED = (
    "Nov 24 03:38:46 mx1 postfix-out/smtp[812]: 4dGBkx0pXkzyT: to=<b@x.example>, orig_to=<c@x.example>, "
    "relay=none, delay=30, delays=0.1/0/30/0, dsn=4.4.1, status=deferred "
    "(connect to x.example[192.0.2.9]:25: Connection timed out)"
)


class Clock:
    """Time that passes only when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize(
    ("line", "queue_id", "status", "relay", "words"),
    [
        (SENT, "4dGBkx0pXkzyS", "sent", "mailbox.example[203.0.113.25]:25", "250 2.0.0 Ok: kept as 7"),
        (
            DEFERRED,
            "4dGBkx0pXkzyT",
            "deferred",
            "none",
            "connect to x.example[192.0.2.9]:25: Connection timed out",
        ),
    ],
)
def test_reads_what_postfix_logs_of_a_delivery(
    line: str, queue_id: str, status: str, relay: str, words: str
) -> None:
    delivery = maillog.parse(line + "\n")
    assert delivery is not None
    assert (delivery.queue_id, delivery.status, delivery.relay, delivery.words) == (
        queue_id,
        status,
        relay,
        words,
    )


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Nov 24 03:38:16 mx1 postfix-out/qmgr[8]: 4dGBkx0pXkzyS: from=<a@b>, size=300, nrcpt=1 (queue)",
        "Nov 24 03:38:16 mx1 postfix-out/smtp[812]: connect to x.example[192.0.2.9]:25: Connection timed out",
    ],
)
def test_other_lines_are_no_deliveries(line: str) -> None:
    assert maillog.parse(line) is None


def test_follows_until_the_line_of_the_right_mail_comes() -> None:
    clock, batches = Clock(), iter([[], [DEFERRED], [SENT]])
    found = maillog.follow(
        lambda: next(batches),
        lambda delivery: delivery.queue_id == "4dGBkx0pXkzyS",
        seconds=30,
        monotonic=clock.monotonic,
        sleep=clock.sleep,
    )
    assert found is not None
    assert found.status == "sent"


def test_gives_up_in_time() -> None:
    clock = Clock()
    found = maillog.follow(
        lambda: [SENT], lambda _: False, seconds=30, monotonic=clock.monotonic, sleep=clock.sleep
    )
    assert found is None
    assert clock.now == pytest.approx(30, abs=1)


def test_the_tail_starts_at_the_end_and_gives_whole_lines_only(tmp_path: Path) -> None:
    log = tmp_path / "out.log"
    log.write_text("old\n")
    tail = maillog.Tail(log)
    with log.open("a") as out:
        out.write("new\nhal")
    assert tail.read_lines() == ["new"]
    with log.open("a") as out:
        out.write("f\n")
    assert tail.read_lines() == ["half"]
    assert tail.read_lines() == []


def test_the_tail_survives_rotation_and_absence(tmp_path: Path) -> None:
    log = tmp_path / "out.log"
    tail = maillog.Tail(log)
    assert tail.read_lines() == []
    log.write_text("first\n")
    assert tail.read_lines() == ["first"]
    log.rename(tmp_path / "out.log.1")
    log.write_text("second, longer than before\n")
    assert tail.read_lines() == ["second, longer than before"]


def test_the_newest_word_on_a_mail_counts() -> None:
    later = SENT.replace("status=sent", "status=deferred")
    found = maillog.latest(
        [SENT, later, DEFERRED], lambda delivery: delivery.recipient == "echo@mailbox.example"
    )
    assert found is not None
    assert found.status == "deferred"
