"""Whether the way in sees a valid signature of ours under a mail that took the way out."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

_WAY_HINT = (
    "on the host:\ngrep boringmail-probe /var/log/postfix/out.log /var/log/postfix/in.log | tail\n"
    "systemctl status postfix@out postfix@in boringmail-inbound"
)
_SIGNATURE_HINT = (
    "mend the DKIM record and the key first (their own lines say how); a record that was changed to another "
    "key is remembered by Rspamd for as long as its TTL says. On the host:\n"
    "grep -e DKIM -e dkim /var/log/rspamd/rspamd.log | tail"
)


def expectation(domain: str, selector: str) -> str:
    """What ought to be, in words."""
    return f"a mail that the app hands in is signed by d={domain} s={selector}"


def judge_signature(
    title: str, domain: str, selector: str, record: Mapping[str, Any] | None, seconds: float
) -> Check:
    """`record` is what the daemon noted of the mail, None when it did not come within `seconds`."""
    told = partial(Check, name=title, key=Key.DKIM_SIGNED, expected=expectation(domain, selector))
    if record is None:
        found = f"the mail did not come back within {seconds:g} s"
        return told(status=Status.FAIL, found=found, hint=_WAY_HINT, symptoms=("unrecorded",))
    verdict = record.get("authentication")
    if not isinstance(verdict, Mapping):
        hint = "see that Rspamd runs; on the host:\nsystemctl status rspamd"
        return told(status=Status.FAIL, found="the way in gave no verdict on the mail", hint=hint)
    signatures = [one for one in verdict.get("dkim") or () if one.get("result") != "none"]
    found = ", ".join(map(_told, signatures)) or "no signature"
    if any(_valid(one, domain, selector) for one in signatures):
        return told(status=Status.PASS, found=found)
    temporary = any(one.get("result") == "temperror" for one in signatures)
    status = Status.TEMPERROR if temporary else Status.FAIL
    return told(status=status, found=found, hint=_SIGNATURE_HINT)


def _valid(one: Mapping[str, Any], domain: str, selector: str) -> bool:
    return (one.get("result"), one.get("domain"), one.get("selector")) == ("pass", domain, selector)


def _told(one: Mapping[str, Any]) -> str:
    return f"{one.get('result')} for d={one.get('domain')} s={one.get('selector')}"
