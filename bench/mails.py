"""The mails of the benchmark: shapes and sizes like real mail, none like another.

Sizes are log-normal with median 20 kB and sigma 1.133, which gives a mean of 38 kB and a 99th percentile of
280 kB; or all of one size. A mark of sixteen characters stands in each Message-ID, text and attachment and is
replaced at every sending, so that no scanner knows a mail from its cache.
"""

import base64
import math
import random

MARK = b"MARKMARKMARKMARK"
MEDIAN_BYTES = 20_000
SIGMA = 1.133
SMALLEST_BYTES, LARGEST_BYTES = 1_500, 3_000_000
POOL = 400
# Above this a person's mail has something attached to it.
TEXT_BYTES = 12_000
_WORDS = """
the printer invoice order customer please we have received your message about delivery and would like to ask
whether it could be sent again tomorrow because something went wrong when our colleague opened the attached
document thank you for the quick answer last week kind regards account number question problem support ticket
screen shows an error after login since monday morning also on another computer best wishes from the office
""".split()  # noqa: SIM905 - words read better as a text
_TYPES = (("application/pdf", "invoice.pdf"), ("image/jpeg", "photo.jpg"), ("image/png", "screenshot.png"))


def sizes(mix: str, count: int) -> list[int]:
    """`count` sizes in bytes: of mix `real`, or `10kb` and the like for one size."""
    if mix != "real":
        return [int(mix.removesuffix("kb")) * 1000] * count
    chance = random.Random(1)
    drawn = (MEDIAN_BYTES * math.exp(SIGMA * chance.gauss(0, 1)) for _ in range(count))
    return [int(min(max(size, SMALLEST_BYTES), LARGEST_BYTES)) for size in drawn]


def pool(mix: str, count: int = POOL) -> list[bytes]:
    """`count` mails of a mix, with CRLF line ends and dots stuffed, each with its marks."""
    return [_mail(number, size) for number, size in enumerate(sizes(mix, count))]


def _mail(number: int, size: int) -> bytes:
    chance = random.Random(number)
    boundary = f"=_{number:08x}_{'0' * 16}"
    text_bytes = min(size - 1_400, TEXT_BYTES)
    plain, html = _text(chance, max(text_bytes // 3, 100)), _html(chance, max(text_bytes * 2 // 3, 200))
    attached = size - len(plain) - len(html) - 1_400
    parts = [_part("text/plain; charset=utf-8", plain), _part("text/html; charset=utf-8", html)]
    kind = "alternative"
    if size > TEXT_BYTES and attached > 0:
        kind = "mixed"
        parts.append(_attachment(chance, attached))
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    return (_header(kind, boundary) + body).encode()


def _header(kind: str, boundary: str) -> str:
    mark = MARK.decode()
    lines = (
        "Received: from desktop.mailbox.example (desktop.mailbox.example [198.51.100.7])",
        "\tby out.mailbox.example (Postfix) with ESMTPSA id 4abcDEF1234zABC",
        "\tfor <ticket@t1.desk.example.com>; Mon,  2 Mar 2026 09:30:12 +0000 (UTC)",
        "From: A Customer <customer@mailbox.example>",
        "To: Support <ticket@t1.desk.example.com>",
        f"Subject: =?utf-8?q?Re=3A_The_printer_=E2=80=93_again?= {mark}",
        "Date: Mon, 2 Mar 2026 09:30:12 +0000",
        f"Message-ID: <{mark}@mailbox.example>",
        "In-Reply-To: <4f2a.1234@desk.example.com>",
        "References: <4f2a.1200@desk.example.com> <4f2a.1234@desk.example.com>",
        "User-Agent: Mozilla Thunderbird",
        "Accept-Language: en-GB, de-DE",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/{kind}; boundary="{boundary}"',
    )
    return "\r\n".join(lines) + "\r\n\r\n"


def _part(content_type: str, text: str) -> str:
    return f"Content-Type: {content_type}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}"


def _text(chance: random.Random, size: int) -> str:
    lines = [f"Reference {MARK.decode()}"]
    while size > 0:
        line = " ".join(chance.choices(_WORDS, k=11))
        lines.append(line)
        size -= len(line) + 2
    return "\r\n".join(lines) + "\r\n"


def _html(chance: random.Random, size: int) -> str:
    rows = ["<html><head><style>p {margin: 0}</style></head><body>"]
    while size > 0:
        words = " ".join(chance.choices(_WORDS, k=9))
        row = f'<p class="MsoNormal"><span style="font-size:11pt">{words}</span></p>'
        rows.append(row)
        size -= len(row) + 2
    return "\r\n".join([*rows, "</body></html>", ""])


def _attachment(chance: random.Random, size: int) -> str:
    content_type, name = chance.choice(_TYPES)
    encoded = base64.encodebytes(chance.randbytes(size * 3 // 4)).decode().replace("\n", "\r\n")
    return (
        f'Content-Type: {content_type}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n{MARK.decode()}{encoded[16:]}'
    )
