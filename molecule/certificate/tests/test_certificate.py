"""The certificate holds in a handshake, is renewed with the same key, and the services are told."""

import pytest

CHAIN = "/etc/ssl/boringmail/fullchain.pem"
KEY = "/etc/ssl/boringmail/privkey.pem"
HOOK = "/etc/boringmail/certificate-hooks.d/note"

# Trusts nothing but the certificate and insists on the name: what an app server does on 587.
HANDSHAKE = f"""
import socket, ssl, sys, threading
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain("{CHAIN}", "{KEY}")
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    try:
        server.wrap_socket(listener.accept()[0], server_side=True).recv(1)
    except ssl.SSLError:
        pass
threading.Thread(target=serve, daemon=True).start()
client = ssl.create_default_context(cafile="{CHAIN}")
plain = socket.create_connection(listener.getsockname())
with client.wrap_socket(plain, server_hostname=sys.argv[1]) as session:
    print(session.version())
"""


def handshake(host, name: str):
    return host.run(f"python3 -c '{HANDSHAKE}' {name}")


def public_key(host) -> str:
    return host.check_output(f"openssl x509 -in {CHAIN} -noout -pubkey")


def serial(host) -> str:
    return host.check_output(f"openssl x509 -in {CHAIN} -noout -serial")


@pytest.fixture
def end_is_near(host):
    """The host has a certificate that ends tomorrow, of the key that is there."""
    host.run_expect(
        [0],
        f"openssl req -x509 -new -key {KEY} -days 1 -subj /CN=old -out {CHAIN}"
        " -addext subjectAltName=DNS:mx1.desk.example.com,DNS:submit.desk.example.com",
    )


@pytest.mark.parametrize("name", ["mx1.desk.example.com", "submit.desk.example.com"])
def test_a_client_that_trusts_it_connects_by_each_name(host, name):
    assert handshake(host, name).stdout.strip() == "TLSv1.3"


def test_a_client_is_refused_by_any_other_name(host):
    assert "Hostname mismatch" in handshake(host, "mx1.example.net").stderr


def test_only_root_and_the_group_read_the_key(host):
    assert host.check_output(f"stat --format='%U:%G %a' {KEY}") == "root:ssl-cert 640"
    assert host.run(f"setpriv --reuid=nobody --clear-groups cat {KEY}").rc != 0
    assert (
        host.run(f"setpriv --reuid=nobody --groups=$(getent group ssl-cert | cut -d: -f3) cat {KEY}").rc == 0
    )


@pytest.mark.usefixtures("end_is_near")
def test_it_is_renewed_before_its_end_with_the_same_key_and_the_services_are_told(host):
    host.run_expect([0], f"printf '#!/bin/sh\\necho told >>/run/told\\n' >{HOOK} && chmod 755 {HOOK}")
    before = public_key(host), serial(host)
    host.run_expect([0], "systemctl start boringmail-certificate.service")
    assert (public_key(host), serial(host) != before[1]) == (before[0], True)
    assert host.run(f"openssl x509 -in {CHAIN} -noout -checkend {300 * 86400}").rc == 0
    assert host.check_output("cat /run/told") == "told"


@pytest.mark.usefixtures("end_is_near")
def test_a_hook_that_fails_is_run_again_the_next_time(host):
    host.run_expect(
        [0], f"printf '#!/bin/sh\\n[ -e /run/well ] && : >/run/again\\n' >{HOOK} && chmod 755 {HOOK}"
    )
    assert host.run("systemctl start boringmail-certificate.service").rc != 0
    host.run_expect([0], "touch /run/well && systemctl start boringmail-certificate.service")
    assert host.file("/run/again").exists


def test_it_is_looked_at_every_day(host):
    assert host.service("boringmail-certificate.timer").is_enabled
    assert "boringmail-certificate.timer" in host.check_output("systemctl list-timers --no-pager")


def test_the_unit_is_walled_in(host):
    exposure = host.check_output(
        "systemd-analyze security --no-pager boringmail-certificate.service | tail -1"
    )
    assert float(exposure.split("service: ")[1].split()[0]) <= 3.0, exposure
