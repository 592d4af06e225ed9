"""Undoes content transfer encodings (RFC 2045 6) as far as the bytes allow."""

import binascii

# With what mailers write for them.
_IDENTITY = {"", "7bit", "8bit", "binary", "7-bit", "8-bit", "7bits", "8bits", "none", "us-ascii", "utf-8"}
_QUOTED_PRINTABLE = {"quoted-printable", "quoted_printable", "quotedprintable", "qp"}
_BASE64 = {"base64", "base-64", "b64"}
# For bytes.translate, which needs no memory per character dropped, as a regular expression does.
_NOT_BASE64 = bytes(
    code for code in range(256) if not (chr(code).isascii() and chr(code).isalnum()) and code not in b"+/"
)
_SINGLE_REST = 1  # four characters carry three bytes; one left over carries none


def decode(data: bytes, encoding: str) -> tuple[bytes, str | None]:
    """The decoded bytes, and the name of what was wrong (the data is then as good as it gets)."""
    name = encoding.strip().lower()
    if name in _IDENTITY:
        return data, None
    if name in _BASE64:
        return decode_base64(data)
    if name in _QUOTED_PRINTABLE:
        return binascii.a2b_qp(data), None
    return data, "unknown_transfer_encoding"


def decode_base64(data: bytes) -> tuple[bytes, str | None]:
    """Base64 with whatever stands between its characters ignored (RFC 2045 6.8) and missing padding added."""
    try:
        return binascii.a2b_base64(data), None
    except binascii.Error:
        characters = data.translate(None, _NOT_BASE64)
    rest = len(characters) % 4
    if rest == _SINGLE_REST:
        characters = characters[:-1]
    return binascii.a2b_base64(characters + b"=="), "bad_base64"
