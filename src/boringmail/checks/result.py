"""The one shape in which every check answers, on success and failure alike, and the table of all looks."""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from boringmail.checks import causes, repairs
from boringmail.checks.causes import Key


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
    """One thing looked at: what should be, what is, and what mends it.

    `key` names for machines what was looked at; when empty, `gather` puts the look's own. `hint` is advice in
    words (further lines: what to run to learn more). `repair` mends it, verbatim: zone-file lines, which
    replace what stands at that name and type, or one command made by `repairs`. `symptoms` are what `causes`
    looks up; `host` and `because` are filled in by `gather`.
    """

    name: str
    status: Status
    expected: str
    found: str
    hint: str = ""
    key: str = ""
    repair: str = ""
    symptoms: tuple[str, ...] = ()
    host: str = ""
    because: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The form in which Ansible and JSON carry it."""
        return {
            name: list(value) if isinstance(value, tuple) else str(value)
            for name, value in asdict(self).items()
        }


def guarded(name: str, look: Callable[[], list[Check]], key: str = "") -> list[Check]:
    """Run a check; what it did not foresee becomes a permerror instead of a crash without a table."""
    try:
        return look()
    except Exception as error:  # noqa: BLE001 - whatever it is, the other checks still deserve their table
        where = traceback.extract_tb(error.__traceback__)[-1]
        found = f"{type(error).__name__}: {error} ({where.name}, line {where.lineno})"
        hint = "report this: it is a fault of ours"
        return [Check(name, Status.PERMERROR, "a check that runs", found, hint, key)]


@dataclass(frozen=True)
class Look:
    """A result that verify.yml registers: its variable, and the line for a module that never came to run.

    `title` is followed by the host's name unless the look is taken `once` for all hosts.
    """

    variable: str
    title: str
    key: Key
    once: bool = False


# In the order of the table that people read. A task of verify.yml registers each of these.
LOOKS = (
    Look("__verify_dns", "DNS", Key.RECORDS, once=True),
    Look("__verify_names", "tenants' names", Key.TENANT_NAMES, once=True),
    Look("__verify_inside", "inside of", Key.RESOLVER),
    Look("__verify_outside", "port 25 of", Key.SMTP_OPEN),
    Look("__verify_out", "mail out of", Key.MAIL_OUT),
    Look("__verify_sent", "mail in, accepted:", Key.MAIL_IN),
    Look("__verify_received", "mail in, recorded:", Key.MAIL_IN),
)
# What is left out while a setting of the owner's is empty, and how to have it.
OPTIONAL = {
    "verify_echo_address": "a mail out: set verify_echo_address to a mailbox of yours elsewhere",
    "verify_answering_address": "a round trip: set verify_answering_address to one that answers what it saw",
}
# Whether the host lets itself be looked at from within at all; the looks that need it are skipped otherwise.
REACHED = "__verify_ping"

Host = Mapping[str, Any]


def gather(hosts: Sequence[Host], places: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """All checks out of the mail hosts' variables, in the order of the table, each with its root causes.

    `places`: the paths that `repairs.fill` wants.
    """
    checks = [check for look in LOOKS if look.once for host in hosts[:1] for check in _taken(look, host)]
    for host in hosts:
        name = host.get("inventory_hostname", "")
        own = [check for look in LOOKS if not look.once for check in _taken(look, host)]
        checks += [{**check, "host": name} for check in _reached(host) + own]
    explained = causes.explain(checks)
    return [_finished(check, places or {}) for check in explained]


def _finished(check: dict[str, Any], places: Mapping[str, str]) -> dict[str, Any]:
    del check["symptoms"]
    return {**check, "repair": repairs.fill(check["repair"], places, check["host"])}


def _taken(look: Look, host: Host) -> list[dict[str, Any]]:
    result = host.get(look.variable, {})
    if result.get("skipped"):
        return []
    title = look.title if look.once else f"{look.title} {host.get('inventory_hostname', '')}"
    return from_module(title, result, look.key)


def _reached(host: Host) -> list[dict[str, Any]]:
    result = host.get(REACHED, {})
    if "ping" in result:
        return []
    return from_module(f"host {host.get('inventory_hostname', '')}", result, Key.HOST)


def from_module(name: str, result: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The checks in a module's registered result, or one permerror when it never came to run.

    A module does not run when its host is unreachable or its interpreter is missing.
    """
    checks = result.get("checks")
    if isinstance(checks, Sequence) and checks:
        plain = Check("", Status.PASS, "", "").as_dict()
        return [{**plain, **check, "key": check.get("key") or str(key)} for check in checks]
    words = str(result.get("msg") or result.get("module_stderr") or "the check gave no result").strip()
    if result.get("unreachable"):
        hint = "see that the host is up and that this controller is in admin_cidrs"
        return [Check(name, Status.TEMPERROR, "a host that answers", words, hint, key).as_dict()]
    hint = "run playbooks/configure.yml; it installs what this check needs"
    repair = repairs.playbook("configure")
    return [Check(name, Status.PERMERROR, "what the check runs by", words, hint, key, repair).as_dict()]


def skipped(hosts: Sequence[Host]) -> list[str]:
    """What was not looked at because the owner did not ask for it, and how to have it."""
    return [how for setting, how in OPTIONAL.items() if any(not host.get(setting) for host in hosts)]


def verdict(checks: Iterable[Mapping[str, Any]], *, temperror_fails: bool = True) -> bool:
    """True when mail will arrive as far as the checks can tell."""
    tolerated = {Status.PASS} if temperror_fails else {Status.PASS, Status.TEMPERROR}
    return all(check["status"] in tolerated for check in checks)


def report(
    hosts: Sequence[Host], now: str, places: Mapping[str, str], *, temperror_fails: bool = True
) -> dict[str, Any]:
    """What is kept and written as JSON. `now` is an ISO 8601 time with its zone."""
    checks = gather(hosts, places)
    good = verdict(checks, temperror_fails=temperror_fails)
    return {
        "time": now,
        "verdict": "pass" if good else "fail",
        "checks": checks,
        "skipped": skipped(hosts),
    }
