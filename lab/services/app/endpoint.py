"""The endpoint itself: verify the signature with the ready Standard Webhooks library, then answer as told."""

import asyncio
import json
import logging
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from lab.services.app.behaviour import REFUSALS, Behaviour, Mode, Rule
from lab.services.app.ledger import Ledger, Receipt

log = logging.getLogger("app.endpoint")

BODY_BYTES_MAX = 128 * 1024 * 1024
PATH = "/boringmail"


@dataclass(frozen=True)
class Arrival:
    """One request as it came in, before anything is answered."""

    number: int
    at: float
    webhook_id: str
    recipient: str
    message_id: str
    signature: str
    body: str


class Endpoint:
    """Takes the POSTs. `key_file` holds the `whsec_` key and is read anew for each request."""

    def __init__(self, ledger: Ledger, behaviour: Behaviour, key_file: Path) -> None:
        self._ledger = ledger
        self._behaviour = behaviour
        self._key_file = key_file

    def application(self) -> web.Application:
        """Build the HTTP application."""
        application = web.Application(client_max_size=BODY_BYTES_MAX)
        application.add_routes([web.post(PATH, self._post)])
        return application

    async def _post(self, request: web.Request) -> web.StreamResponse:
        arrival = self._arrival(request, await request.read())
        rule = self._behaviour.take(arrival.recipient)
        if arrival.signature:
            return self._answer(request, arrival, rule, web.Response(status=401, text=arrival.signature))
        if rule.mode in REFUSALS:
            return self._answer(request, arrival, rule, _refusal(rule))
        if rule.mode in {Mode.HANG, Mode.SLOW}:
            await asyncio.sleep(rule.seconds)
        if rule.mode in {Mode.DROP, Mode.HANG, Mode.COMMIT_THEN_DROP}:
            self._record(arrival, rule, None, committed=rule.mode is Mode.COMMIT_THEN_DROP)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return self._answer(request, arrival, rule, web.json_response({"ok": True}))

    def _arrival(self, request: web.Request, body: bytes) -> Arrival:
        recipient, message_id = _names(body)
        return Arrival(
            number=self._ledger.number(),
            at=time.time(),
            webhook_id=request.headers.get("webhook-id", ""),
            recipient=recipient,
            message_id=message_id,
            signature=self._verify(request, body),
            body=body.decode("utf-8", errors="replace"),
        )

    def _verify(self, request: web.Request, body: bytes) -> str:
        """Check the signature; "" when it is right, else the reason."""
        try:
            key = self._key_file.read_text().strip()
            Webhook(key).verify(body, dict(request.headers), json_parse=False)
        except FileNotFoundError:
            return f"no key in {self._key_file}"
        except (WebhookVerificationError, ValueError) as error:
            return f"{type(error).__name__}: {error}"
        return ""

    def _answer(
        self, request: web.Request, arrival: Arrival, rule: Rule, response: web.Response
    ) -> web.StreamResponse:
        """Record and answer; a caller who has gone away was not answered."""
        gone = request.transport is None or request.transport.is_closing()
        good = response.status == 200  # noqa: PLR2004 - the one success that this app knows
        self._record(arrival, rule, None if gone else response.status, committed=good)
        return response

    def _record(self, arrival: Arrival, rule: Rule, status: int | None, *, committed: bool) -> None:
        receipt = Receipt(
            number=arrival.number,
            at=arrival.at,
            webhook_id=arrival.webhook_id,
            recipient=arrival.recipient,
            message_id=arrival.message_id,
            mode=rule.mode,
            status=status,
            committed=committed,
            signature=arrival.signature,
        )
        self._ledger.add(receipt, arrival.body)
        log.info(
            "event=post number=%d webhook_id=%s recipient=%s mode=%s status=%s signature=%r",
            receipt.number, receipt.webhook_id, receipt.recipient, receipt.mode, status, receipt.signature,
        )  # fmt: skip


def _refusal(rule: Rule) -> web.Response:
    headers = {}
    if rule.retry_after_seconds is not None:
        headers["Retry-After"] = str(rule.retry_after_seconds)
    if rule.mode is Mode.REDIRECT:
        headers["Location"] = "/elsewhere"
    return web.Response(status=REFUSALS[rule.mode], headers=headers, text=f"told to {rule.mode}")


def _names(body: bytes) -> tuple[str, str]:
    """The envelope recipient and the Message-ID that a body names, "" where it names none."""
    try:
        document: Any = json.loads(body)
    except ValueError:
        return "", ""
    recipient = _find(document, "data", "envelope", "recipient")
    message_id = _find(document, "data", "message", "message_id")
    return recipient, message_id.strip("<>")


def _find(document: Any, *path: str) -> str:
    for name in path:
        if not isinstance(document, dict):
            return ""
        document = document.get(name)
    return document if isinstance(document, str) else ""
