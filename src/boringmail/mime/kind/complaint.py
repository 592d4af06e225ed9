"""Complaints about a mail of ours (ARF, RFC 5965), also where the part for machines was left out."""

import re

from boringmail.mime import header
from boringmail.mime.header import Fields
from boringmail.mime.kind import bounce, original
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Part, Tree

_Details = dict[str, object]
# Feedback loops that send the mail itself with a text and nothing for a machine, by sender.
_SENDERS = re.compile(
    r"staff@(?:hotmail|outlook|live)\.com|scomp@aol\.net|[^@]+@(?:reports|bounces)\.spamcop\.net"
    r"|(?:fbl|feedbackloop|feedback|abuse-?reports?|complaints)@[^@]+"
)
_SUBJECT = re.compile(
    r"(?:\[[^\]]{0,60}\] ?)?(?:complaint about message from|email feedback report|abuse report|\[?spamcop"
    r"|fw: ?\[spam|spam report|feedback report|email abuse report|x-?arf)",
    re.IGNORECASE,
)
_HOTMAIL_RECIPIENT = "x-hmxmroriginalrecipient"
_FEEDBACK = re.compile(rb"\s*(?:[A-Za-z-]{1,40}:[^\n]{0,998}\n\s{0,4}){0,10}?feedback-type:", re.IGNORECASE)
_RECIPIENTS_LIMIT = 100


def read(tree: Tree, origin: Origin) -> _Details | None:
    """The details of a complaint; None if the mail is none."""
    report = next((part for part in tree.parts if _is_report(tree, part)), None)
    returned = original.fields(tree)
    if report is None:
        return _details(Fields([]), returned) if _without_report(tree, origin, returned) else None
    data = original.head(report).content()[0].lstrip(b"\r\n")
    return _details(header.split(data, 0, len(data))[0], returned)


def _is_report(tree: Tree, part: Part) -> bool:
    if part.content_type == "message/feedback-report":
        return True
    declared = tree.parameters.get("report-type", "").lower() == "feedback-report"
    return declared and _FEEDBACK.match(part.encoded[:4_000]) is not None


def _without_report(tree: Tree, origin: Origin, returned: Fields | None) -> bool:
    if returned is None:
        return False
    if tree.fields.raw("x-arf") or tree.fields.raw("x-xarf") or returned.raw(_HOTMAIL_RECIPIENT):
        return True
    subject = _SUBJECT.match(tree.fields.value("subject")[:300]) is not None
    return subject and _SENDERS.fullmatch(origin.address) is not None


def _details(report: Fields, returned: Fields | None) -> _Details:
    said = [bounce.mailbox(raw) for raw in [*report.every("original-rcpt-to")][:_RECIPIENTS_LIMIT]]
    if not said and returned is not None:
        said = [bounce.mailbox(returned.raw(_HOTMAIL_RECIPIENT))]
    return {
        # Of the senders that say nothing, all report what a person marked as spam.
        "feedback_type": original.line(report.value("feedback-type").lower().split(" ")[0]) or "abuse",
        "user_agent": original.line(report.value("user-agent")),
        "source_ip": original.line(report.value("source-ip")),
        "original_mail_from": bounce.mailbox(report.raw("original-mail-from")),
        "original_recipients": [address for address in said if address],
        "original_message_id": original.message_id(returned),
        "arrival_date": original.line(report.value("arrival-date") or report.value("received-date")),
    }
