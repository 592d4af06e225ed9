"""What each break makes of all checks, and that exactly one of them is named: the one that is broken.

On a real gateway the same is still to be tried: here it is written down what each look finds.
"""

import pytest

from boringmail.checks.causes import Key, explain

# Key, status, symptoms of everything that does not pass.
Seen = tuple[str, str, tuple[str, ...]]
UNREACHED: list[Seen] = [
    ("ehlo", "temperror", ("unreached",)),
    ("smtp_open", "temperror", ("unreached",)),
    ("certificate", "temperror", ("unreached",)),
]
BREAKS: dict[str, tuple[str, list[Seen]]] = {
    "PTR, and the receiver refuses": (
        "ptr",
        [("ptr", "fail", ()), ("ehlo", "fail", ("address",)), ("round_trip", "fail", ())],
    ),
    "PTR, and the receiver says so in its answer": (
        "ptr",
        [("ptr", "fail", ()), ("ehlo", "fail", ("address",)), ("round_trip", "fail", ("iprev",))],
    ),
    "EHLO unlike PTR": ("ehlo", [("ehlo", "fail", ()), ("round_trip", "fail", ())]),
    "SPF": ("spf", [("spf", "fail", ()), ("round_trip", "fail", ("spf",))]),
    "SPF, and the receiver refuses": (
        "spf",
        [("spf", "permerror", ()), ("round_trip", "fail", ()), ("mail_out", "fail", ("refused",))],
    ),
    "DKIM record": (
        "dkim_record",
        [("dkim_record", "fail", ()), ("dkim_signed", "fail", ()), ("round_trip", "fail", ("dkim",))],
    ),
    "another DKIM key on the host": (
        "dkim_key",
        [("dkim_key", "fail", ()), ("dkim_signed", "fail", ()), ("round_trip", "fail", ("dkim", "dmarc"))],
    ),
    "DKIM key that cannot be read: mail is deferred": (
        "dkim_key",
        [
            ("dkim_key", "fail", ()),
            ("mail_out", "temperror", ("submission",)),
            ("dkim_signed", "temperror", ("submission",)),
            ("round_trip", "temperror", ()),
        ],
    ),
    "DMARC": ("dmarc", [("dmarc", "fail", ()), ("round_trip", "fail", ("dmarc",))]),
    "MX": (
        "records",
        [
            ("records", "fail", ()),
            ("mail_in", "fail", ("misled",)),
            ("round_trip", "temperror", ("unanswered",)),
        ],
    ),
    "masked tenant name": ("tenant_names", [("tenant_names", "fail", ())]),
    "certificate": (
        "certificate",
        [
            ("certificate", "fail", ()),
            ("mail_out", "fail", ("certificate",)),
            ("dkim_signed", "fail", ("submission",)),
            ("round_trip", "fail", ()),
        ],
    ),
    "submission open": ("submission_closed", [("submission_closed", "fail", ())]),
    "port 25 out, by a time-out in the log": (
        "port_25_out",
        [("port_25_out", "fail", ()), ("mail_out", "fail", ()), ("round_trip", "fail", ())],
    ),
    "port 25 out, by silence": (
        "port_25_out",
        [("port_25_out", "fail", ()), ("mail_out", "temperror", ()), ("round_trip", "temperror", ())],
    ),
    "address listed, and the receiver refuses": (
        "blocklists",
        [("blocklists", "fail", ()), ("round_trip", "fail", ()), ("mail_out", "fail", ("refused",))],
    ),
    "resolver": (
        "resolver",
        [
            ("resolver", "fail", ()),
            ("port_25_out", "temperror", ()),
            ("blocklists", "temperror", ()),
            ("smtp_open", "temperror", ("unsure",)),
            ("mail_in", "temperror", ()),
            ("mail_out", "fail", ("submission",)),
            ("dkim_signed", "fail", ("submission",)),
            ("round_trip", "fail", ()),
        ],
    ),
    "resolver, and mail out was handed in before": (
        "resolver",
        [
            ("resolver", "fail", ()),
            ("mail_out", "temperror", ()),
            ("dkim_signed", "temperror", ()),
            ("round_trip", "temperror", ()),
        ],
    ),
    "another address for submit": (
        "records",
        [
            ("records", "fail", ()),
            ("mail_out", "fail", ("submission",)),
            ("dkim_signed", "fail", ("submission",)),
            ("round_trip", "fail", ()),
        ],
    ),
    "port 25 in closed": (
        "mail_in",
        [("mail_in", "fail", ()), *UNREACHED, ("round_trip", "temperror", ("unanswered",))],
    ),
    "this network blocks port 25": ("mail_in", [("mail_in", "temperror", ()), *UNREACHED]),
    "STARTTLS not offered": (
        "smtp_open",
        [("smtp_open", "fail", ()), ("certificate", "temperror", ("unreached",))],
    ),
    "submission down": (
        "mail_out",
        [
            ("mail_out", "fail", ("submission",)),
            ("dkim_signed", "fail", ("submission",)),
            ("round_trip", "fail", ()),
        ],
    ),
    "nothing signs": ("dkim_signed", [("dkim_signed", "fail", ()), ("round_trip", "fail", ("dkim",))]),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_named_by_exactly_one_key(name: str) -> None:
    key, seen = BREAKS[name]
    rows = [{"key": str(one), "status": "pass", "host": "mx1", "name": str(one)} for one in Key]
    wrong = {one: (status, symptoms) for one, status, symptoms in seen}
    for row in rows:
        if row["key"] in wrong:
            status, symptoms = wrong[row["key"]]
            row.update(status=status, symptoms=symptoms)
    named = [row["key"] for row in explain(rows) if row["status"] != "pass" and not row["because"]]
    assert named == [key]
