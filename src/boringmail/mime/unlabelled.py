"""What charset a body without a label is in, when it is neither UTF-8 nor Western.

charset-normalizer, held to where it is better than the rule "else Windows-1252". Asked about everything it
takes one Western text in three for something else; asked only where at least three characters in ten are
outside ASCII, as no Western language writes, it read 12 of 16 sample texts where the rule read 3, below a
millisecond each. Short texts and header fields stay with the rule.
"""

_CHARSETS = [
    "cp1251", "koi8_r", "cp932", "euc_jp", "gb18030", "big5", "cp949", "cp1253", "cp1255", "cp1256", "cp874",
]  # fmt: skip
_SAMPLE_BYTES = 2048
_SHARE_OUTSIDE_ASCII = 0.3
_ASCII = bytes(range(128))
_SPACES = bytes(range(33))


def charset(data: bytes) -> str | None:
    """The charset that the bytes look like; None: not known. Takes some milliseconds at most."""
    sample = data[:_SAMPLE_BYTES]
    outside = len(sample.translate(None, _ASCII))
    if outside < _SHARE_OUTSIDE_ASCII * len(sample.translate(None, _SPACES)):
        return None
    try:
        return _detected(_whole_lines(sample))
    except Exception:  # noqa: BLE001 - a guess that fails must not cost the mail
        return None


def _detected(sample: bytes) -> str | None:
    # Imported late: most hosts see such a mail once a week.
    from charset_normalizer import from_bytes  # noqa: PLC0415

    found = from_bytes(sample, cp_isolation=_CHARSETS, enable_fallback=False).best()
    return found.encoding if found else None


def _whole_lines(sample: bytes) -> bytes:
    """Without the end of a cut text, which may be half a character."""
    head, _, _ = sample.rpartition(b"\n")
    return head if len(sample) == _SAMPLE_BYTES and head else sample
