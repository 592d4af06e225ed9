"""Which failing checks stand for themselves, and which follow from another."""

import graphlib
from typing import Any

import pytest

from boringmail.checks.causes import CAUSES, Key, explain


def row(key: str, status: str = "fail", host: str = "mx1", symptoms: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"name": key, "key": key, "status": status, "host": host, "symptoms": symptoms}


def because(*rows: dict[str, Any]) -> dict[str, list[str]]:
    return {check["key"]: check["because"] for check in explain(rows)}


def test_the_table_names_known_keys_and_has_no_cycle() -> None:
    for effect, causes in CAUSES.items():
        assert effect.partition("/")[0] in set(Key)
        assert causes
    graph: dict[str, set[str]] = {}
    for effect, causes in CAUSES.items():
        graph.setdefault(effect.partition("/")[0], set()).update(causes)
    assert list(graphlib.TopologicalSorter(graph).static_order())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("ptr"), row("round_trip")], {"ptr": [], "round_trip": ["ptr"]}),
        # The root is named, not what lies between.
        (
            [row("resolver"), row("port_25_out"), row("mail_out"), row("round_trip")],
            {
                "resolver": [],
                "port_25_out": ["resolver"],
                "mail_out": ["resolver"],
                "round_trip": ["resolver"],
            },
        ),
        # Two roots are both named.
        ([row("ptr"), row("spf"), row("round_trip")], {"ptr": [], "spf": [], "round_trip": ["ptr", "spf"]}),
        # What passes explains nothing.
        ([row("ptr", "pass"), row("round_trip")], {"ptr": [], "round_trip": []}),
        # Nor does what has nothing to do with it.
        ([row("submission_closed"), row("mail_in")], {"submission_closed": [], "mail_in": []}),
    ],
)
def test_what_follows_from_a_root_names_it(rows: list[dict[str, Any]], expected: dict[str, Any]) -> None:
    assert because(*rows) == expected


def test_each_symptom_has_to_be_explained() -> None:
    seen = row("round_trip", symptoms=("iprev", "dkim"))
    assert because(row("ptr"), seen)["round_trip"] == []
    assert because(row("ptr"), row("dkim_record"), seen)["round_trip"] == ["dkim_record", "ptr"]


def test_a_symptom_that_the_table_does_not_know_stands_for_itself() -> None:
    assert because(row("ptr"), row("round_trip", symptoms=("late",)))["round_trip"] == []


def test_another_hosts_fault_explains_nothing_and_the_domains_does() -> None:
    trip = row("round_trip", host="mx2")
    assert because(row("ptr", host="mx1"), trip)["round_trip"] == []
    assert because(row("spf", host=""), trip)["round_trip"] == ["spf"]
    assert because(row("records", host="mx1"), row("spf", host="", symptoms=("address",)))["spf"] == [
        "records"
    ]


def test_what_could_not_be_told_explains_only_what_could_not_be_told_either() -> None:
    unsure = row("ptr", "temperror")
    assert because(unsure, row("round_trip", "fail"))["round_trip"] == []
    assert because(unsure, row("round_trip", "temperror"))["round_trip"] == ["ptr"]
