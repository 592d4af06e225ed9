"""The customer's app server, as seen from the controller."""

import json
from collections.abc import Callable
from typing import Any

from lab import layout, paths
from lab.containers import podman
from lab.drive.namespace import ControlPort
from lab.drive.waiting import until
from lab.services.app.ledger import Receipt

CONTROL_PORT = 8081
STATE = "/var/lib/lab-app"
PYTHON = "/opt/lab/venv/bin/python"
SOURCE = "/opt/lab/src"


class App:
    """Orders to the app and questions to it."""

    container = layout.APP_SERVER.namespace

    def __init__(self) -> None:
        self._port = ControlPort(self.container, layout.APP, CONTROL_PORT)
        self._trusted = ""

    def received(self, since: int = 0) -> list[Receipt]:
        """Every request since receipt number `since`, whatever was answered."""
        return [Receipt(**entry) for entry in self._port.call("GET", f"/received?since={since}")]

    def last_number(self) -> int:
        """The number of the newest receipt, 0 when there is none."""
        return max((receipt.number for receipt in self.received()), default=0)

    def body(self, number: int) -> dict[str, Any]:
        """The JSON body of one request."""
        document = self._port.call("GET", f"/received/{number}/body")
        if not isinstance(document, dict):
            raise TypeError(f"the app got no JSON object: {json.dumps(document)[:200]}")
        return document

    def asked(self, since: int = 0) -> list[Receipt]:
        """Every question whether a mailbox exists, since question number `since`."""
        return [Receipt(**entry) for entry in self._port.call("GET", f"/asked?since={since}")]

    def question(self, number: int) -> dict[str, Any]:
        """The JSON body of one question."""
        return dict(self._port.call("GET", f"/asked/{number}/body"))

    def wait_for(self, message_id: str, seconds: float = 60.0) -> Receipt:
        """Wait until the app holds the mail with this Message-ID."""

        def held() -> Receipt | None:
            found = [entry for entry in self.received() if entry.message_id == message_id]
            return next((entry for entry in found if entry.committed), None)

        return until(f"the mail {message_id} at the app", held, seconds)

    def wait_until(
        self, what: str, predicate: Callable[[list[Receipt]], bool], *, since: int = 0, seconds: float = 60.0
    ) -> list[Receipt]:
        """Wait until the receipts since a number satisfy `predicate`."""

        def satisfied() -> list[Receipt] | None:
            receipts = self.received(since)
            return receipts if predicate(receipts) else None

        return until(what, satisfied, seconds)

    def behave(self, mode: str = "ok", **rule: Any) -> None:
        """Tell the app how to answer, for all or for some `recipients` (see lab.services.app.behaviour)."""
        self._port.call("PUT", "/mode", [] if mode == "ok" else [{"mode": mode, **rule}])

    def behave_by(self, rules: list[dict[str, Any]]) -> None:
        """Give the app several rules; the first that fits a request holds."""
        self._port.call("PUT", "/mode", rules)

    def read(self, path: str) -> str:
        """Read a file of the app server's."""
        return podman(["exec", self.container, "cat", path])

    def plant(self, name: str, secret: str) -> None:
        """Write a secret to the app's state directory, through standard input and never on a command line."""
        script = f'umask 077; cat > "{STATE}/.new" && mv "{STATE}/.new" "{STATE}/{name}"'
        podman(["exec", "-i", self.container, "sh", "-c", script], stdin=secret)

    def _trust_the_lab(self) -> None:
        """Give the app the roots of the lab's ACME server, as the Internet's are on every machine."""
        roots = paths.ACME_ROOT.read_text()
        if roots != self._trusted:
            self.plant("authorities.pem", roots)
            self._trusted = roots

    def submit(self, to: str, *, check: bool = True, timeout: float = 60.0, **options: str | int) -> Any:
        """Send mail from the app through `submit.<domain>`; see lab.services.submit for the options.

        Returns its JSON: a list with one result a message, or a dict with `error`. Raises CommandError
        unless `check` is false when anything was not accepted.
        """
        self._trust_the_lab()
        arguments = [item for name, value in options.items() for item in (f"--{_dashed(name)}", str(value))]
        command = [PYTHON, "-m", "lab.services.submit", "--to", to, *arguments]
        output = podman(
            ["exec", f"--env=PYTHONPATH={SOURCE}", self.container, *command], check=check, timeout=timeout
        )
        return json.loads(output)


def _dashed(name: str) -> str:
    return name.strip("_").replace("_", "-")
