"""Which check fails only because another one does: one fault is to be named once, where it is mended.

Pure. A check may carry `symptoms`, what exactly it saw; each of them is looked up as `key/symptom` and has to
be explained, else the check stands for itself. Why it is done by a table: docs/adr/0010.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any


class Key(StrEnum):
    """What is looked at, by a name for machines: docs/operations/verify.md has a section for each."""

    HOST = "host"
    RECORDS = "records"
    TENANT_NAMES = "tenant_names"
    SPF = "spf"
    DKIM_RECORD = "dkim_record"
    DKIM_KEY = "dkim_key"
    DKIM_SIGNED = "dkim_signed"
    DMARC = "dmarc"
    PTR = "ptr"
    EHLO = "ehlo"
    BLOCKLISTS = "blocklists"
    SMTP_OPEN = "smtp_open"
    CERTIFICATE = "certificate"
    SUBMISSION_CLOSED = "submission_closed"
    PORT_25_OUT = "port_25_out"
    RESOLVER = "resolver"
    MAIL_IN = "mail_in"
    MAIL_OUT = "mail_out"
    ROUND_TRIP = "round_trip"


# What a receiver judges a mail by.
_DKIM = frozenset({Key.DKIM_RECORD, Key.DKIM_KEY, Key.DKIM_SIGNED})
_JUDGED = _DKIM | {Key.SPF, Key.DMARC, Key.PTR, Key.EHLO, Key.BLOCKLISTS}
_UNREACHED = frozenset({Key.MAIL_IN})
# What handing a mail in takes: the name, TLS, and a key, without which our host takes no mail to sign.
_SUBMITTING = frozenset({Key.RECORDS, Key.CERTIFICATE, Key.RESOLVER, Key.DKIM_KEY})
_SENDING = frozenset({Key.RESOLVER, Key.PORT_25_OUT})
# The symptom of whoever asks DNS from the controller: where no server answers, the records are in doubt too.
UNANSWERED = "unanswered"

# The effect (a key, or `key/symptom`) and what can bring it about. Without cycles.
CAUSES: Mapping[str, frozenset[Key]] = {
    # Another record stands in the place of the wanted one, or the name in it has another address.
    "spf/alias": frozenset({Key.RECORDS}),
    "spf/address": frozenset({Key.RECORDS}),
    "dmarc/alias": frozenset({Key.RECORDS}),
    "ptr/forward": frozenset({Key.RECORDS}),
    "ptr/address": frozenset({Key.RECORDS}),
    **{
        f"{key}/{UNANSWERED}": frozenset({Key.RECORDS})
        for key in (Key.SPF, Key.DKIM_RECORD, Key.DMARC, Key.PTR, Key.EHLO, Key.MAIL_IN)
    },
    # A session with the host's port 25 that never came about.
    "ehlo/unreached": _UNREACHED,
    "ehlo/address": frozenset({Key.PTR, Key.RECORDS}),
    "smtp_open/unreached": _UNREACHED,
    "smtp_open/unsure": frozenset({Key.RESOLVER}),
    "certificate/unreached": _UNREACHED | {Key.SMTP_OPEN},
    "port_25_out": frozenset({Key.RESOLVER}),
    "blocklists": frozenset({Key.RESOLVER}),
    "mail_in": frozenset({Key.RESOLVER, Key.HOST}),
    "mail_in/misled": frozenset({Key.RECORDS, Key.TENANT_NAMES}),
    "dkim_signed": _DKIM - {Key.DKIM_SIGNED} | {Key.RESOLVER},
    "dkim_signed/submission": _SUBMITTING | {Key.MAIL_OUT},
    "dkim_signed/unrecorded": frozenset({Key.RESOLVER, Key.MAIL_IN}),
    "mail_out": _SENDING,
    "mail_out/submission": _SUBMITTING,
    "mail_out/certificate": frozenset({Key.CERTIFICATE}),
    # Not DKIM_SIGNED, which itself follows from mail that cannot be handed in.
    "mail_out/refused": _JUDGED - {Key.DKIM_SIGNED} | {Key.RECORDS},
    "round_trip": _JUDGED | _SENDING | {Key.RECORDS, Key.CERTIFICATE, Key.MAIL_OUT, Key.MAIL_IN},
    "round_trip/unanswered": _JUDGED
    | _SENDING
    | {Key.RECORDS, Key.TENANT_NAMES, Key.CERTIFICATE, Key.MAIL_OUT, Key.MAIL_IN},
    # What the receiver's answer says of the mail.
    "round_trip/spf": frozenset({Key.SPF, Key.RECORDS}),
    "round_trip/dkim": _DKIM,
    "round_trip/dmarc": _DKIM | {Key.DMARC, Key.SPF, Key.RECORDS},
    "round_trip/iprev": frozenset({Key.PTR, Key.RECORDS}),
    "round_trip/ehlo": frozenset({Key.EHLO}),
}

Row = Mapping[str, Any]


def explain(checks: Iterable[Row]) -> list[dict[str, Any]]:
    """The checks, with `because` filled in: the keys of the root causes, empty for what stands for itself."""
    rows = list(checks)
    return [{**row, "because": sorted({str(root["key"]) for root in roots(row, rows)})} for row in rows]


def roots(row: Row, rows: Sequence[Row]) -> list[Row]:
    """The checks that a check which is not right follows from; none when it stands for itself."""
    if row["status"] == "pass":
        return []
    found: list[Row] = []
    for effect in effects(row):
        causes = [cause for cause in rows if _brings_about(cause, effect, row)]
        if not causes:
            return []
        for cause in causes:
            found += roots(cause, rows) or [cause]
    return [cause for place, cause in enumerate(found) if cause not in found[:place]]


def effects(row: Row) -> list[str]:
    """Under which names of the table a check is looked up."""
    symptoms = row.get("symptoms") or ()
    return [f"{row['key']}/{symptom}" for symptom in symptoms] or [str(row.get("key", ""))]


def _brings_about(cause: Row, effect: str, row: Row) -> bool:
    """The cause is wrong, on the same host, and not less sure than what it explains."""
    sure = cause["status"] != "temperror" or row["status"] == "temperror"
    hosts = {cause.get("host", ""), row.get("host", "")}
    related = len(hosts) == 1 or "" in hosts
    return (
        cause["status"] != "pass" and sure and related and cause.get("key") in CAUSES.get(effect, frozenset())
    )
