"""Zone files: that a name server can read them, and what stands in them."""

from dataclasses import replace

import dns.zone
import pytest

from lab.plane import zones
from lab.plane.state import ElasticIp, Instance, Record, Snapshot, Zone

SERVERS = ("ns-1.awsdns-01.com.", "ns-513.awsdns-01.net.")
SOA = Record(
    "example.com.", "SOA", 900, ("ns-1.awsdns-01.com. hostmaster.amazon.com. 1 7200 900 1209600 86400",)
)
NS = Record("example.com.", "NS", 172800, SERVERS)
SPLIT = f'"{"x" * 255}" "y"'
KEYS = {"mailbox.example.": "A" * 392, "bigmail.example.": "B" * 392}
RECORDS = (
    SOA,
    NS,
    Record("*.desk.example.com.", "MX", 300, ("10 mx1.desk.example.com.",)),
    Record("mx1.desk.example.com.", "A", 300, ("203.0.113.100",)),
    Record("mx1.desk.example.com.", "TXT", 300, ('"v=spf1 a -all"', SPLIT)),
)


def zone(name="example.com.", *, delegated=True, servers=SERVERS, records=RECORDS):
    return Zone(name, servers, records, delegated)


def instance(address, state="running"):
    return Instance("i-1", "mx1", state, "t3.small", "ami-1", address, "10.20.1.0/24", "", "", (), (), None)


def parsed(snapshot):
    texts = zones.all_zones(snapshot, KEYS)
    return {
        item.name: dns.zone.from_text(item.text.replace("{serial}", "7"), origin=item.name, relativize=False)
        for item in texts
    }


def values(found, name, kind):
    rdataset = found.get_rdataset(name, kind)
    return sorted(item.to_text() for item in rdataset) if rdataset else []


def test_the_root_delegates_a_hosted_zone_and_knows_its_servers():
    root = parsed(Snapshot(zones=(zone(),)))["."]
    assert values(root, "example.com.", "NS") == sorted(SERVERS)
    assert [values(root, server, "A") for server in SERVERS] == [["203.0.113.53"], ["203.0.113.54"]]


def test_a_zone_that_is_not_delegated_is_nowhere():
    found = parsed(Snapshot(zones=(zone(delegated=False),)))
    assert values(found["."], "example.com.", "NS") == []
    assert "example.com." not in found


def test_a_zone_below_another_is_the_other_s_to_delegate():
    root = parsed(
        Snapshot(zones=(zone(), zone("desk.example.com.", records=(replace(NS, name="desk.example.com."),))))
    )["."]
    assert values(root, "desk.example.com.", "NS") == []


def test_of_two_zones_of_one_name_the_delegated_one_is_served():
    orphan = zone(delegated=False, records=(SOA, NS))
    for order in ((orphan, zone()), (zone(), orphan)):
        found = parsed(Snapshot(zones=order))["example.com."]
        assert values(found, "mx1.desk.example.com.", "A") == ["203.0.113.100"]


def test_wildcard_and_split_text_are_kept():
    found = parsed(Snapshot(zones=(zone(),)))["example.com."]
    assert values(found, "*.desk.example.com.", "MX") == ["10 mx1.desk.example.com."]
    assert SPLIT in values(found, "mx1.desk.example.com.", "TXT")


def test_a_hosted_zone_has_a_serial_that_can_grow():
    found = parsed(Snapshot(zones=(zone(),)))["example.com."]
    [soa] = found.get_rdataset("example.com.", "SOA")
    assert soa.serial == 7


@pytest.mark.parametrize(
    ("ptr", "expected"),
    [
        ("mx1.desk.example.com.", "mx1.desk.example.com."),
        (None, "ec2-203-0-113-100.eu-central-1.compute.amazonaws.com."),
    ],
)
def test_the_ptr_of_an_elastic_ip(ptr, expected):
    found = parsed(Snapshot(elastic_ips=(ElasticIp("203.0.113.100", None, ptr),)))
    assert values(found[zones.PUBLIC_REVERSE], f"100.{zones.PUBLIC_REVERSE}", "PTR") == [expected]
    assert values(found["."], zones.default_ptr("203.0.113.100"), "A") == ["203.0.113.100"]


def test_the_provider_has_everything_a_good_sender_has():
    found = parsed(Snapshot())
    provider = found["mailbox.example."]
    assert values(provider, "mailbox.example.", "MX") == ["10 mail.mailbox.example."]
    assert values(provider, "mail.mailbox.example.", "A") == ["203.0.113.25"]
    reverse = found[zones.PUBLIC_REVERSE]
    assert values(reverse, f"25.{zones.PUBLIC_REVERSE}", "PTR") == ["mail.mailbox.example."]


@pytest.mark.parametrize(("zone", "letter"), [("mailbox.example.", "A"), ("bigmail.example.", "B")])
def test_the_providers_publish_what_makes_their_mail_pass(zone, letter):
    found = parsed(Snapshot())[zone]
    domain = zone.rstrip(".")
    assert values(found, zone, "TXT") == [f'"v=spf1 a:mail.{domain} -all"']
    assert values(found, f"_dmarc.{zone}", "TXT") == [f'"v=DMARC1; p=reject; rua=mailto:dmarc@{domain}"']
    [key] = found.get_rdataset(f"s1._domainkey.{zone}", "TXT")
    assert b"".join(key.strings).decode() == f"v=DKIM1; k=rsa; p={letter * 392}"


def test_the_services_have_names_and_reverse_names():
    found = parsed(Snapshot())
    reverse = found[zones.PUBLIC_REVERSE]
    assert values(found["lab.example."], "acme.lab.example.", "A") == ["203.0.113.27"]
    assert values(found["lab.example."], "signatures.lab.example.", "A") == ["203.0.113.27"]
    assert values(found["bigmail.example."], "bigmail.example.", "MX") == ["10 mail.bigmail.example."]
    names = ["mail.bigmail.example.", "acme.lab.example.", "lists.lab.example."]
    for last, name in zip((26, 27, 28), names, strict=True):
        assert values(reverse, f"{last}.{zones.PUBLIC_REVERSE}", "PTR") == [name]


@pytest.mark.parametrize("name", ["zen.lists.example.", "bl.lists.example."])
def test_the_root_delegates_the_dns_lists_without_signing_them(name):
    found = parsed(Snapshot())
    assert values(found["."], name, "NS") == ["lists.lab.example."]
    assert values(found["."], name, "DS") == []
    assert values(found["."], "lists.lab.example.", "A") == ["203.0.113.28"]
    assert name not in found


def test_private_names_are_those_of_running_instances():
    found = parsed(Snapshot(instances=(instance("10.20.1.4"), instance("10.20.1.5", "terminated"))))
    reverse = found[zones.PRIVATE_REVERSE]
    names = [values(reverse, f"{last}.1.{zones.PRIVATE_REVERSE}", "PTR") for last in (4, 5)]
    assert names == [["ip-10-20-1-4.eu-central-1.compute.internal."], []]
