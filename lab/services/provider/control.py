"""A provider's control port: what it saw, how it judged, and orders to send. HTTP and JSON."""

import asyncio
import base64
from dataclasses import replace
from typing import Any
from uuid import uuid4

from aiohttp import web

from lab.services.provider.deliver import Delivery
from lab.services.provider.mailbox import Mailbox, Message
from lab.services.provider.outbox import Batch, Letter, Outbox, compose

COUNT_MAX = 20_000
PARALLEL_DEFAULT = 8


class Control:
    """Answers the control port."""

    def __init__(self, mailbox: Mailbox, outbox: Outbox, delivery: Delivery, domain: str) -> None:
        self._mailbox = mailbox
        self._outbox = outbox
        self._delivery = delivery
        self._domain = domain
        self._tasks: set[asyncio.Task[None]] = set()

    def application(self) -> web.Application:
        """Build the HTTP application."""
        application = web.Application(client_max_size=64 * 1024 * 1024)
        application.add_routes(
            [
                web.get("/health", self._health),
                web.get("/messages", self._messages),
                web.delete("/messages", self._clear),
                web.get("/verdicts", self._verdicts),
                web.post("/send", self._send),
                web.get("/sent/{id}", self._sent),
            ]
        )
        return application

    def dispatch(self, letters: list[Letter], parallel: int = PARALLEL_DEFAULT) -> Batch:
        """Have letters delivered, at most `parallel` at a time; returns at once."""
        batch = self._outbox.open_batch(letters)
        task = asyncio.create_task(self._delivery.deliver_all(letters, parallel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return batch

    async def _health(self, request: web.Request) -> web.Response:
        del request
        return web.json_response({"ok": True})

    async def _messages(self, request: web.Request) -> web.Response:
        return web.json_response([message.public() for message in self._found(request) if message.accepted])

    async def _verdicts(self, request: web.Request) -> web.Response:
        return web.json_response([message.judged() for message in self._found(request)])

    def _found(self, request: web.Request) -> list[Message]:
        asked = {name: request.query.get(name) for name in ("text", "recipient", "sender")}
        return self._mailbox.find(**asked)

    async def _clear(self, request: web.Request) -> web.Response:
        del request
        self._mailbox.clear()
        return web.Response(status=204)

    async def _send(self, request: web.Request) -> web.Response:
        order = await request.json()
        try:
            letters = letters_of(order, self._domain)
            parallel = int(order.get("parallel", PARALLEL_DEFAULT))
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"bad order: {error!r}") from error
        batch = self.dispatch(letters, parallel)
        return web.json_response({"id": batch.id, "letters": batch.letter_ids}, status=202)

    async def _sent(self, request: web.Request) -> web.Response:
        try:
            letters = self._outbox.batch(request.match_info["id"])
        except KeyError:
            raise web.HTTPNotFound(text="no such batch") from None
        return web.json_response([letter.public() for letter in letters])


def letters_of(order: dict[str, Any], domain: str) -> list[Letter]:
    """Turn an order to send into letters; KeyError or ValueError when it makes no sense.

    `to` is one address or a list; `raw` (base64) is sent as it is, else `subject` and `text` are written up,
    `count` times and padded to about `size_bytes`. `from` goes into the header, and into the envelope unless
    `mail_from` says otherwise ("" is the null sender); both may be anybody's. `ehlo` is the name to greet
    with. `dkim`: whether to sign for the provider's own domain; by default what is written up, not raw.
    """
    recipients = [order["to"]] if isinstance(order["to"], str) else list(order["to"])
    count = int(order.get("count", len(recipients)))
    if not recipients or not 0 < count <= COUNT_MAX:
        raise ValueError(f"count must be 1 to {COUNT_MAX}, and there must be a recipient")
    mail_from = order.get("mail_from", order["from"])
    sign, ehlo = bool(order.get("dkim", "raw" not in order)), order.get("ehlo")
    if "raw" in order:
        raw = base64.b64decode(order["raw"], validate=True)
        return [
            Letter(f"raw-{uuid4().hex}-{number}", mail_from, recipient, raw, sign=sign, ehlo=ehlo)
            for number, recipient in enumerate(recipients)
        ]
    letters = compose(
        sender=order["from"],
        mail_from=mail_from,
        recipients=recipients,
        subject=order.get("subject", "(no subject)"),
        text=order.get("text", ""),
        count=count,
        size_bytes=int(order.get("size_bytes", 0)),
        domain=domain,
    )
    return [replace(letter, sign=sign, ehlo=ehlo) for letter in letters]
