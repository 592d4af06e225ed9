"""The verdict header: what of it becomes the body's authentication, spam and virus."""

import base64
import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boringmail.inbound import judgement

VERDICT = {
    "v": 1,
    "spf": {"result": "pass", "domain": "mailbox.example", "client": "203.0.113.25"},
    "dkim": [{"result": "pass", "domain": "mailbox.example", "selector": "s1"}],
    "dmarc": {"result": "pass", "domain": "mailbox.example", "policy": "reject"},
    "arc": {"result": "none"},
    "iprev": {"result": "pass", "name": "mail.mailbox.example"},
    "spam": {
        "score": 1.2,
        "threshold": 15.0,
        "action": "no action",
        "symbols": [{"name": "HTML_IMAGES", "score": 0.1}],
    },
    "own_domain_spoofed": False,
}
MISSING = object()


def written(verdict):
    """As Rspamd writes it: base64 in lines of 72, folded."""
    return "\t".join(base64.encodebytes(json.dumps(verdict).encode()).decode().split("\n"))


def changed(path, value):
    verdict = copy.deepcopy(VERDICT)
    place = verdict
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return verdict


def test_a_verdict_becomes_two_parts_of_the_body():
    found = judgement.judge(written(VERDICT), "Clean")
    parts = {key: VERDICT[key] for key in ("spf", "dkim", "dmarc", "arc", "iprev")}
    assert found.authentication == parts
    assert found.spam == VERDICT["spam"] | {"own_domain_spoofed": False}
    assert found.virus == {"result": "clean", "scanner": "clamav"}
    assert found.problem is None


def test_without_fields_nothing_was_checked():
    assert judgement.judge(None, None) == judgement.Judgement()


@pytest.mark.parametrize("status", ["Infected (Eicar-Test-Signature)", "Not Scanned", "clean", ""])
def test_only_clean_is_clean(status):
    assert judgement.judge(None, status).virus is None


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        (("spf", "domain"), MISSING, None),
        (("spf", "client"), None, None),
        (("spf", "domain"), "a\u2028b\r\nc", "a b c"),
        (("dkim",), [], []),
        (("dmarc", "policy"), MISSING, None),
        (("arc", "result"), "temperror", "temperror"),
    ],
)
def test_what_rspamd_leaves_out_is_null(path, value, expected):
    part = judgement.decode(written(changed(path, value)))[0]
    for key in path:
        part = part[key]
    assert part == expected


def test_what_a_later_release_adds_is_no_fault():
    verdict = VERDICT | {"new": {"result": "x"}, "spf": VERDICT["spf"] | {"scope": "mfrom"}}
    assert judgement.decode(written(verdict))[0]["spf"] == VERDICT["spf"]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        (("v",), 2, "v is not 1"),
        (("v",), MISSING, "v is not 1"),
        (("spf",), MISSING, "spf is not an object"),
        (("spf", "result"), "passed", "spf has no result of RFC 8601"),
        (("spf", "result"), ["pass"], "spf has no result of RFC 8601"),
        (("spf", "domain"), 7, "domain is not a text"),
        (("spf", "domain"), 256 * "x", "domain is not a text"),
        (("dkim",), {}, "dkim is not a list"),
        (("dkim",), 101 * [{"result": "pass"}], "dkim is not a list"),
        (("dkim", 0), "pass", "dkim is not an object"),
        (("dmarc", "policy"), "Reject", "unknown policy"),
        (("spam",), None, "spam is not an object"),
        (("spam", "score"), "1", "score is not a number"),
        (("spam", "score"), True, "score is not a number"),
        (("spam", "threshold"), MISSING, "threshold is not a number"),
        (("spam", "action"), MISSING, "action is missing"),
        (("spam", "symbols", 0, "name"), "", "name is not a text"),
        (("spam", "symbols", 0, "score"), None, "score is not a number"),
        (("own_domain_spoofed",), 0, "own_domain_spoofed"),
    ],
)
def test_one_value_that_does_not_fit_makes_the_whole_unreadable(path, value, reason):
    found = judgement.judge(written(changed(path, value)), "Clean")
    assert reason in found.problem
    assert (found.authentication, found.spam) == ({}, None)
    assert found.virus  # of another hand


@pytest.mark.parametrize(
    "value",
    [
        "",
        "not base64!",
        "YWJj",
        "e30=e30=",
        base64.b64encode(b"\xff").decode(),
        base64.b64encode(b"[1]").decode(),
        base64.b64encode(b"[" * 40_000).decode(),
        70_000 * "A",
        '{"v":1}',
        "\udcff",
    ],
)
def test_anything_else_is_unreadable(value):
    assert judgement.judge(value, None).problem


KEYS = st.sampled_from([*VERDICT, "result", "domain", "name"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner),
    max_leaves=10,
)
PARTLY_RIGHT = st.fixed_dictionaries({}, optional=dict.fromkeys(VERDICT, VALUES)).map(VERDICT.__or__)


@given(VALUES | PARTLY_RIGHT)
def test_any_json_is_read_or_called_unreadable(value):
    found = judgement.judge(written(value), None)
    assert (found.problem is None) == bool(found.authentication)


@given(st.text(max_size=200))
def test_any_text_is_read_or_called_unreadable(value):
    assert judgement.judge(value, None).problem
