"""Submission as the world sees it: closed, or open by a port."""

import pytest

from boringmail.checks import repairs
from boringmail.checks.ports_closed import check_closed
from boringmail.checks.result import Status


def test_closed_ports_pass() -> None:
    check = check_closed("mx1", lambda _: False)
    assert (check.key, check.status) == ("submission_closed", Status.PASS)


@pytest.mark.parametrize("ports", [{587}, {465}, {465, 587}])
def test_an_open_port_is_named_with_one_command_that_closes_both_layers(ports: set[int]) -> None:
    check = check_closed("mx1", lambda port: port in ports)
    assert check.status is Status.FAIL
    assert all(str(port) in check.found for port in ports)
    first, then = check.repair.split(" && ")
    assert first == repairs.playbook("provision", "aws_network")
    assert then == repairs.playbook("configure", "base")
