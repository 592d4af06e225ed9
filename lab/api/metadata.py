"""Serve the instance metadata service, with credentials that the API itself will know again."""

import threading
from datetime import timedelta
from typing import Any, Final

from moto.core.utils import utcnow
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from lab.api import backends, snapshot
from lab.layout import IMDS, IMDS_PORT, ROUTER
from lab.network import NAMESPACES
from lab.plane.imds import MetadataService, RoleCredentials
from lab.plane.namespace_socket import listen_in
from lab.plane.state import Instance

_SESSION_SECONDS: Final = 6 * 3600
_RENEW_SECONDS: Final = 3600


class Sessions:
    """One session of STS per instance and role, renewed before it ends (as on EC2, not one per question)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[tuple[str, str], Any] = {}

    def credentials(self, instance: Instance) -> RoleCredentials:
        """Return credentials of the instance's role, which must not be None."""
        role = instance.role_name or ""
        with self._lock:
            session = self._open.get((instance.instance_id, role))
            if session is None or _expires_soon(session):
                session = _assume(instance.instance_id, role)
                self._open[(instance.instance_id, role)] = session
        return _as_credentials(session)


def _assume(instance_id: str, role: str) -> Any:
    arn = backends.iam().get_role(role).arn
    return backends.sts().assume_role(
        region_name="us-east-1",
        role_session_name=instance_id,
        role_arn=arn,
        policy=None,
        duration=_SESSION_SECONDS,
        external_id=None,
    )


def _expires_soon(session: Any) -> bool:
    return bool(session.expiration - utcnow() < timedelta(seconds=_RENEW_SECONDS))


def _as_credentials(session: Any) -> RoleCredentials:
    return RoleCredentials(
        access_key_id=session.access_key_id,
        secret_access_key=session.secret_access_key,
        token=session.session_token,
        expiration=session.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


class MetadataServer:
    """Answers in the router's namespace, in threads of this process."""

    def __init__(self) -> None:
        self._application = MetadataService(snapshot.take, Sessions().credentials, backends.ACCOUNT_ID)
        self._namespace: int | None = None
        self._server: BaseWSGIServer | None = None

    def ensure(self) -> None:
        """Listen, and listen anew when the router's namespace has been rebuilt. Raises OSError."""
        present = (NAMESPACES / ROUTER).stat().st_ino
        if present == self._namespace:
            return
        listener = listen_in(ROUTER, IMDS, IMDS_PORT)
        server = make_server(
            IMDS, IMDS_PORT, self._application, threaded=True, request_handler=_Handler, fd=listener.fileno()
        )
        # werkzeug has made a duplicate of the listener for itself.
        listener.close()
        threading.Thread(target=server.serve_forever, name="imds", daemon=True).start()
        if self._server is not None:
            self._server.shutdown()
        self._server, self._namespace = server, present


class _Handler(WSGIRequestHandler):
    """No access log: instances ask often."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing."""
