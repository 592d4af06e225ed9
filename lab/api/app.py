"""The WSGI application: check the caller, let moto answer, log, and let the data plane follow."""

import io
import sys
import traceback
from collections.abc import Callable, Iterable
from threading import RLock
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from lab.api import calls, errors, principals
from lab.api.calllog import CallLog
from lab.layout import REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

# Makes the data plane true; with True also where nothing has changed since it last did.
Reconcile = Callable[[bool], None]
# Questions to the lab rather than to AWS; anybody may ask.
_READY_PATH = "/lab/ready"
_RECONCILE_PATH = "/lab/reconcile"
_ONE_REGION = f"The lab has one region: set {REGION}."


class Gateway:
    """WSGI middleware around moto. Calls that may change something run one at a time."""

    def __init__(self, moto: "WSGIApplication", log: CallLog, reconcile: Reconcile) -> None:
        self._moto = moto
        self._log = log
        self._reconcile = reconcile
        self.lock = RLock()

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        if request.path == _READY_PATH:
            return Response("ready\n")(environ, start_response)
        if request.path == _RECONCILE_PATH and request.method == "POST":
            return self._follow_anew()(environ, start_response)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        body = request.get_data()
        scope = principals.parse_authorization(request.headers.get("Authorization", ""))
        service = scope.service if scope else "sts"
        call = calls.describe(request, body, service)
        try:
            principal = principals.authenticate(request, body, scope)
        except principals.RejectedError as rejection:
            response = errors.rejected(service, rejection.reason)
            if call.action:
                self._log.write("unknown", call, response.status_code)
            return response
        if scope and call.mutating and scope.service == "ec2" and scope.region != REGION:
            response = errors.error(service, 400, "UnsupportedOperation", _ONE_REGION)
        elif call.mutating:
            with self.lock:
                response = self._follow(call, self._ask_moto(request, body))
        else:
            response = self._ask_moto(request, body)
        self._log.write(principal, call, response.status_code)
        return response

    def _ask_moto(self, request: Request, body: bytes) -> Response:
        environ = {**request.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        environ.pop("werkzeug.request", None)
        return Response.from_app(self._moto, environ)

    def _follow_anew(self) -> Response:
        """Repair a data plane that somebody has meddled with; the answer says what is wrong with it."""
        try:
            with self.lock:
                self._reconcile(True)
        except Exception as failure:  # noqa: BLE001 (whatever it is, the caller must hear of it)
            traceback.print_exc(file=sys.stderr)
            return Response(f"{failure}\n", 500)
        return Response("done\n")

    def _follow(self, call: calls.Call, response: Response) -> Response:
        """Make the data plane true to the new state; its failure is the call's failure."""
        if response.status_code >= 400:  # noqa: PLR2004 (nothing has changed)
            return response
        try:
            self._reconcile(False)
        except Exception as failure:  # noqa: BLE001 (whatever it is, the caller must hear of it)
            traceback.print_exc(file=sys.stderr)
            text = f"the lab's data plane failed after {call.action}: {failure}"
            return errors.error(call.service, 500, "InternalError", text)
        return response
