"""The Internet's name servers gone wrong, for one client alone: the mail host."""

import contextlib
import os
import socket
import subprocess
import threading
import time
from collections.abc import Iterator

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode

from lab import layout
from lab.drive.namespace import NAMESPACES

PORT = 5399
LATE_SECONDS = 5.0
TABLE = "lame_dns"
_RULES = f"""
table ip {TABLE} {{{{
    chain before {{{{
        type nat hook prerouting priority -100
        ip saddr {{client}} udp dport 53 redirect to :{PORT}
        ip saddr {{client}} tcp dport 53 redirect to :{PORT}
    }}}}
}}}}
"""


def servfail(query: dns.message.Message) -> dns.message.Message:
    """No answer to anything."""
    answer = dns.message.make_response(query)
    answer.set_rcode(dns.rcode.SERVFAIL)
    return answer


def late(query: dns.message.Message) -> dns.message.Message:
    """The right answer, long after it was wanted."""
    time.sleep(LATE_SECONDS)
    return _right(query)


def _right(query: dns.message.Message) -> dns.message.Message:
    name = query.question[0].name.to_text().lower()
    server = layout.LISTS if name.endswith("lists.example.") else layout.AUTHORITIES[0]
    return dns.query.udp(query, server, timeout=5)


@contextlib.contextmanager
def lame(client: str, fault) -> Iterator[None]:
    """Have each question of `client` (its public address) answered by `fault`, in place of every server."""
    stop = threading.Event()
    ready = threading.Event()
    server = threading.Thread(target=_serve, args=(fault, ready, stop), daemon=True)
    server.start()
    try:
        if not ready.wait(10):
            raise RuntimeError("there is no lame server")
        _nft(_RULES.format(client=client))
        yield
    finally:
        stop.set()
        server.join(10)
        _nft(f"table ip {TABLE}\ndelete table ip {TABLE}\n")


def _nft(rules: str) -> None:
    command = ["ip", "netns", "exec", layout.INTERNET.namespace, "nft", "-f", "-"]
    subprocess.run(command, input=rules, text=True, check=True, timeout=20)


def _serve(fault, ready: threading.Event, stop: threading.Event) -> None:
    """Runs in the Internet's namespace, as do the threads that it starts."""
    with (NAMESPACES / layout.INTERNET.namespace).open("rb") as file:
        os.setns(file.fileno(), os.CLONE_NEWNET)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("0.0.0.0", PORT))  # noqa: S104 - in a namespace of the lab
        sock.settimeout(0.2)
        ready.set()
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                data, client = sock.recvfrom(4096)
                threading.Thread(target=_answer, args=(fault, data, sock, client), daemon=True).start()


def _answer(fault, data: bytes, sock: socket.socket, client: tuple[str, int]) -> None:
    with contextlib.suppress(dns.exception.DNSException, OSError):
        query = dns.message.from_wire(data)
        answer = fault(query)
        sock.sendto(answer.to_wire(), client)
