"""The one shape in which every check answers, on success and failure alike."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """The four outcomes, as SPF names them (RFC 7208 2.6).

    `temperror`: could not be found out now, trying again may help. `permerror`: could not be found out, and
    will not be until somebody mends what `found` names.
    """

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True)
class Check:
    """One thing looked at: what should be, what is, and the record or command that mends it.

    The first line of `hint` is advice; each further line is a record or command to paste.
    """

    name: str
    status: Status
    expected: str
    found: str
    hint: str = ""

    def as_dict(self) -> dict[str, str]:
        """The form in which Ansible and JSON carry it."""
        return {key: str(value) for key, value in asdict(self).items()}


def guarded(name: str, look: Callable[[], list[Check]]) -> list[Check]:
    """Run a check; what it did not foresee becomes a permerror instead of a crash without a table."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks still deserve their table
        where = traceback.extract_tb(error.__traceback__)[-1]
        found = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
        return [
            Check(name, Status.PERMERROR, "a check that runs", found, "report this: it is a fault of ours")
        ]


def from_module(name: str, result: Mapping[str, Any]) -> list[dict[str, str]]:
    """The checks in a module's registered result, or one permerror when it never came to run.

    A module does not run when its host is unreachable or its interpreter is missing.
    """
    checks = result.get("checks")
    if isinstance(checks, Sequence) and checks:
        return [dict(check) for check in checks]
    if result.get("unreachable"):
        status, hint = Status.TEMPERROR, "see that the host is up and that this controller is in admin_cidrs"
    else:
        status, hint = Status.PERMERROR, "run playbooks/configure.yml; it installs what this check needs"
    words = str(result.get("msg") or result.get("module_stderr") or "the check gave no result").strip()
    return [Check(name, status, "a check that runs", words, hint).as_dict()]


# What verify.yml registers on each mail host, and the name of a line for a module that never came to run.
# The first is looked at once for all hosts.
ONCE = ("__verify_domain", "DNS records")
PER_HOST = (
    ("__verify_host", "DNS records of"),
    ("__verify_ptr", "PTR of"),
    ("__verify_out", "mail out"),
    ("__verify_sent", "mail in, accepted:"),
    ("__verify_received", "mail in, recorded:"),
)


def gather(hosts: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """All checks out of the mail hosts' variables, in the order of the table."""
    checks = [check for host in hosts[:1] for check in from_module(ONCE[1], host.get(ONCE[0], {}))]
    for host in hosts:
        name = host.get("inventory_hostname", "")
        for variable, title in PER_HOST:
            result = host.get(variable, {})
            if not result.get("skipped"):
                checks += from_module(f"{title} {name}", result)
    return checks


def skipped(hosts: Sequence[Mapping[str, Any]]) -> list[str]:
    """What was not looked at, and why."""
    if any(host.get("__verify_out", {}).get("skipped") for host in hosts):
        return ["a mail out: set verify_echo_address to a mailbox of yours elsewhere"]
    return []


def verdict(checks: Iterable[Mapping[str, str]], *, temperror_fails: bool = True) -> bool:
    """True when mail will arrive as far as the checks can tell."""
    tolerated = {Status.PASS} if temperror_fails else {Status.PASS, Status.TEMPERROR}
    return all(check["status"] in tolerated for check in checks)
