"""A small DNS server on loopback: the services take their resolver as an option, so no test looks further."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from socketserver import BaseRequestHandler, ThreadingUDPServer

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest


@dataclass
class Names:
    """Records by (name, type); `port` is where they are served."""

    port: int
    records: dict[tuple[str, str], list[str]]


@pytest.fixture
def names() -> Iterator[Names]:
    records: dict[tuple[str, str], list[str]] = {}

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            data, sock = self.request
            query = dns.message.from_wire(data)
            response = dns.message.make_response(query)
            response.flags |= dns.flags.RA
            question = query.question[0]
            name = question.name.to_text().rstrip(".").lower()
            kind = dns.rdatatype.to_text(question.rdtype)
            values = records.get((name, kind))
            if values:
                response.answer = [dns.rrset.from_text(question.name, 30, "IN", kind, *values)]
            elif not any(known == name for known, _ in records):
                response.set_rcode(dns.rcode.NXDOMAIN)
            sock.sendto(response.to_wire(), self.client_address)

    with ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield Names(server.server_address[1], records)
        server.shutdown()
        thread.join(timeout=5)
