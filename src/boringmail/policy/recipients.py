"""Answers Postfix about one recipient: from memory, or by asking the application once for all who wait."""

import asyncio
import time
from collections.abc import Mapping

from boringmail.inbound import log, route
from boringmail.inbound.route import DEFAULT_NAME
from boringmail.policy import decision
from boringmail.policy.cache import Cache, Lifetimes
from boringmail.policy.config import Config
from boringmail.policy.decision import Existence, Question
from boringmail.policy.endpoint import Endpoint


class Recipients:
    """`endpoints` are by route name, the main one by DEFAULT_NAME; a route without one is not asked."""

    def __init__(self, config: Config, endpoints: Mapping[str, Endpoint]) -> None:
        self._config = config
        self._endpoints = endpoints
        lifetimes = Lifetimes(config.exists_seconds, config.gone_seconds, config.stale_seconds)
        self._cache = Cache(lifetimes, limit=config.cache_limit)
        self._asking: dict[str, asyncio.Task[Existence]] = {}

    async def answer(self, request: dict[str, str]) -> bytes:
        """The answer to one request. Never raises: trouble of our own is a deferral."""
        try:
            return decision.action(await self._existence(request.get("recipient", "")))
        except Exception as error:  # noqa: BLE001 - anything unexpected answers Postfix with a deferral
            log.event("trouble", level="error", error=type(error).__name__, detail=error)
            return decision.action(Existence.UNKNOWN)

    async def _existence(self, recipient: str) -> Existence:
        question = decision.question(
            recipient,
            mail_domain=self._config.mail_domain,
            probe_local_part=self._config.probe_local_part,
        )
        if question is None:
            return Existence.EXISTS
        found = route.find(self._config.routes, recipient, mail_domain=self._config.mail_domain)
        endpoint = self._endpoints.get(found.name if found else DEFAULT_NAME)
        if endpoint is None:
            return Existence.EXISTS
        known = self._cache.get(question.key, now=time.monotonic())
        if known is not Existence.UNKNOWN:
            return known
        task = self._asking.get(question.key)
        if task is None:
            task = self._asking[question.key] = asyncio.create_task(self._ask(endpoint, question))
        # Others wait for the same answer, when the connection of one is gone.
        return await asyncio.shield(task)

    async def _ask(self, endpoint: Endpoint, question: Question) -> Existence:
        try:
            existence = await endpoint.ask(question)
            now = time.monotonic()
            self._cache.put(question.key, existence, now=now)
            if existence is not Existence.UNKNOWN:
                return existence
            return self._cache.stand_in(question.key, now=now)
        finally:
            del self._asking[question.key]
