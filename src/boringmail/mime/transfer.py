"""Undoes content transfer encodings (RFC 2045 6) as far as the bytes allow."""

import binascii
import re

_IDENTITY = {"", "7bit", "8bit", "binary"}
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_SINGLE_REST = 1  # four characters carry three bytes; one left over carries none


def decode(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The decoded bytes, and the name of what was wrong (the data is then as good as it gets)."""
    name = encoding.strip().lower()
    if name in _IDENTITY:
        return data, None
    if name == "base64":
        return decode_base64(data)
    if name == "quoted-printable":
        return binascii.a2b_qp(data), None
    return data, "unknown_transfer_encoding"


def decode_base64(data: bytes) -> tuple[bytes, str | None]:
    """Base64 with whatever stands between its characters ignored (RFC 2045 6.8) and missing padding added."""
    try:
        return binascii.a2b_base64(data), None
    except binascii.Error:
        characters = _NOT_BASE64.sub(b"", data)
    rest = len(characters) % 4
    if rest == _SINGLE_REST:
        characters = characters[:-1]
    return binascii.a2b_base64(characters + b"=="), "bad_base64"
