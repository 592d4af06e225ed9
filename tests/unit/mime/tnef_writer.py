"""Writes winmail.dat files (MS-OXTNEF) for tests."""

import struct

from boringmail.mime import tnef

TITLE, DATA, RENDERING, ATTACHMENT = 0x0001_8010, 0x0006_800F, 0x0006_9002, 0x0006_9005
BODY, MESSAGE_PROPERTIES, CODE_PAGE = 0x0002_800C, 0x0006_9003, 0x0006_9007


def attribute(identifier: int, data: bytes, *, length: int | None = None) -> bytes:
    level = 2 if identifier in {TITLE, DATA, RENDERING, ATTACHMENT} else 1
    stated = len(data) if length is None else length
    return struct.pack("<BII", level, identifier, stated) + data + struct.pack("<H", sum(data) & 0xFFFF)


def text_property(identifier: int, value: str) -> bytes:
    return binary_property(identifier, value.encode("utf-16-le") + b"\0\0", kind=0x1F)


def binary_property(identifier: int, value: bytes, kind: int = 0x102) -> bytes:
    head = struct.pack("<HHII", kind, identifier, 1, len(value))
    return head + value + b"\0" * (-len(value) % 4)


def number_property(identifier: int, value: int) -> bytes:
    return struct.pack("<HHI", 0x03, identifier, value)


def properties(*written: bytes) -> bytes:
    return struct.pack("<I", len(written)) + b"".join(written)


def file(*attributes: bytes) -> bytes:
    return tnef.SIGNATURE + b"\x01\x00" + b"".join(attributes)
