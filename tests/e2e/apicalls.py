"""The lab's log of API calls, as far as it was written during runs of the playbooks."""

import json
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from lab import paths
from lab.demo.playbook import RUNS

CALLS = paths.LOG / "api-calls.jsonl"
# Needs no right (AWS: "no permissions are required to perform this operation").
FREE = {"sts:GetCallerIdentity"}


@dataclass(frozen=True)
class ApiCall:
    """One call. `action` as IAM writes it: ec2:RunInstances."""

    at: float
    principal: str
    action: str
    status: int


def calls() -> list[ApiCall]:
    """Every call that somebody known made."""
    found = []
    for line in CALLS.read_text().splitlines():
        entry = json.loads(line)
        if entry["principal"] != "unknown":
            at = datetime.fromisoformat(entry["time"]).timestamp()
            found.append(
                ApiCall(at, entry["principal"], f"{entry['service']}:{entry['action']}", entry["status"])
            )
    return found


def used_by_owner(playbooks: set[str]) -> set[str]:
    """Actions of the owner during runs of these playbooks (the tests call the API under the same key)."""
    runs = [json.loads(line) for line in RUNS.read_text().splitlines()]
    spans = [(run["began"], run["ended"]) for run in runs if run["playbook"] in playbooks]
    return {
        call.action
        for call in calls()
        if call.principal == "owner" and any(began <= call.at <= ended for began, ended in spans)
    }


def used_by_instances() -> set[str]:
    """Actions of every role that an instance has."""
    return {call.action for call in calls() if call.principal.startswith("role/")}


def granted(policy: dict) -> set[str]:
    """The actions that a policy allows, patterns as they stand."""
    actions = set()
    for statement in policy["Statement"]:
        if statement["Effect"] == "Allow":
            found = statement["Action"]
            actions |= {found} if isinstance(found, str) else set(found)
    return actions


def unmatched(actions: set[str], patterns: set[str]) -> set[str]:
    """Actions that no pattern allows (IAM compares without regard to case)."""
    return {
        action
        for action in actions
        if not any(fnmatchcase(action.lower(), pattern.lower()) for pattern in patterns)
    }


def unused(patterns: set[str], actions: set[str]) -> set[str]:
    """Patterns that allow none of the actions."""
    return {
        pattern
        for pattern in patterns
        if not any(fnmatchcase(action.lower(), pattern.lower()) for action in actions)
    }
