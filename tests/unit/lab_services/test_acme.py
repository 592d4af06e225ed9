"""The ACME server's roots in one file, got over a connection that is verified."""

import datetime as dt
import ssl
import threading
import urllib.error
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from lab.services import acme
from lab.services.certificate import self_signed

NOW = dt.datetime.now(dt.UTC)
ROOT = "-----BEGIN CERTIFICATE-----\nthe issuing root\n-----END CERTIFICATE-----\n"


@pytest.fixture
def management(tmp_path, monkeypatch):
    """Yield host and port of an HTTPS server that tells one root."""
    monkeypatch.setattr(acme, "STARTED_WITHIN_SECONDS", 0.0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/roots/0" else 404)
            self.end_headers()
            self.wfile.write(ROOT.encode())

        def log_message(self, *arguments):
            pass

    certificate, key = self_signed("localhost", tmp_path, NOW)
    (tmp_path / "https-ca.pem").write_bytes(certificate.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"localhost:{server.server_address[1]}"
        server.shutdown()
        thread.join(timeout=5)


def test_both_roots_are_in_the_file(management, tmp_path):
    acme.collect_roots(management, tmp_path)
    assert (tmp_path / "roots.pem").read_text() == ROOT + (tmp_path / "https-ca.pem").read_text()


def test_a_server_of_another_ca_tells_nothing(management, tmp_path):
    other, _ = self_signed("localhost", tmp_path / "other", NOW)
    (tmp_path / "https-ca.pem").write_bytes(other.read_bytes())
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        acme.collect_roots(management, tmp_path)
    assert not (tmp_path / "roots.pem").exists()
