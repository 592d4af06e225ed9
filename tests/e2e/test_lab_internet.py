"""The lab's Internet and API themselves: DNS as the world has it, and that changes are seen at once."""

import time
import uuid

import boto3
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.reversename
import pytest

from lab import layout
from lab.environment import variables

SEEN_WITHIN_SECONDS = 2.0


def ask(name, kind, server=layout.RESOLVER, *, dnssec=False):
    query = dns.message.make_query(name, kind, want_dnssec=dnssec)
    return dns.query.udp(query, server, timeout=3)


def values(answer):
    return sorted(item.to_text() for rrset in answer.answer for item in rrset)


def appears(name, kind):
    """Seconds until a name has an answer; None when it has none in time."""
    began = time.monotonic()
    while time.monotonic() - began < SEEN_WITHIN_SECONDS:
        if ask(name, kind).answer:
            return time.monotonic() - began
        time.sleep(0.1)
    return None


@pytest.fixture(scope="module")
def route53():
    known = variables()
    return boto3.client(
        "route53",
        endpoint_url=known["AWS_ENDPOINT_URL"],
        region_name=layout.REGION,
        aws_access_key_id=known["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=known["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture
def zone(route53):
    made = []

    def make(comment):
        name = f"z{uuid.uuid4().hex[:8]}.example"
        answer = route53.create_hosted_zone(
            Name=name, CallerReference=name, HostedZoneConfig={"Comment": comment}
        )
        made.append(answer["HostedZone"]["Id"])
        return name

    yield make
    for one in made:
        route53.delete_hosted_zone(Id=one)


def test_the_root_is_signed_and_the_resolver_validates_it():
    answer = ask(".", "NS", dnssec=True)
    assert answer.flags & dns.flags.AD
    denial = ask("nosuchthing.", "A", dnssec=True)
    assert denial.rcode() == dns.rcode.NXDOMAIN
    assert denial.flags & dns.flags.AD


def test_an_answer_too_big_for_a_datagram_comes_by_tcp():
    query = dns.message.make_query(".", "DNSKEY", want_dnssec=True)
    assert dns.query.tcp(query, layout.AUTHORITIES[1], timeout=3).answer


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (layout.PROVIDER, "mail.mailbox.example."),
        (layout.CONTROLLER, "controller.lab.example."),
        ("203.0.113.199", "ec2-203-0-113-199.eu-central-1.compute.amazonaws.com."),
        (layout.APP, "ip-10-20-2-10.eu-central-1.compute.internal."),
    ],
)
def test_addresses_have_names(address, name):
    assert values(ask(dns.reversename.from_address(address), "PTR")) == [name]


def test_a_new_zone_is_seen_at_once(zone):
    assert appears(zone("delegated as usual"), "SOA") is not None


def test_a_zone_without_delegation_is_not_found(zone):
    assert ask(zone("not delegated"), "SOA").rcode() == dns.rcode.NXDOMAIN


def test_other_people_s_records_are_there():
    assert values(ask("app.example.com", "A")) == [layout.APP]
    assert values(ask("example.com", "MX")) == ["10 mail.mailbox.example."]
