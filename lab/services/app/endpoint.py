"""The endpoint itself: verify the signature with the ready Standard Webhooks library, then answer as told.

Mail comes to one path. To the other come questions, while a sender is still connected, whether a mailbox
exists: those of this app's tenants do. What goes wrong on request goes wrong for both.
"""

import asyncio
import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from lab.services.app import slowness
from lab.services.app.behaviour import REFUSALS, Behaviour, Mode, Rule
from lab.services.app.ledger import Ledger, Receipt

log = logging.getLogger("app.endpoint")

BODY_BYTES_MAX = 128 * 1024 * 1024
PATH = "/boringmail"
SUCCESS = range(200, 300)
REDIRECTS = range(300, 400)
RECIPIENTS_PATH = "/boringmail/recipients"
TENANTS = frozenset({"acme", "other", "small", "staff"})


@dataclass(frozen=True)
class Arrival:
    """One request as it came in, before anything is answered; `ledger` is where it will be kept."""

    ledger: Ledger
    number: int
    at: float
    webhook_id: str
    recipient: str
    message_id: str
    signature: str
    body: str


class Endpoint:
    """Takes the POSTs: mail goes to `ledger`, questions to `asked`.

    `key_file` holds the `whsec_` key and is read anew for each request.
    """

    def __init__(self, ledger: Ledger, asked: Ledger, behaviour: Behaviour, key_file: Path) -> None:
        self._ledger = ledger
        self._asked = asked
        self._behaviour = behaviour
        self._key_file = key_file

    def application(self) -> web.Application:
        """Build the HTTP application."""
        application = web.Application(client_max_size=BODY_BYTES_MAX)
        # Beside the one endpoint as many as somebody wants, so that each can go wrong in its own way.
        application.add_routes(
            [
                web.post(PATH, self._post),
                web.post(RECIPIENTS_PATH, self._check),
                web.post(PATH + "/{endpoint}", self._post),
            ]
        )
        return application

    async def _post(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, self._ledger, _taken)

    async def _check(self, request: web.Request) -> web.StreamResponse:
        return await self._serve(request, self._asked, _existence)

    async def _serve(
        self, request: web.Request, ledger: Ledger, good: Callable[[Arrival], web.Response]
    ) -> web.StreamResponse:
        if self._behaviour.resets(request.path):
            return await slowness.reset(request)
        arrival = self._arrival(request, await request.read(), ledger)
        rule = self._behaviour.take(arrival.recipient, request.path)
        if arrival.signature:
            return self._answer(request, arrival, rule, web.Response(status=401, text=arrival.signature))
        if rule.mode in REFUSALS or rule.mode is Mode.ANSWER:
            return self._answer(request, arrival, rule, _told(rule))
        if rule.mode in {Mode.TRICKLE_HEAD, Mode.TRICKLE_BODY}:
            return await self._trickle(request, arrival, rule)
        if rule.mode is Mode.SLOW:
            await asyncio.sleep(rule.seconds)
        if rule.mode is Mode.HANG:
            await slowness.stay(request, rule.seconds)
        if rule.mode in {Mode.DROP, Mode.HANG, Mode.COMMIT_THEN_DROP}:
            self._record(arrival, rule, None, committed=rule.mode is Mode.COMMIT_THEN_DROP)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return self._answer(request, arrival, rule, good(arrival))

    async def _trickle(self, request: web.Request, arrival: Arrival, rule: Rule) -> web.StreamResponse:
        """Answer byte by byte. A status that went out at once counts as answered."""
        if rule.mode is Mode.TRICKLE_HEAD:
            self._record(arrival, rule, None, committed=False)
            return await slowness.trickle_head(request, rule.seconds)
        self._record(arrival, rule, rule.status, committed=rule.status in SUCCESS)
        return await slowness.trickle_body(request, rule.status, rule.seconds)

    def _arrival(self, request: web.Request, body: bytes, ledger: Ledger) -> Arrival:
        recipient, message_id = _names(body)
        return Arrival(
            ledger=ledger,
            number=ledger.number(),
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
        good = response.status in SUCCESS and arrival.ledger is self._ledger
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
        arrival.ledger.add(receipt, arrival.body)
        log.info(
            "event=post number=%d webhook_id=%s recipient=%s mode=%s status=%s signature=%r",
            receipt.number, receipt.webhook_id, receipt.recipient, receipt.mode, status, receipt.signature,
        )  # fmt: skip


def _taken(arrival: Arrival) -> web.Response:
    del arrival
    return web.json_response({"ok": True})


def _existence(arrival: Arrival) -> web.Response:
    """204 for a mailbox of a tenant that this app has, for it has all of them; else 410."""
    tenant = arrival.recipient.rpartition("@")[2].lower().partition(".")[0]
    return web.Response(status=204 if tenant in TENANTS else 410)


def _told(rule: Rule) -> web.Response:
    status = REFUSALS.get(rule.mode, rule.status)
    headers = {}
    if rule.retry_after_seconds is not None:
        headers["Retry-After"] = str(rule.retry_after_seconds)
    if status in REDIRECTS:
        # Where all is well: mail that follows it is taken, and gives itself away.
        headers["Location"] = PATH
    return web.Response(status=status, headers=headers, text=f"told to {rule.mode}")


def _names(body: bytes) -> tuple[str, str]:
    """The recipient that a body is about and the Message-ID that it names, "" where it names none."""
    try:
        document: Any = json.loads(body)
    except ValueError:
        return "", ""
    recipient = _find(document, "data", "envelope", "recipient") or _find(document, "data", "recipient")
    message_id = _find(document, "data", "message", "message_id")
    return recipient, message_id.strip("<>")


def _find(document: Any, *path: str) -> str:
    for name in path:
        if not isinstance(document, dict):
            return ""
        document = document.get(name)
    return document if isinstance(document, str) else ""
