"""The services of the lab's Internet: the certificate authority, the DNS lists, the virus signatures."""

import ssl
import urllib.error
import urllib.request
import uuid

import dns.message
import dns.query
import dns.rcode
import pytest
from cryptography import x509

from lab import acmeroot, containers, layout, paths
from lab.drive import aws
from lab.drive.lists import Lists
from lab.drive.namespace import connect
from lab.drive.waiting import until

ZEN = "zen.lists.example"
NAME = "99.100.51.198.zen.lists.example"
SIGNATURES = f"http://{layout.DEPOT}:8080/boringmail.ndb"


def ask(name, kind="A"):
    return dns.query.udp(dns.message.make_query(name, kind), layout.RESOLVER, timeout=3)


def said(rcode, *values):
    def look():
        answer = ask(NAME)
        found = [item.to_text() for rrset in answer.answer for item in rrset]
        return answer.rcode() == rcode and found == list(values)

    return look


@pytest.fixture
def lists():
    lists = Lists()
    lists.reset()
    yield lists
    lists.reset()
    # A failure may be remembered for a while (RFC 9520 3.2), which the next test need not meet.
    until("the list to answer again", said(dns.rcode.NXDOMAIN), 10)


def test_a_list_says_what_it_is_told_within_seconds(lists):
    until("nothing", said(dns.rcode.NXDOMAIN), 5)
    lists.list(ZEN, "198.51.100.99", code="127.0.0.4", text="a text")
    until("the entry", said(dns.rcode.NOERROR, "127.0.0.4"), 5)
    assert ask(NAME, "TXT").answer[0][0].strings == (b"a text",)
    lists.unlist(ZEN, "198.51.100.99")
    until("no entry", said(dns.rcode.NXDOMAIN), 5)


def test_the_test_points_of_a_list(lists):
    assert len(ask(f"2.0.0.127.{ZEN}").answer[0]) == 3
    assert ask(f"1.0.0.127.{ZEN}").rcode() == dns.rcode.NXDOMAIN


@pytest.mark.parametrize(
    ("mode", "outcome"),
    [
        ("error", (dns.rcode.NOERROR, "127.255.255.254")),
        ("servfail", (dns.rcode.SERVFAIL,)),
    ],
)
def test_a_list_fails_in_the_way_that_it_is_told(lists, mode, outcome):
    lists.mode(ZEN, mode)
    until(mode, said(*outcome), 5)


def test_the_certificate_authority_is_reached_with_the_roots_in_the_lab_s_files():
    context = ssl.create_default_context(cafile=str(paths.ACME_ROOT))
    plain = connect(layout.INTERNET.namespace, (layout.DEPOT, 14000))
    with plain, context.wrap_socket(plain, server_hostname="acme.lab.example") as tls:
        tls.sendall(b"GET /dir HTTP/1.0\r\nHost: acme.lab.example:14000\r\n\r\n")
        assert b"newOrder" in b"".join(iter(lambda: tls.recv(4096), b""))


def test_the_roots_in_the_lab_s_files_are_those_of_now():
    now = containers.execute(layout.INTERNET.namespace, ["cat", acmeroot.ROOTS])
    assert paths.ACME_ROOT.read_text() == now
    names = [root.subject.rfc4514_string() for root in x509.load_pem_x509_certificates(now.encode())]
    assert ["Pebble Root CA" in name for name in names] == [True, False]


def test_the_authority_s_resolver_sees_each_record_at_once():
    route53 = aws.route53()
    zones = route53.list_hosted_zones()["HostedZones"]
    zone = next(zone["Id"] for zone in zones if zone["Name"] == "example.com.")
    name = f"_acme-challenge.z{uuid.uuid4().hex[:8]}.example.com"

    def change(action, value):
        record = {"Name": name, "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": f'"{value}"'}]}
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)

    for value in ("first", "second"):
        change("UPSERT", value)
        command = ["dig", "+short", "@127.0.0.1", "-p", "5300", name, "TXT"]
        assert containers.execute(layout.INTERNET.namespace, command).strip() == f'"{value}"'
    change("DELETE", "second")


def test_the_signatures_are_got_once_and_then_only_when_they_changed():
    with urllib.request.urlopen(SIGNATURES, timeout=5) as answer:
        assert answer.read().startswith(b"Eicar-Test-Signature:")
        seen = answer.headers["Last-Modified"]
    again = urllib.request.Request(SIGNATURES, headers={"If-Modified-Since": seen})
    with pytest.raises(urllib.error.HTTPError, match="304"):
        urllib.request.urlopen(again, timeout=5)  # noqa: S310 - the lab's own address
