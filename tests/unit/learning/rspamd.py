"""Stands in for Rspamd's controller: answers on a unix socket as the real one does.

The real one is asked in molecule/rspamd.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer


@dataclass
class Controller:
    """Its answer, by default that it has learned; and what it was taught: path, headers and body."""

    path: Path
    status: int = 200
    reason: str = "OK"
    body: bytes = b'{"success":true}'
    taught: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def running(path: Path) -> Iterator[Controller]:
    controller = Controller(path)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            controller.taught.append((self.path, dict(self.headers), body))
            self.send_response(controller.status, controller.reason)
            self.send_header("Content-Length", str(len(controller.body)))
            self.end_headers()
            if controller.body:
                self.wfile.write(controller.body)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield controller
        finally:
            server.shutdown()
            thread.join()
