"""The DNS lists, bytes to bytes: what they say of whom, in which mode, and to what they do not answer."""

from ipaddress import IPv4Address

import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdatatype
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.services.lists.catalogue import Catalogue, Entry, Mode, entry_of
from lab.services.lists.protocol import answer

ZEN, BL = "zen.lists.example", "bl.lists.example"
LISTED = IPv4Address("203.0.113.100")
NOERROR, NXDOMAIN = dns.rcode.NOERROR, dns.rcode.NXDOMAIN


@pytest.fixture
def catalogue():
    made = Catalogue([ZEN, BL])
    made.zone(ZEN).entries[LISTED] = Entry(("127.0.0.3",), "spam was seen")
    return made


def ask(catalogue, name, kind="A", **how):
    query = dns.message.make_query(name, kind)
    reply = dns.message.from_wire(answer(query.to_wire(), catalogue, **how))
    assert query.is_response(reply)
    return reply


def values(reply):
    return sorted(item.to_text() for rrset in reply.answer for item in rrset)


@pytest.mark.parametrize(
    ("name", "kind", "rcode", "expected"),
    [
        (f"100.113.0.203.{ZEN}", "A", NOERROR, ["127.0.0.3"]),
        (f"100.113.0.203.{ZEN}".upper(), "A", NOERROR, ["127.0.0.3"]),
        (f"100.113.0.203.{ZEN}", "TXT", NOERROR, ['"spam was seen"']),
        (f"100.113.0.203.{ZEN}", "AAAA", NOERROR, []),
        (f"101.113.0.203.{ZEN}", "A", NXDOMAIN, []),
        (f"100.113.0.203.{BL}", "A", NXDOMAIN, []),
        (f"203.0.113.100.{ZEN}", "A", NXDOMAIN, []),
        (f"x.100.113.0.203.{ZEN}", "A", NXDOMAIN, []),
        (f"2.0.0.127.{BL}", "A", NOERROR, ["127.0.0.10", "127.0.0.2", "127.0.0.4"]),
        (f"1.0.0.127.{BL}", "A", NXDOMAIN, []),
        # Between the zone and an entry: a resolver that asks label by label (RFC 9156) must go on.
        (f"113.0.203.{ZEN}", "A", NOERROR, []),
        (f"113.0.203.{BL}", "A", NXDOMAIN, []),
        (ZEN, "NS", NOERROR, ["lists.lab.example."]),
        (ZEN, "A", NOERROR, []),
        ("elsewhere.example", "A", dns.rcode.REFUSED, []),
    ],
)
def test_answers(catalogue, name, kind, rcode, expected):
    reply = ask(catalogue, name, kind)
    assert (reply.rcode(), values(reply)) == (rcode, expected)
    assert bool(reply.flags & dns.flags.AA) == (rcode != dns.rcode.REFUSED)


@pytest.mark.parametrize("name", [f"100.113.0.203.{ZEN}", f"101.113.0.203.{ZEN}"])
def test_nothing_may_be_kept_for_more_than_a_second(catalogue, name):
    reply = ask(catalogue, name)
    kept = [rrset.ttl for rrset in (*reply.answer, *reply.authority)]
    assert kept == [1]
    assert all(item.minimum == 1 for rrset in reply.authority for item in rrset)


@pytest.mark.parametrize(
    ("mode", "rcode", "expected"),
    [
        (Mode.ERROR, NOERROR, ["127.255.255.254"]),
        (Mode.SERVFAIL, dns.rcode.SERVFAIL, []),
    ],
)
@pytest.mark.parametrize("reverse", ["100.113.0.203", "101.113.0.203", "2.0.0.127"])
def test_a_list_fails_as_it_is_told_and_the_other_goes_on(catalogue, mode, rcode, expected, reverse):
    catalogue.zone(ZEN).mode = mode
    reply = ask(catalogue, f"{reverse}.{ZEN}")
    assert (reply.rcode(), values(reply)) == (rcode, expected)
    assert ask(catalogue, f"2.0.0.127.{BL}").answer


def test_a_silent_list_answers_nothing(catalogue):
    catalogue.zone(ZEN).mode = Mode.SILENT
    assert answer(dns.message.make_query(f"2.0.0.127.{ZEN}", "A").to_wire(), catalogue) is None


def test_a_long_text_is_cut_over_udp_and_whole_over_tcp(catalogue):
    catalogue.zone(ZEN).entries[LISTED] = Entry(("127.0.0.2",), "é" * 1000)
    name = f"100.113.0.203.{ZEN}"
    assert ask(catalogue, name, "TXT").flags & dns.flags.TC
    whole = ask(catalogue, name, "TXT", stream=True)
    [item] = whole.answer[0]
    assert b"".join(item.strings).decode() == "é" * 1000


def test_what_is_not_a_query_for_a_name(catalogue):
    update = dns.message.make_query(ZEN, "SOA")
    update.set_opcode(dns.opcode.NOTIFY)
    assert dns.message.from_wire(answer(update.to_wire(), catalogue)).rcode() == dns.rcode.NOTIMP
    response = dns.message.make_response(dns.message.make_query(ZEN, "A"))
    assert answer(response.to_wire(), catalogue) is None
    assert answer(b"short", catalogue) is None
    torn = dns.message.make_query(ZEN, "A").to_wire()[:-3]
    reply = dns.message.from_wire(answer(torn, catalogue))
    assert (reply.rcode(), reply.id) == (dns.rcode.FORMERR, int.from_bytes(torn[:2]))


@given(st.binary(max_size=80))
def test_no_bytes_upset_it(wire):
    reply = answer(wire, Catalogue([ZEN]))
    assert reply is None or reply[:2] == wire[:2]


@pytest.mark.parametrize(
    ("address", "order"),
    [
        ("127.0.0.1", {}),
        ("203.0.113.1", {"code": "203.0.113.1"}),
        ("203.0.113.1", {"code": "listed"}),
        ("203.0.113.1", {"code": []}),
    ],
)
def test_a_bad_order_is_refused(address, order):
    with pytest.raises(ValueError, match=r"127|listed|codes|Expected"):
        entry_of(IPv4Address(address), order)


def test_a_reset_leaves_the_test_point_alone(catalogue):
    zone = catalogue.zone(ZEN)
    zone.mode = Mode.ERROR
    zone.reset()
    assert values(ask(catalogue, f"2.0.0.127.{ZEN}")) == ["127.0.0.10", "127.0.0.2", "127.0.0.4"]
    assert ask(catalogue, f"100.113.0.203.{ZEN}").rcode() == NXDOMAIN
