"""A server that answers line by line as a test's script says; each session starts anew."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator, Mapping

from boringmail.checks import smtp

GREETING = "mx1.desk.example.com ESMTP"
EHLO = ("mx1.desk.example.com", "PIPELINING", "STARTTLS")


class Script:
    """`replies` answers a command by the longest beginning that fits; what was said is in `heard`."""

    def __init__(
        self,
        replies: Mapping[str, str] | None = None,
        *,
        banner: str = GREETING,
        ehlo: tuple[str, ...] = EHLO,
    ) -> None:
        self.banner = banner
        self.heard: list[str] = []
        self._replies = {
            "EHLO": "\r\n".join([*(f"250-{line}" for line in ehlo), "250 8BITMIME"]),
            "MAIL": "250 2.1.0 Ok",
            "RCPT": "554 5.7.1 Relay access denied",
            "RSET": "250 2.0.0 Ok",
            "VRFY": "502 5.5.1 VRFY command is disabled",
            "QUIT": "221 2.0.0 Bye",
            **(replies or {}),
        }

    def answer(self, line: str) -> str:
        self.heard.append(line)
        fitting = [start for start in self._replies if line.upper().startswith(start.upper())]
        return self._replies[max(fitting, key=len)] if fitting else "500 5.5.2 Error: command not recognized"


@contextlib.contextmanager
def serve(script: Script) -> Iterator[int]:
    """Runs the server; gives its port. A reply of `hang up` does that."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(f"220 {script.banner}\r\n".encode())
            for line in self.rfile:
                reply = script.answer(line.decode().strip())
                if reply == "hang up":
                    return
                self.wfile.write(f"{reply}\r\n".encode())
                if reply.startswith("221"):
                    return

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def connect(port: int) -> smtp.Session:
    return smtp.connect("127.0.0.1", port, server_name="mx1.desk.example.com")
