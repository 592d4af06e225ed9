"""One walk through everything that an application can do to a mail, with what was seen on the way.

All rows of the answer table go wrong at once, so that what hangs is waited for once. While it does, mail
meets an application that goes from fault to fault. One mail is made four days old. Then all is mended.
"""

import re
import time
from collections import Counter
from collections.abc import Iterable

from lab import layout
from lab.drive.accounts import Accounts
from lab.drive.app import App
from lab.drive.mail_host import MailHost
from lab.drive.provider import Provider
from lab.drive.waiting import until
from tests.e2e.answer_table import APP, Row
from tests.e2e.ledger import Bulk, recipient
from tests.e2e.routes import UNIT

ATTEMPT_SECONDS = 30
# As in production but for the last two: pauses and intervals of a minute would be waited for here.
SETTINGS = {
    "timeout_seconds": ATTEMPT_SECONDS,
    "attempts_limit": 20,
    "pause_limit_seconds": 8,
    "flush_interval_seconds": 5,
}
ROUTES = {"stream": {"url": APP + "stream"}, "old": {"url": APP + "old"}}
# What the stream meets, and what the daemon calls it.
FAULTS = {
    "status_503": {"mode": "answer", "status": 503},
    "status_401": {"mode": "answer", "status": 401},
    "status_302": {"mode": "answer", "status": 302},
    "status_500": {"mode": "answer", "status": 500},
    "status_429": {"mode": "too_many", "retry_after_seconds": 2},
    "connection_lost": {"mode": "commit_then_drop"},
}
STREAM_MAILS = 15
OLD_DAYS = 4
_FIELD = re.compile(r"(\w+)=(\S+)")
# In the queue file itself, where the date in our own Received field is, and of the same length.
_AGE = r"""
import datetime, re, sys
then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=int(sys.argv[2]), minutes=1)
with open(sys.argv[1], "r+b") as file:
    date = re.search(rb"[A-Z][a-z]{2}, [ 0-9]{1,2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+]0000", file.read())
    aged = then.strftime("%a, %d %b %Y %H:%M:%S +0000")
    aged = aged if len(aged) == len(date[0]) else aged.replace(", 0", ", ")
    file.seek(date.start())
    file.write(aged.rjust(len(date[0])).encode())
"""


class Walk:
    """The walk, a method for each stage, in their order. What was seen stays in the attributes."""

    _mail: Bulk
    _old: Bulk

    def __init__(self, rows: Iterable[Row], provider: Provider, app: App, host: MailHost) -> None:
        self._rows = {row.name: row for row in rows}
        self._provider, self._app, self._host = provider, app, host
        self._began = time.time()
        self._streamed: list[Bulk] = []
        self.names: dict[str, str] = {}
        self.connections = 0
        self.neighbour_came_first = False
        self.events: list[dict[str, str]] = []
        self.calls: Counter[str | None] = Counter()
        self.stages: dict[str, Accounts] = {}
        self.bounces: list[str] = []

    def count(self, row: Row, ids: Iterable[str]) -> int:
        """How many of these Message-IDs are mails of this row."""
        return sum(self.names.get(message_id) == row.name for message_id in ids)

    def _bulk(self, to: list[str], count: int) -> Bulk:
        return Bulk(self._provider, self._app, self._host, to, count, parallel=8)

    def _behave(self, *, mended: bool = False, stream: dict[str, object] | None = None) -> None:
        faults = {} if mended else {row.name: row.rule for row in self._rows.values() if row.rule}
        faults |= {} if mended else {"old": {"mode": "refuse"}, "stream": stream or {"mode": "ok"}}
        self._app.behave_by([rule | {"paths": [f"/boringmail/{name}"]} for name, rule in faults.items()])

    def _connections(self) -> int:
        found = len(self._host.shell(f"ss -Htn state established dst {layout.APP}").splitlines())
        self.connections = max(self.connections, found)
        return found

    def _log(self) -> set[tuple[str | None, str | None]]:
        command = f"journalctl --no-pager -o cat -u {UNIT} --since @{int(self._began)}"
        self.events = [dict(_FIELD.findall(line)) for line in self._host.shell(command).splitlines()]
        return {(one.get("route"), one.get("reason")) for one in self.events}

    def send(self) -> None:
        """A few mails for each row; all are taken, whatever the application does."""
        self._behave()
        # A mailbox for each: Postfix itself would hand over few mails to one that fails.
        addresses = {recipient(row.name): row for row in self._rows.values() for _ in range(row.mails)}
        self._mail = self._bulk(list(addresses), len(addresses))
        self._old = self._bulk([recipient("old")], 1)
        letters = self._mail.sent(90)
        self.names = {letter.id: addresses[letter.recipient].name for letter in letters}
        until("calls that hang", lambda: self._connections() > 2, 30)

    def be_a_neighbour(self) -> None:
        """A mail for another application, while one hangs with more mail than it may have at a time."""
        neighbour = self._bulk([recipient("stream")], 1)
        neighbour.sent()
        arrived = neighbour.settled(delivered=1, seconds=60, flush=False)
        self.neighbour_came_first = bool(arrived.delivered) and ("hang", "timeout") not in self._log()

    def stream(self) -> None:
        """Mail comes in while the application goes from fault to fault, in good days between."""
        for reason, fault in FAULTS.items():
            self._behave(stream=fault)
            self._streamed.append(self._bulk([recipient("stream")], STREAM_MAILS))
            until(f"{reason} on the stream", lambda reason=reason: ("stream", reason) in self._log(), 60)
            self._behave()
            bulk = self._streamed[-1]
            until("a mail after it", lambda bulk=bulk: self._served(bulk), 60)

    def _served(self, bulk: Bulk) -> bool:
        self._connections()
        return any(receipt.status == 200 for receipt in self._app.received(bulk.since))

    def meet_all(self) -> None:
        """Until each row has had its answer, and what hangs was given up."""
        wanted = {(row.name, row.reason) for row in self._rows.values()}

        def met() -> bool:
            self._connections()
            return wanted <= self._log()

        until("an answer of each kind", met, 120, poll=1.0)
        self.stages["faulty"] = self._mail.balance()
        self.calls = Counter(self.names.get(one.message_id) for one in self._app.received(self._mail.since))

    def grow_old(self) -> None:
        """The mail that was refused all the time comes to be four days old."""
        queued = {one["recipients"][0]["address"]: one["queue_id"] for one in self._host.queue("in")}
        queue_id = next(queue_id for address, queue_id in queued.items() if address.startswith("old-"))
        postfix = "-c /etc/postfix-in"
        self._host.shell(f"postsuper {postfix} -h {queue_id}")
        file = self._host.shell(f"find $(postconf {postfix} -hx queue_directory)/hold -name {queue_id}")
        self._host.run("python3", "-", file.strip(), str(OLD_DAYS), stdin=_AGE)
        self._host.shell(f"postsuper {postfix} -H {queue_id}; postqueue {postfix} -i {queue_id}")
        self.stages["old"] = self._old.settled(dead=1, seconds=60)

    def mend(self) -> None:
        """The application is restarted and answers well again, and nobody lends a hand."""
        self._app.behave("down")
        self._behave(mended=True)
        mended = [row for row in self._rows.values() if row.mended]

        def taken() -> Accounts | None:
            now = self._mail.balance()
            waiting = sum(self.count(row, now.queued) for row in mended)
            return None if waiting else now

        self.stages["mended"] = until("all of it to be taken", taken, 120, poll=1.0)

    def settle(self) -> None:
        """The ways to the application are mended too: everything is where it belongs."""
        dead = sum(row.mails for row in self._rows.values() if row.fate == "dead")
        delivered = len(self.names) - dead
        self.stages["last"] = self._mail.settled(delivered=delivered, dead=dead, seconds=120)
        for number, bulk in enumerate(self._streamed):
            self.stages[f"stream {number}"] = bulk.settled(delivered=STREAM_MAILS, seconds=120)
        self.bounces = self._mail.bounces()
