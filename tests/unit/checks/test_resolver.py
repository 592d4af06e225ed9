"""The host's own resolver: there, validating, and its own."""

import pytest

from boringmail.checks import repairs
from boringmail.checks.resolver import check_resolver
from boringmail.checks.result import Status
from tests.unit.checks.scripted_resolver import LOOPBACK, SERVFAIL, SILENT, Resolver

ROOT = {". SOA": ["a. b. 1 1 1 1 1"]}


def test_a_resolver_of_its_own_that_validates_passes() -> None:
    check = check_resolver("resolver", [LOOPBACK], Resolver(ROOT).exchange)
    assert (check.key, check.status) == ("resolver", Status.PASS)


@pytest.mark.parametrize(
    ("servers", "resolver", "found"),
    [
        ([LOOPBACK], Resolver(ROOT, validates=False), "does not validate"),
        ([LOOPBACK], Resolver({". SOA": SILENT}), ". SOA: 127.0.0.1: The DNS operation timed out"),
        ([LOOPBACK], Resolver({". SOA": SERVFAIL}), ". SOA: 127.0.0.1: SERVFAIL"),
        (["10.20.0.2"], Resolver(ROOT), "10.20.0.2 in /etc/resolv.conf is not on this host"),
        # The second is asked when the first is slow.
        ([LOOPBACK, "8.8.8.8"], Resolver(ROOT), "8.8.8.8 in /etc/resolv.conf is not on this host"),
        ([], Resolver(ROOT), "/etc/resolv.conf names no server"),
    ],
)
def test_anything_else_fails_with_the_command_that_mends_it(
    servers: list[str], resolver: Resolver, found: str
) -> None:
    check = check_resolver("resolver", servers, resolver.exchange)
    assert check.status is Status.FAIL
    assert found in check.found
    assert check.repair == repairs.on_host("systemctl restart unbound")
