"""Submission is for the app's networks: from outside, its ports have to look as if nothing were there."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from boringmail.checks import repairs
from boringmail.checks.causes import Key
from boringmail.checks.result import Check, Status

PORTS = (587, 465)
# A port that is open answers at once; what is filtered never does.
CONNECT_SECONDS = 3.0
_HINT = (
    "close both layers, the security group and the host's firewall: the world may not guess at the app's "
    "password (app_cidrs lists who may connect)"
)


def check_closed(host_name: str, opens: Callable[[int], bool], ports: Sequence[int] = PORTS) -> Check:
    """`opens` tells whether a connection to a port can be made; silence and refusal are both fine."""
    told = partial(
        Check,
        name=f"submission of {host_name} from outside",
        key=Key.SUBMISSION_CLOSED,
        expected=f"ports {_listed(ports)} are closed to everybody but the app's networks",
    )
    with ThreadPoolExecutor(len(ports)) as pool:
        answers = list(pool.map(opens, ports))
    found = [port for port, is_open in zip(ports, answers, strict=True) if is_open]
    if not found:
        return told(status=Status.PASS, found=f"{_listed(ports)} do not answer")
    repair = f"{repairs.playbook('provision', 'aws_network')} && {repairs.playbook('configure', 'base')}"
    return told(status=Status.FAIL, found=f"connected to {_listed(found)}", hint=_HINT, repair=repair)


def _listed(ports: Sequence[int]) -> str:
    return " and ".join(map(str, ports))
