"""A zone's delegation, asked of a scripted network."""

import dns.exception
import dns.message
import dns.rrset
import pytest

from boringmail.checks.delegation import check_delegation
from boringmail.checks.result import Status
from tests.unit.checks import scripted_dns as script

NAMESERVERS = ["ns1.dns.net", "NS2.dns.net."]


@pytest.fixture
def exchange():
    """The scripted network, whose resolver knows the name servers of com too, not only of the root."""
    network = script.Network(script.world())

    def ask(query, server):
        [question] = query.question
        if server == script.RECURSIVE and question.to_text() == "com. IN NS":
            reply = dns.message.make_response(query)
            reply.answer.append(dns.rrset.from_text("com.", 60, "IN", "NS", "ns.com."))
            return reply
        return network.exchange(query, server)

    return ask


def test_the_parents_word_is_taken(exchange):
    check = check_delegation("example.com", NAMESERVERS, exchange, [script.RECURSIVE])
    assert check.status is Status.PASS, check


def test_another_server_at_the_parent_fails_with_the_records_to_paste(exchange):
    check = check_delegation("example.com", ["ns1.elsewhere.net"], exchange, [script.RECURSIVE])
    assert check.status is Status.FAIL
    assert "example.com. NS ns1.elsewhere.net." in check.hint


def test_a_zone_that_the_parent_does_not_know_is_not_delegated(exchange):
    check = check_delegation("missing.com", NAMESERVERS, exchange, [script.RECURSIVE])
    assert check.status is Status.FAIL
    assert check.found == "not delegated"


def test_silence_is_no_verdict():
    def silent(_query, _server):
        raise dns.exception.Timeout

    check = check_delegation("example.com", NAMESERVERS, silent, [script.RECURSIVE])
    assert check.status is Status.TEMPERROR
