"""Mails as a strategy: built like real ones, each piece now and then broken."""

import base64
import quopri

from hypothesis import strategies as st

_LINE_ENDS = st.sampled_from([b"\r\n", b"\n", b"\r", b"\r\r\n"])
_NOISE = st.binary(max_size=12)
_WORDS = st.sampled_from(
    ["Grüße", "a", "請求書", "x y", "<b>", "\x00", "-- ", "> ", "=?", "?=", ";", '"', "\r\n", "😀"]
)
_TEXT = st.lists(_WORDS | st.text(max_size=8), max_size=12).map(" ".join)
# What patterns that try again and again are slow on: one piece, very often.
_RUNS = st.builds(
    lambda piece, length: (piece * length)[:length] + "x",
    st.sampled_from(
        ["*", "* ", "-", "- ", ">", " ", "[", "(", "=?", "a@", '"', "re: ", "border:none ", "<style>"]
    ),
    st.sampled_from([30, 1_000, 8_000]),
)
_CHARSETS = st.sampled_from(
    [
        "utf-8",
        "iso-8859-1",
        "windows-1251",
        "iso-2022-jp",
        "gb2312",
        "ks_c_5601-1987",
        "big5-hkscs",
        "utf-7",
        "utf-16",
        "utf8mb4",
        "x-unknown",
        "hz",
        "punycode",
        "base64",
        "unicode_escape",
        "",
        "us-ascii",
        "cp-850",
        "\x00",
    ]
)
_NAMES = st.sampled_from(
    [
        "Subject",
        "From",
        "To",
        "Cc",
        "Reply-To",
        "Date",
        "Message-ID",
        "In-Reply-To",
        "References",
        "Received",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Content-ID",
        "Auto-Submitted",
        "X-Autoreply",
        "Precedence",
        "List-Id",
        "Return-Path",
        "MIME-Version",
        "X-Failed-Recipients",
        "X-Boringmail-Verdict",
        "X-Virus-Status",
    ]
)
_VALUES = st.sampled_from(
    [
        "<a@b>",
        "Joe <joe@example.com>, Team: a@b;",
        "Tue, 24 Nov 2026 10:00:00 +0100",
        "auto-replied",
        "base64",
        "attachment; filename*0*=utf-8''%C3; filename*1*=%B6.txt",
        "=?utf-8?q?=C3?= =?utf-8?b?tg==?=",
        "bulk",
        "<<>>",
        "()",
        "from a (b [192.0.2.1]) by c with ESMTP id x; Mon, 99 Foo 99999 99:99",
        "1.0",
        "inline; filename=../../x",
    ]
)
_LEAF_TYPES = st.sampled_from(
    [
        "text/plain",
        "text/plain; format=flowed; delsp=yes",
        "text/html",
        "text/calendar; method=REQUEST",
        "image/png",
        "application/ms-tnef; name=winmail.dat",
        "message/rfc822",
        "message/delivery-status",
        "message/feedback-report",
        "text/rfc822-headers",
        "message/disposition-notification",
        "application/pkcs7-mime",
        "text",
        "/",
        "",
    ]
)
_MULTIPARTS = st.sampled_from(
    [
        "mixed",
        "alternative",
        "related",
        "report; report-type=delivery-status",
        "report; report-type=feedback-report",
        "signed",
        "encrypted",
        "digest",
    ]
)


def _encode_text(text: str, charset: str) -> bytes:
    try:
        return text.encode(charset, "replace")
    except (LookupError, ValueError):
        return text.encode("utf-8", "replace")


@st.composite
def encoded_words(draw: st.DrawFn) -> str:
    charset, text = draw(_CHARSETS), draw(_TEXT)
    data = _encode_text(text, charset)
    letter = draw(st.sampled_from("qQbBx"))
    body = (
        base64.b64encode(data).decode()
        if letter in "bB"
        else quopri.encodestring(data, header=True).decode("latin-1")
    )
    end = draw(st.sampled_from(["?=", "?=", "?", ""]))
    return f"=?{charset}?{letter}?{body}{end}"


def _field(name: str, value: str | bytes) -> bytes:
    data = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    return name.encode() + b": " + data + b"\n"


FIELDS = st.builds(_field, _NAMES, _VALUES | encoded_words() | _TEXT | _NOISE | _RUNS)
PARAMETERS = st.lists(
    st.sampled_from(
        [";", "=", "*", "0", "1", "'", '"', "%", "C3", "name", "charset", "utf-8", " ", "\\", "=?utf-8?q?x?="]
    ),
    max_size=30,
).map("".join)


@st.composite
def leaves(draw: st.DrawFn) -> bytes:
    charset, data = draw(_CHARSETS), draw(_NOISE)
    text = _encode_text(draw(_TEXT | _RUNS), charset) + data
    encoding = draw(st.sampled_from(["7bit", "8bit", "base64", "quoted-printable", "x-uuencode", ""]))
    if encoding == "base64":
        text = base64.encodebytes(text)
    elif encoding == "quoted-printable":
        text = quopri.encodestring(text)
    head = _field("Content-Type", f"{draw(_LEAF_TYPES)}; charset={charset}{draw(PARAMETERS)}")
    head += _field("Content-Transfer-Encoding", encoding)
    return (
        head
        + b"".join(draw(st.lists(FIELDS, max_size=2)))
        + draw(st.sampled_from([b"\n", b"", b"junk\n"]))
        + text
    )


def _multiparts(parts: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    @st.composite
    def build(draw: st.DrawFn) -> bytes:
        boundary = draw(st.sampled_from(["b", "bb", "=_x", "b b", ""]))
        written = draw(st.sampled_from([boundary, boundary, "other", boundary + "x"])).encode()
        pieces = b"".join(
            b"--" + written + b"\n" + piece + b"\n" for piece in draw(st.lists(parts, max_size=4))
        )
        head = _field("Content-Type", f'multipart/{draw(_MULTIPARTS)}; boundary="{boundary}"')
        end = draw(st.sampled_from([b"--" + written + b"--\n", b"", b"--" + written]))
        return head + b"\n" + draw(_NOISE) + b"\n" + pieces + end

    return build()


_TREES = st.recursive(leaves(), _multiparts, max_leaves=8)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    raw = b"".join(draw(st.lists(FIELDS, max_size=8))) + draw(_TREES)
    raw = raw.replace(b"\n", draw(_LINE_ENDS))
    for _ in range(draw(st.integers(0, 3))):  # broken on the way
        at = draw(st.integers(0, len(raw)))
        raw = raw[:at] + draw(_NOISE) + raw[at + draw(st.integers(0, 20)) :]
    return raw
