"""Put the API together: moto corrected, the account opened, the data plane behind it."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from lab.api import patches, snapshot
from lab.api.account import OwnerKey, open_account
from lab.api.app import Gateway
from lab.api.calllog import CallLog
from lab.api.metadata import MetadataServer
from lab.plane import dns, reconcile
from lab.plane.state import Snapshot

logger = logging.getLogger(__name__)

# How often to look for what changes without a call: a PTR that has been published.
_TICK_SECONDS = 1.0


def build_gateway(owner_key: OwnerKey, call_log: Path | None, *, data_plane: bool) -> Gateway:
    """Return the WSGI application; with a data plane it is made true at once and kept so."""
    patches.apply_all()
    open_account(owner_key)
    moto = DomainDispatcherApplication(create_backend_app)
    if not data_plane:
        return Gateway(moto, CallLog(call_log), _nothing)
    follower = Follower(MetadataServer().ensure)
    gateway = Gateway(moto, CallLog(call_log), follower.follow)
    _first_time(follower)
    threading.Thread(target=follower.tick_forever, args=(gateway.lock,), daemon=True).start()
    return gateway


def _first_time(follower: "Follower") -> None:
    """Have everything in place before the first call; what fails now is tried again every few seconds."""
    try:
        follower.follow()
        dns.wait_for_resolver()
    except Exception:
        logger.exception("the data plane is not there yet")


def _nothing(_anew: bool) -> None:
    """Follow nothing: the API alone."""


class Follower:
    """Apply the snapshot when it differs from the last one applied with success."""

    def __init__(
        self, each_time: Callable[[], None], apply: Callable[[Snapshot], None] = reconcile.apply
    ) -> None:
        self._each_time = each_time
        self._apply = apply
        self._applied: Snapshot | None = None

    def follow(self, anew: bool = False) -> None:
        """Make the data plane true to the account, `anew` also if it should be. Raises DataPlaneError."""
        self._each_time()
        wanted = snapshot.take()
        if wanted == self._applied and not anew:
            return
        self._applied = None
        self._apply(wanted)
        self._applied = wanted

    def tick_forever(self, lock: AbstractContextManager[Any]) -> None:
        """Follow changes that no call makes; a failure is logged and tried again."""
        while True:
            try:
                with lock:
                    self.follow()
            except Exception:
                logger.exception("the data plane does not follow")
                time.sleep(10 * _TICK_SECONDS)
            time.sleep(_TICK_SECONDS)
