"""The table that people read."""

from boringmail.checks import table
from boringmail.checks.result import Check, Status

GOOD = Check("A mx1.example.com", Status.PASS, "192.0.2.1", "192.0.2.1").as_dict()
BAD = Check(
    "PTR 192.0.2.1",
    Status.FAIL,
    "mx1.example.com",
    "no PTR record",
    "run provision.yml, or publish:\n" + ("x " * 70).rstrip(),
).as_dict()


def test_a_table_shows_each_check_and_explains_the_bad_ones() -> None:
    assert table.render([GOOD, BAD], ["mail out: set verify_echo_address"]).splitlines() == [
        "ok      A mx1.example.com  192.0.2.1",
        "FAIL    PTR 192.0.2.1  (fail)",
        "    expected: mx1.example.com",
        "    found:    no PTR record",
        "    do:       run provision.yml, or publish:",
        "              " + ("x " * 70).rstrip(),
        "-       not checked: mail out: set verify_echo_address",
        "",
        "1 of 2 checks pass; not right: PTR 192.0.2.1",
    ]


def test_a_repair_is_shown_as_it_is_and_what_follows_is_one_quiet_line() -> None:
    cause = {**BAD, "key": "ptr", "hint": "set it", "repair": "x.example. 300 IN A 192.0.2.1\nsecond line"}
    follows = {**BAD, "name": "mail out", "key": "mail_out", "because": ["ptr"]}
    assert table.render([cause, follows]).splitlines() == [
        "FAIL    PTR 192.0.2.1  (fail)",
        "    expected: mx1.example.com",
        "    found:    no PTR record",
        "    do:       set it",
        "    repair:",
        "    x.example. 300 IN A 192.0.2.1",
        "    second line",
        "-       mail out       follows from: PTR 192.0.2.1",
        "",
        "0 of 2 checks pass; not right: PTR 192.0.2.1; 1 more follows from that",
    ]


def test_all_right_says_so_and_long_findings_are_cut() -> None:
    lines = table.render([{**GOOD, "found": "y" * 300}], width=60).splitlines()
    assert len(lines[0]) <= 60
    assert lines[-1] == "1 of 1 checks pass"


def test_no_line_ends_in_a_blank() -> None:
    lines = table.render([BAD, GOOD, {**GOOD, "found": ""}]).splitlines()
    assert all(line == line.rstrip() for line in lines)
