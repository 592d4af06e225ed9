"""The ACME server's own certificate, and its roots in one file."""

import datetime as dt
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cryptography import x509

from lab.services import acme

NOW = dt.datetime.now(dt.UTC)


@pytest.fixture
def management(tmp_path):
    """Yield host and port of an HTTPS server with the certificate that was made, telling one root."""
    acme.make_certificate("acme.lab.example", tmp_path, NOW)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/roots/0" else 404)
            self.end_headers()
            self.wfile.write((tmp_path / "https-ca.pem").read_bytes())

        def log_message(self, *arguments):
            pass

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join(timeout=5)


def test_the_roots_are_got_over_the_verified_connection(management, tmp_path):
    acme.collect_roots(management, tmp_path)
    assert len(x509.load_pem_x509_certificates((tmp_path / "roots.pem").read_bytes())) == 2


def test_the_certificate_is_for_the_name_and_survives_a_restart(tmp_path):
    acme.make_certificate("acme.lab.example", tmp_path, NOW)
    made = (tmp_path / "server.pem").read_bytes()
    acme.make_certificate("acme.lab.example", tmp_path, NOW)
    assert (tmp_path / "server.pem").read_bytes() == made
    names = x509.load_pem_x509_certificate(made).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert names.value.get_values_for_type(x509.DNSName) == ["acme.lab.example"]
    assert (tmp_path / "server.key").stat().st_mode & 0o777 == 0o600
