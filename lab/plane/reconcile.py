"""Make instances, the router and DNS true to a snapshot, in the order in which they need each other."""

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any

from lab.plane.state import Snapshot

logger = logging.getLogger(__name__)

# Instances first: rules and translations name their addresses.
_STEPS = (
    ("lab.plane.instances", "apply_instances"),
    ("lab.plane.routing", "apply_routing"),
    ("lab.plane.dns", "apply_dns"),
)


class DataPlaneError(Exception):
    """A step of the data plane failed; the message names it and says why."""


def apply(snapshot: Snapshot) -> None:
    """Run every step; the first failure stops the rest. Raises DataPlaneError."""
    for module, name in _STEPS:
        try:
            _step(module, name)(snapshot)
        except Exception as failure:
            logger.exception("%s failed", name)
            raise DataPlaneError(f"{name}: {failure}") from failure


def _step(module: str, name: str) -> Callable[[Snapshot], Any]:
    step: Callable[[Snapshot], Any] = getattr(import_module(module), name)
    return step
