"""The modules as Ansible starts them: a process of their own, arguments in JSON, one JSON answer."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import dns.message
import dns.zone
import pytest

from tests.unit.checks import gateway_dns as gateway
from tests.unit.checks import scripted_dns as script
from tests.unit.checks.mail_server import Receiver, TlsFiles, serve
from tests.unit.library.modules import outcome, run

ZONES = {
    "example.com.": gateway.ZONE.replace(gateway.ADDRESS, "127.0.0.1"),
    "arpa.": script.ARPA_ZONE.replace("100.113.0.203", "1.0.0.127"),
}


class Answerer(socketserver.BaseRequestHandler):
    zones: ClassVar = [
        dns.zone.from_text(text, origin, relativize=False, check_origin=False)
        for origin, text in ZONES.items()
    ]

    def handle(self) -> None:
        datagram, sock = self.request
        reply = dns.message.make_response(dns.message.from_wire(datagram))
        script.answer_from(self.zones, reply)
        sock.sendto(reply.to_wire(), self.client_address)


@pytest.fixture(scope="module")
def dns_port() -> Iterator[int]:
    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Answerer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.mark.parametrize("check_mode", [False, True])
def test_the_dns_is_judged_look_by_look(dns_port: int, check_mode: bool) -> None:
    result = run(
        "mail_dns",
        domain=gateway.DOMAIN,
        zone="example.com",
        senders=[{"host": "mx1", "name": "mx1.desk.example.com", "address": "127.0.0.1"}],
        records=[
            {"name": "mx1.desk.example.com", "type": "A", "values": ["127.0.0.1"], "host": "mx1"},
            {"name": "*.desk.example.com", "type": "MX", "values": ["10 mx2.desk.example.com."]},
        ],
        sender_names=["*.desk.example.com"],
        sender_spf=gateway.SPF,
        helo_spf=gateway.HELO_SPF,
        dmarc=gateway.DMARC,
        dkim_selector="bm1",
        dkim_public_key=gateway.KEY,
        authoritative=["127.0.0.1"],
        port=dns_port,
        check_mode=check_mode,
    )
    assert outcome(result) == [
        ("A mx1.desk.example.com", "pass"),
        ("MX *.desk.example.com", "fail"),
        ("SPF *.desk.example.com", "pass"),
        ("SPF mx1.desk.example.com", "pass"),
        ("DKIM bm1._domainkey.desk.example.com", "pass"),
        ("DMARC desk.example.com", "pass"),
        ("PTR 127.0.0.1", "pass"),
    ]
    assert [check["host"] for check in result["checks"]] == ["mx1", "", "", "mx1", "", "", "mx1"]


def test_a_probe_is_sent_and_its_token_returned(dns_port: int) -> None:
    receiver = Receiver()
    with serve(receiver) as port:
        result = run(
            "mail_probe_send",
            host_name="mx1.desk.example.com",
            address="127.0.0.1",
            mail_domain="desk.example.com",
            port=port,
            authoritative=["127.0.0.1"],
            dns_port=dns_port,
        )
    assert outcome(result) == [("mail in", "pass")]
    (envelope,) = receiver.envelopes
    assert envelope.rcpt_tos == [f"boringmail-probe+{result['token']}@probe.desk.example.com"]
    assert b"desk.example.com" not in envelope.original_content.partition(b"To:")[0]


def test_a_host_is_met_as_a_stranger_meets_it(dns_port: int, tmp_path: Path) -> None:
    tls = TlsFiles(tmp_path, "mx1.desk.example.com")
    receiver = Receiver(rcpt="554 5.7.1 Relay access denied")
    with serve(receiver, tls) as port:
        result = run(
            "mail_smtp_outside",
            host_name="mx1.desk.example.com",
            address="127.0.0.1",
            mail_domain="desk.example.com",
            ca_certificates=tls.certificate.read_text(),
            port=port,
            closed_ports=[port],
            authoritative=["127.0.0.1"],
            dns_port=dns_port,
        )
    # The test's server has another name, offers AUTH over TLS, and listens on the port that has to be closed.
    assert {check["key"]: check["status"] for check in result["checks"]} == {
        "ehlo": "fail",
        "smtp_open": "fail",
        "certificate": "pass",
        "submission_closed": "fail",
    }
    assert not receiver.envelopes
