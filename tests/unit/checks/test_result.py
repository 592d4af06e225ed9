"""What Ansible registered, as checks, whatever became of the module."""

import pytest

from boringmail.checks import result
from boringmail.checks.result import Check, Status

GOOD = Check("A mx1.example.com", Status.PASS, "192.0.2.1", "192.0.2.1").as_dict()
SKIPPED = {"skipped": True, "changed": False}


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
    (check,) = result.from_module("mail out", registered)
    assert (check["name"], check["status"], check["found"]) == ("mail out", status, found)


def test_the_domains_checks_come_once_and_each_hosts_own_follow() -> None:
    domain = {"checks": [{**GOOD, "name": "MX"}]}
    hosts = [
        {
            "inventory_hostname": host,
            "__verify_domain": domain,
            "__verify_host": {"checks": [{**GOOD, "name": f"A {host}"}]},
            "__verify_ptr": {"checks": [{**GOOD, "name": f"PTR {host}"}]},
            "__verify_out": {"unreachable": True, "msg": "no route"},
            "__verify_sent": {"checks": [{**GOOD, "name": f"in {host}"}]},
            "__verify_received": SKIPPED,
        }
        for host in ("mx1", "mx2")
    ]
    assert names(result.gather(hosts)) == [
        "MX",
        *("A mx1", "PTR mx1", "mail out mx1", "in mx1"),
        *("A mx2", "PTR mx2", "mail out mx2", "in mx2"),
    ]


def test_without_hosts_there_are_no_checks() -> None:
    assert result.gather([]) == []


def test_what_was_skipped_is_told_with_how_to_have_it() -> None:
    (line,) = result.skipped([{"__verify_out": SKIPPED}])
    assert "verify_echo_address" in line
    assert result.skipped([{"__verify_out": {"checks": [GOOD]}}]) == []


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
