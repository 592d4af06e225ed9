"""The certificate holds in a handshake, is renewed with the same key, and the services are told."""

import pytest

CHAIN = "/etc/ssl/boringmail/fullchain.pem"
KEY = "/etc/ssl/boringmail/privkey.pem"
NAMES = {"mx1.mol-certificate.example.com", "submit.mol-certificate.example.com"}
RENEWAL = "/etc/letsencrypt/renewal/boringmail.conf"

# Trusts what the host trusts and insists on the name: what an app server does on 587.
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
client = ssl.create_default_context()
plain = socket.create_connection(listener.getsockname())
with client.wrap_socket(plain, server_hostname=sys.argv[1]) as session:
    print(session.version())
"""


def handshake(host, name: str):
    return host.run(f"python3 -c '{HANDSHAKE}' {name}")


@pytest.fixture
def due(host):
    """Certbot finds its certificate due."""
    host.run_expect(
        [0], f"cp {RENEWAL} /run/renewal && sed -i '1i renew_before_expiry = 3650 days' {RENEWAL}"
    )
    yield
    host.run_expect([0], f"sed -i '/^renew_before_expiry = 3650/d' {RENEWAL}")


@pytest.mark.parametrize("name", sorted(NAMES))
def test_a_client_of_the_hosts_roots_connects_by_each_name(host, name):
    assert handshake(host, name).stdout.strip() == "TLSv1.3"


def test_a_client_is_refused_by_any_other_name(host):
    assert "Hostname mismatch" in handshake(host, "mx1.example.net").stderr


def test_it_has_the_names_and_a_p256_key(host, certificate):
    assert certificate.names == NAMES
    assert certificate.belongs_to_key
    assert "ASN1 OID: prime256v1" in host.check_output(f"openssl pkey -in {KEY} -noout -text")


def test_only_root_and_the_group_read_the_key(host):
    assert host.check_output(f"stat --format='%U:%G %a' {KEY}") == "root:ssl-cert 640"
    assert host.run(f"setpriv --reuid=nobody --clear-groups cat {KEY}").rc != 0
    group = "$(getent group ssl-cert | cut -d: -f3)"
    assert host.run(f"setpriv --reuid=nobody --groups={group} cat {KEY}").rc == 0


@pytest.mark.usefixtures("due")
def test_the_timer_renews_it_with_the_same_key_and_the_services_are_told_once(host, certificate, told):
    key, serial = certificate.public_key, certificate.serial
    host.run_expect([0], "systemctl start certbot.service")
    assert (certificate.public_key, certificate.serial != serial) == (key, True)
    assert (certificate.is_trusted, certificate.names, told()) == (True, NAMES, 1)


def test_what_a_hook_could_not_do_is_done_the_next_day(host, told):
    host.run_expect([0], "rm /var/lib/boringmail-certificate/told")
    host.run_expect([0], "systemctl start boringmail-certificate.service")
    assert told() == 1
    host.run_expect([0], "systemctl start boringmail-certificate.service")
    assert told() == 1


def test_it_is_looked_at_every_day(host):
    timers = host.check_output("systemctl list-timers --no-pager")
    for timer in ("boringmail-certificate.timer", "certbot.timer"):
        assert host.service(timer).is_enabled
        assert timer in timers


def test_the_records_of_the_proof_are_gone(host):
    for name in NAMES:
        answer = host.run(f"python3 -c 'import socket; socket.getaddrinfo(\"_acme-challenge.{name}\", 0)'")
        assert answer.rc != 0


def test_a_root_that_is_no_longer_named_is_no_longer_trusted(host):
    assert not host.file("/usr/local/share/ca-certificates/boringmail-old.crt").exists
    subjects = "openssl storeutl -noout -certs -text /etc/ssl/certs/ca-certificates.crt"
    assert "Old root" not in host.check_output(subjects)


@pytest.mark.parametrize("unit", ["boringmail-certificate.service", "certbot.service"])
def test_the_units_are_walled_in(host, unit):
    exposure = host.check_output(f"systemd-analyze security --no-pager {unit} | tail -1")
    assert float(exposure.split("service: ")[1].split()[0]) <= 3.0, exposure
