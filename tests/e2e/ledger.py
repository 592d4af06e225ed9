"""One bulk of mail from the provider to the app, and where each of its messages is."""

import itertools
import re
import uuid

from lab.drive.accounts import Accounts, balance
from lab.drive.app import App
from lab.drive.mail_host import MailHost
from lab.drive.provider import Provider, Sent
from lab.drive.waiting import WaitedInVain, until

FLUSH_EVERY = 3
SENDER = "customer@mailbox.example"
_MESSAGE_ID = re.compile(r"cleanup\[\d+\]: (\S+): message-id=<(.*)>")


def recipient(label: str) -> str:
    """An address that no other test has: what the gateway remembers of it disturbs nobody."""
    return f"{label}-{uuid.uuid4().hex[:8]}@acme.desk.example.com"


class Bulk:
    """`count` messages to `to`, on their way as soon as this is made."""

    def __init__(
        self, provider: Provider, app: App, host: MailHost, to: str | list[str], count: int, **order
    ) -> None:
        self._provider, self._app, self._host = provider, app, host
        self.since = app.last_number()
        self._batch = provider.send(to, count=count, subject="bulk", **order)

    def resume(self, host: MailHost) -> "Bulk":
        """Go on with the same mail on the host that took over the queue."""
        self._host = host
        return self

    def sent(self, seconds=60):
        """Wait for the provider's last word on each message."""
        return self._provider.finished(self._batch, seconds)

    def letters(self) -> list[Sent]:
        """How each message stands at its sender."""
        return self._provider.sent(self._batch)

    def balance(self) -> Accounts:
        """Where everything is now. The order of the three questions matters: see lab.drive.accounts."""
        queued = [entry["queue_id"] for entry in self._host.queue("in")]
        dead = [entry["xforward"]["IDENT"] for entry in self._host.dead_letters()]
        ids = dict(_MESSAGE_ID.findall(self._host.mail_log("in"))) if queued or dead else {}
        receipts = self._app.received(self.since)
        letters = self._provider.sent(self._batch)
        return balance(letters, queued=_named(queued, ids), dead=_named(dead, ids), receipts=receipts)

    def settled(self, *, delivered: int = 0, dead: int = 0, seconds: float, flush: bool = True) -> Accounts:
        """Wait until so many are delivered and dead, and none is queued; `flush`: with an operator's help."""
        seen: list[Accounts] = []
        attempts = itertools.count()

        def settled() -> Accounts | None:
            if flush and next(attempts) % FLUSH_EVERY == 0:
                self._host.flush("in")
            now = self.balance()
            seen[:] = [now]
            done = len(now.delivered) >= delivered and len(now.dead) >= dead and not now.queued
            return now if done else None

        try:
            return until(f"{delivered} delivered, {dead} dead, 0 queued", settled, seconds, poll=1.0)
        except WaitedInVain as error:
            raise WaitedInVain(f"{error}; accounts: {seen[0].summary()}") from error

    def bounces(self) -> list[str]:
        """Delivery status notices that came back to the sender."""
        return [
            seen.raw.decode(errors="replace")[:500]
            for seen in self._provider.seen(recipient=SENDER)
            if not seen.mail_from
        ]


def _named(queue_ids: list[str], message_ids: dict[str, str]) -> set[str]:
    return {message_ids[queue_id] for queue_id in queue_ids if queue_id in message_ids}


def assert_nothing_lost(accounts: Accounts) -> None:
    """The rule of every fault test: lost 0, bounced 0, doubled 0, none posted again after a 2xx."""
    assert not accounts.lost, accounts.summary()
    assert not accounts.bounced, accounts.summary()
    assert not accounts.doubled, accounts.summary()
    assert not accounts.repeated, accounts.summary()
