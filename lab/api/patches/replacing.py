"""Put something of ours in the place of something of moto's."""

from typing import Any


def replace(owner: Any, name: str, new: Any) -> Any:
    """Set an attribute and return what was there before, None when there was nothing."""
    old = getattr(owner, name, None)
    setattr(owner, name, new)
    return old
