"""Invitations and the answers to them (iMIP, RFC 6047): a text/calendar part with a method."""

import re
from itertools import islice

from boringmail.mime import parameter
from boringmail.mime.kind import original
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Part, Tree

_Details = dict[str, object]
# RFC 5546 1.4 without PUBLISH, which asks nobody for anything.
_METHODS = {"request", "reply", "cancel", "counter", "declinecounter", "add", "refresh"}
_COMPONENTS = {"VEVENT", "VTODO", "VJOURNAL"}
_LINES_LIMIT = 2_000
_WHEN = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_VALUE_LIMIT = 1_000
# The property's name, its parameters (a value in quotes may hold a colon), and the value.
_PROPERTY = re.compile(
    r'([A-Za-z0-9-]{1,60})((?:;[^":;]{0,300}(?:"[^"]{0,500}"[^":;]{0,300})?){0,30}):(.*)', re.DOTALL
)


def read(tree: Tree, _origin: Origin) -> _Details | None:
    """The details of an invitation or answer; None if the mail is none: an attached file is an attachment."""
    for part in tree.parts:
        if part.content_type == "text/calendar" and (details := _details(part)):
            return details
    return None


def _details(part: Part) -> _Details | None:
    if parameter.parse(part.fields.raw("content-disposition"))[0] == "attachment":
        return None
    method = part.parameters.get("method", "").lower()
    if method and method not in _METHODS:
        return None
    found = _properties(original.head(part).text()[0])
    method = method or found.get("METHOD", ("", ""))[1].strip().lower()
    if method not in _METHODS:
        return None
    attendee = found.get("ATTENDEE", ("", ""))
    return {
        "method": method,
        "uid": _text(found, "UID"),
        "summary": _text(found, "SUMMARY"),
        "organizer": _address(found.get("ORGANIZER", ("", ""))[1]),
        "attendee": _address(attendee[1]) if method == "reply" else None,
        "status": (_parameter(attendee[0], "PARTSTAT") or "").lower() or None if method == "reply" else None,
        "start": _when(found.get("DTSTART", ("", ""))[1]),
        "start_time_zone": _parameter(found.get("DTSTART", ("", ""))[0], "TZID"),
    }


def _properties(content: str) -> dict[str, tuple[str, str]]:
    """The parameters and value of each property of the first event, the first of each name; and METHOD.

    Time zones have a DTSTART of their own, alarms a SUMMARY: only what is directly in the event counts.
    """
    found: dict[str, tuple[str, str]] = {}
    inside: list[str] = []
    for line in islice(_unfolded(content), _LINES_LIMIT):
        match = _PROPERTY.match(line)
        if match is None:
            continue
        name, value = match[1].upper(), match[3].strip()
        if name == "BEGIN":
            inside.append(value.upper()[:40])
        elif name == "END":
            if inside and inside.pop() in _COMPONENTS:
                break
        elif name == "METHOD" or (inside and inside[-1] in _COMPONENTS):
            found.setdefault(name, (match[2], value))
    return found


def _unfolded(content: str) -> list[str]:
    return content.replace("\n ", "").replace("\n\t", "").split("\n", _LINES_LIMIT)


def _parameter(parameters: str, name: str) -> str | None:
    for piece in parameters[:2_000].split(";"):
        key, _, value = piece.partition("=")
        if key.strip().upper() == name:
            return original.line(value.strip('" '))
    return None


def _address(value: str) -> str | None:
    address = value[:_VALUE_LIMIT].strip()
    scheme = "mailto:"
    return original.line(
        address[len(scheme) :].strip() if address[: len(scheme)].lower() == scheme else address
    )


def _text(found: dict[str, tuple[str, str]], name: str) -> str | None:
    raw = found.get(name, ("", ""))[1][:_VALUE_LIMIT]
    return original.line(_ESCAPED.sub(lambda match: " " if match[1] in "nN" else match[1], raw))


def _when(value: str) -> str | None:
    match = _WHEN.match(value.strip())
    if match is None:
        return None
    date = f"{match[1]}-{match[2]}-{match[3]}"
    return f"{date}T{match[4]}:{match[5]}:{match[6]}{match[7]}" if match[4] else date
