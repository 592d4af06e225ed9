"""A mail to an address elsewhere that answers with what it thought of it."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

# "Re: hello [spf=pass dkim=pass dmarc=pass iprev=pass tls=TLSv1.3]"
_VERDICT = re.compile(r"\[((?:[a-z]+=[A-Za-z0-9.]+ ?)+)\]\s*$")
# What a receiver says of a mail sent without TLS; with it, it names the version.
NO_TLS = frozenset({"none", "no", "fail"})


def parse_verdict(subject: str) -> dict[str, str]:
    """What an answering address says in its Subject; empty when it says nothing."""
    match = _VERDICT.search(subject)
    return dict(pair.split("=", 1) for pair in match[1].split()) if match else {}


def judge_answer(title: str, address: str, record: Mapping[str, Any] | None, seconds: float) -> Check:
    """`record` is what the daemon noted of the answer, None when none came within `seconds`."""
    expected = f"{address} takes a mail, finds nothing wrong with it, and its answer arrives"
    told = partial(Check, name=title, key=Key.ROUND_TRIP, expected=expected)
    if record is None:
        found = f"{address} took the mail, but no answer arrived within {seconds:g} s"
        hint = (
            f"see that {address} answers mail (verify_answering_address); on the host:\n"
            "tail /var/log/postfix/in.log"
        )
        return told(status=Status.TEMPERROR, found=found, hint=hint, symptoms=("unanswered",))
    subject = str(record.get("subject") or "")
    verdict = parse_verdict(subject)
    said = " ".join(f"{name}={word}" for name, word in verdict.items())
    wrong = [name for name, word in verdict.items() if not _good(name, word)]
    if wrong:
        hint = "mend what these lines name first: the receiver only says what it saw"
        return told(status=Status.FAIL, found=f"answered: {said}", hint=hint, symptoms=tuple(wrong))
    return told(status=Status.PASS, found=f"answered: {said or subject}")


def _good(name: str, word: str) -> bool:
    return word not in NO_TLS if name == "tls" else word == "pass"
