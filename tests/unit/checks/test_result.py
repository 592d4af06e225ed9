"""What Ansible registered, as checks, whatever became of the module."""

import pytest

from boringmail.checks import repairs, result
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

GOOD = Check("A mx1.example.com", Status.PASS, "192.0.2.1", "192.0.2.1").as_dict()
SKIPPED = {"skipped": True, "changed": False}
REACHED = {"__verify_ping": {"ping": "pong"}}
LOOKS = {look.variable: SKIPPED for look in result.LOOKS}


def names(checks: list[dict]) -> list[str]:
    return [check["name"] for check in checks]


@pytest.mark.parametrize(
    ("registered", "status", "found"),
    [
        ({"unreachable": True, "msg": "no route"}, "temperror", "no route"),
        ({"failed": True, "msg": "interpreter not found"}, "permerror", "interpreter not found"),
        ({}, "permerror", "the check gave no result"),
    ],
)
def test_a_module_that_never_ran_still_has_a_line(registered: dict, status: str, found: str) -> None:
    (check,) = result.from_module("mail out", registered, Key.MAIL_OUT)
    assert (check["name"], check["key"], check["status"]) == ("mail out", "mail_out", status)
    assert check["found"] == found


def test_the_domains_checks_come_once_and_each_hosts_own_follow() -> None:
    domain = {"checks": [{**GOOD, "name": "MX"}]}
    hosts = [
        {
            "inventory_hostname": host,
            **LOOKS,
            **REACHED,
            "__verify_dns": domain,
            "__verify_inside": {"checks": [{**GOOD, "name": f"inside {host}"}]},
            "__verify_out": {"unreachable": True, "msg": "no route"},
            "__verify_sent": {"checks": [{**GOOD, "name": f"in {host}"}]},
            "__verify_received": SKIPPED,
        }
        for host in ("mx1", "mx2")
    ]
    assert names(result.gather(hosts)) == [
        "MX",
        *("inside mx1", "mail out of mx1", "in mx1"),
        *("inside mx2", "mail out of mx2", "in mx2"),
    ]


def test_without_hosts_there_are_no_checks() -> None:
    assert result.gather([]) == []


def test_what_was_skipped_is_told_with_how_to_have_it() -> None:
    echo, trip = result.skipped([{"verify_echo_address": ""}])
    assert ("verify_echo_address" in echo, "verify_answering_address" in trip) == (True, True)
    both = {"verify_echo_address": "echo@mailbox.example", "verify_answering_address": "echo@bigmail.example"}
    assert result.skipped([both]) == []


@pytest.mark.parametrize(
    ("ping", "status"),
    [({"unreachable": True, "msg": "no route"}, "temperror"), ({"module_stderr": "no python"}, "permerror")],
)
def test_a_host_that_lets_nobody_in_is_named_once(ping: dict, status: str) -> None:
    host = {"inventory_hostname": "mx1", **LOOKS, "__verify_ping": ping}
    (check,) = result.gather([host])
    assert (check["name"], check["key"], check["status"]) == ("host mx1", "host", status)


def test_what_is_kept_has_paths_hosts_and_causes_and_no_working_notes() -> None:
    bad = {**GOOD, "status": "fail"}
    cause = {**bad, "name": "PTR", "key": "ptr", "host": "mx1", "repair": repairs.playbook("provision")}
    host = {
        "inventory_hostname": "mx1",
        **LOOKS,
        **REACHED,
        "__verify_dns": {"checks": [cause]},
        "__verify_out": {"checks": [{**bad, "name": "out", "symptoms": ["refused"]}]},
    }
    kept = result.report(
        [host], "2026-11-24T08:00:00Z", {"playbooks": "/g", "inventory": "/i", "config": "/c"}
    )
    assert kept["verdict"] == "fail"
    assert kept["time"] == "2026-11-24T08:00:00Z"
    ptr, out = kept["checks"]
    assert (ptr["because"], out["because"], ptr["host"]) == ([], ["ptr"], "mx1")
    assert ptr["repair"] == "ANSIBLE_CONFIG=/c ansible-playbook -i /i /g/provision.yml"
    assert set(ptr) == {
        "name", "key", "status", "expected", "found", "hint", "repair", "because", "host",
    }  # fmt: skip


def test_a_fault_of_ours_becomes_a_permerror() -> None:
    (check,) = result.guarded("dns", lambda: {}["nothing"])
    assert (check.status, "KeyError" in check.found) == (Status.PERMERROR, True)


@pytest.mark.parametrize(
    ("status", "strict", "lenient"),
    [("pass", True, True), ("temperror", False, True), ("fail", False, False), ("permerror", False, False)],
)
def test_only_what_is_surely_broken_fails_a_lenient_run(status: str, strict: bool, lenient: bool) -> None:
    checks = [GOOD, {**GOOD, "status": status}]
    assert result.verdict(checks) is strict
    assert result.verdict(checks, temperror_fails=False) is lenient
