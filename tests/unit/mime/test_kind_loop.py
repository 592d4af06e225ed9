"""Signs that a mail goes in circles."""

import pytest

from boringmail.mime import part
from boringmail.mime.header import Fields
from boringmail.mime.kind import loop

OURS = "from out.example.net (x [192.0.2.9]) by mail.desk.example.com (Postfix) with ESMTP id 1; Mon"
THEIRS = "from a.example.net by b.example.net with ESMTP id 2; Mon"


def fields(*lines: str) -> Fields:
    return part.walk("\r\n".join([*lines, "", ""]).encode()).fields


def signs(*lines: str, sender: str | None = "joe@example.net") -> list[str]:
    return loop.signs(fields(*lines), sender, mail_domain="desk.example.com")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([], []),
        (["Auto-Submitted: no"], []),
        (["Auto-Submitted: auto-generated"], ["auto_submitted"]),
        (["Precedence: bulk"], ["precedence_bulk"]),
        (["Precedence: list", "List-Id: <a.example.org>"], ["list"]),
        (["X-Loop: joe@example.net"], ["x_loop"]),
        (["X-MS-Exchange-Inbox-Rules-Loop: joe@example.net"], []),
        (["X-MS-Exchange-Inbox-Rules-Loop: ticket@acme.desk.example.com"], ["x_loop"]),
        (["X-Auto-Response-Suppress: All"], []),
        (["From: Ann <ticket@acme.desk.example.com>"], ["from_self"]),
        (["From: ann@desk.example.com"], ["from_self"]),
        (["From: ann@otherdesk.example.com"], []),
        ([f"Received: {OURS}", f"Received: {THEIRS}"], []),
        ([f"Received: {OURS}", f"Received: {THEIRS}", f"Received: {OURS}"], ["own_hop"]),
        ([f"Received: {OURS}", "Received: from a by mx9.desk.example.com; Mon"], ["own_hop"]),
        (["Received: from a by gw.example.org", "Received: from b by gw.example.org"], ["own_hop"]),
        ([f"Received: {OURS}", "Received: from mail.desk.example.com by b.example.net"], []),
        (["Received: from a", "Received: from b"], []),
        ([f"Received: {OURS}", *[f"Received: {THEIRS}"] * 24], []),
        ([f"Received: {OURS}", *[f"Received: {THEIRS}"] * 25], ["many_hops"]),
    ],
)
def test_signs(lines: list[str], expected: list[str]):
    assert signs(*lines) == expected


def test_the_null_sender_is_a_sign_and_an_unknown_one_is_none():
    assert signs(sender="") == ["null_sender"]
    assert signs(sender=None) == []


def test_hops_are_counted_and_bounded():
    assert loop.hops(fields(*["Received: from a by b"] * 3, "Subject: Received")) == 3
    assert loop.hops(fields(*["Received: from a by b"] * 1_500)) == loop.COUNT_LIMIT


@pytest.mark.parametrize(
    ("kind", "found", "expected"),
    [
        ("message", [], False),
        ("message", ["list", "from_self", "many_hops"], False),
        ("list", ["list"], False),
        ("message", ["auto_submitted"], True),
        ("message", ["null_sender"], True),
        ("message", ["own_hop"], True),
        ("auto_reply", [], True),
        ("bounce", [], True),
    ],
)
def test_what_counts_as_automatic(kind: str, found: list[str], *, expected: bool):
    assert loop.is_automatic(kind, found) is expected
