"""A query's bytes to its answer's bytes (RFC 1035), by an authority for the lists and for nothing else."""

import struct
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
from dns.rdatatype import RdataType

from lab.services.lists.catalogue import Catalogue, ListZone, Mode

# A test lists an address and looks: nobody shall keep an answer, nor that there was none (RFC 2308 5).
TTL_SECONDS: Final = 1
SERVER: Final = "lists.lab.example."
SOA: Final = f"{SERVER} hostmaster.lab.example. 1 60 60 3600 {TTL_SECONDS}"
# What Spamhaus answers to a question that came through a public resolver.
ERROR_CODE: Final = "127.255.255.254"
ERROR_TEXT: Final = "Error: open resolver; https://lists.example/returnc/pub/"

_HEADER_BYTES: Final = 12
_QR: Final = 0x8000
_OPCODE: Final = 0x7800
_DATAGRAM_BYTES: Final = 512
_STREAM_BYTES: Final = 65535
_OCTETS: Final = 4


def answer(wire: bytes, catalogue: Catalogue, *, stream: bool = False) -> bytes | None:
    """Answer one message; None when there shall be none. `stream`: it came by TCP, so any size goes back."""
    if len(wire) < _HEADER_BYTES or struct.unpack("!H", wire[2:4])[0] & _QR:
        return None
    try:
        query = dns.message.from_wire(wire)
    except dns.exception.DNSException:
        return _malformed(wire)
    response = dns.message.make_response(query)
    if query.opcode() != dns.opcode.QUERY:
        response.set_rcode(dns.rcode.NOTIMP)
    elif len(query.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
    else:
        zone = catalogue.holding(query.question[0].name)
        if zone is not None and zone.mode is Mode.SILENT:
            return None
        _fill(response, query.question[0], zone)
    datagram = max(query.payload, _DATAGRAM_BYTES) if query.edns >= 0 else _DATAGRAM_BYTES
    return response.to_wire(max_size=_STREAM_BYTES if stream else datagram, prefer_truncation=True)


def _malformed(wire: bytes) -> bytes:
    """Say FORMERR to what cannot be read, under the query's own id and operation."""
    identity, flags = struct.unpack("!HH", wire[:4])
    return struct.pack("!HHHHHH", identity, _QR | flags & _OPCODE | dns.rcode.FORMERR, 0, 0, 0, 0)


def _fill(response: dns.message.Message, question: dns.rrset.RRset, zone: ListZone | None) -> None:
    """Set what the answer says, in its mode and for its name."""
    if zone is None or question.rdclass != dns.rdataclass.IN:
        response.set_rcode(dns.rcode.REFUSED)
        return
    if zone.mode is Mode.SERVFAIL:
        response.set_rcode(dns.rcode.SERVFAIL)
        return
    response.flags |= dns.flags.AA
    soa = dns.rrset.from_text(zone.name, TTL_SECONDS, "IN", "SOA", SOA)
    exists, records = _look_up(zone, question.name)
    values = records.get(RdataType.make(question.rdtype), ())
    if values:
        kind = dns.rdatatype.to_text(question.rdtype)
        response.answer = [dns.rrset.from_text(question.name, TTL_SECONDS, "IN", kind, *values)]
        return
    response.authority = [soa]
    if not exists:
        response.set_rcode(dns.rcode.NXDOMAIN)


def _look_up(zone: ListZone, name: dns.name.Name) -> tuple[bool, dict[RdataType, tuple[str, ...]]]:
    """Tell whether a name exists, and its records as texts by type."""
    if name == zone.name:
        return True, {RdataType.SOA: (SOA,), RdataType.NS: (SERVER,)}
    if zone.mode is Mode.ERROR:
        return True, _records((ERROR_CODE,), ERROR_TEXT)
    labels = name.relativize(zone.name).labels
    octets = tuple(label.decode("ascii", "replace") for label in reversed(labels))
    for address, entry in zone.entries.items():
        # A name between the zone and an entry exists and is empty (RFC 8020 2).
        if tuple(str(address).split("."))[: len(octets)] == octets:
            return True, _records(entry.codes, entry.text) if len(octets) == _OCTETS else {}
    return False, {}


def _records(codes: tuple[str, ...], text: str) -> dict[RdataType, tuple[str, ...]]:
    return {RdataType.A: codes, RdataType.TXT: (_quoted(text),)}


def _quoted(text: str) -> str:
    """Write a text as a TXT record's value: strings of up to 255 bytes (RFC 1035 3.3.14)."""
    data = text.encode()
    chunks = [data[start : start + 255] for start in range(0, len(data), 255)] or [b""]
    return " ".join('"' + "".join(f"\\{byte:03d}" for byte in chunk) + '"' for chunk in chunks)
