"""How many automatic mails a thread has had lately, so that an application can stop answering.

Two robots that greet each other write one mail after the other. Their answers quote each other's ids, or
only the last one, or none: so a mail is counted in its thread as the header names it, and in the one that its
sender and subject make, and the larger number is the answer.

In memory and bounded: after a restart, or when a flood pushes a thread out, counting starts again, and the
loop ends some mails later.
"""

import re
import threading
from collections import OrderedDict
from itertools import takewhile

from boringmail.mime.message import Message

_PREFIXES = re.compile(
    r"(?:\s*(?:(?:re|aw|antw|antwort|sv|vs|ref|rif|res|odp|ynt|fwd?|wg|tr|rv|enc|pd|vb|vl|i|r)(?:\[\d{1,3}\])?"
    r"|automatic reply|auto(?:matische antwort|reply|matic response)?|out of office|abwesenheitsnotiz"
    r"|réponse automatique|respuesta automática|risposta automatica|undelivered mail[^:]{0,40}"
    r"|回复|答复|转发|返信|転送)\s*[:\uff1a])+\s*",
    re.IGNORECASE,
)
# The number of a ticket: it differs in each of the tickets that a loop opens.
_NUMBER = re.compile(
    r"\[[^\[\]]{0,60}\d[^\[\]]{0,60}\]|\([^()]{0,30}#\s?\d+[^()]{0,30}\)|#\s?[\w-]{0,20}\d+|\b\d{3,}\b"
)
# A loop puts one prefix after the other in front; the words come after them.
_SUBJECT_LIMIT = 1_000
_KEY_LIMIT = 400
# Of one thread, mails that are remembered. Nobody needs to know more than that it is far too many.
MAILS_LIMIT = 20


class Threads:
    """Automatic mails by thread, within a window of time."""

    def __init__(self, *, limit: int = 5_000, window_seconds: float = 86_400.0) -> None:
        self._limit = limit
        self._window = window_seconds
        # Per thread the ids of its automatic mails with the time of each, the oldest first.
        self._threads: OrderedDict[str, OrderedDict[str, float]] = OrderedDict()
        # Large mails are read beside the event loop.
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._threads)

    def count(self, keys: tuple[str, ...], mail_id: str, *, automatic: bool, now: float) -> int:
        """The automatic mails of these threads, this one included if it is one; at most MAILS_LIMIT.

        `mail_id` is what stays the same when a mail comes again (its webhook id): it counts once. `now` is in
        seconds of any clock that does not go back.
        """
        with self._lock:
            if automatic:
                for key in keys:
                    self._add(key, mail_id, now)
            return max((self._within(key, now) for key in keys), default=0)

    def _add(self, key: str, mail_id: str, now: float) -> None:
        mails = self._threads.setdefault(key, OrderedDict())
        self._threads.move_to_end(key)
        mails.setdefault(mail_id, now)
        if len(mails) > MAILS_LIMIT:
            mails.popitem(last=False)
        # The first is the one that has been quiet for the longest time.
        oldest = next(iter(self._threads.values()))
        if len(self._threads) > self._limit or next(reversed(oldest.values())) <= now - self._window:
            self._threads.popitem(last=False)

    def _within(self, key: str, now: float) -> int:
        mails = self._threads.get(key)
        if mails is None:
            return 0
        for mail_id in list(takewhile(lambda known: mails[known] <= now - self._window, mails)):
            del mails[mail_id]
        if not mails:
            del self._threads[key]
        return len(mails)


def keys(message: Message, recipient: str) -> tuple[str, ...]:
    """The threads that a mail to one recipient belongs to, the one its header names first."""
    reference = next(iter(message.ids("references") or message.ids("in-reply-to") or []), None)
    reported = message.kind_details.get("original_message_id")
    thread = reference or (reported if isinstance(reported, str) else None)
    by_words = f"{_sender(message)} {subject(message.fields.value('subject'))}"
    if thread is None:
        return (_key(recipient, by_words),)
    if message.kind == "bounce":  # every bounce has the same sender and words, whatever it is about
        return (_key(recipient, f"<{thread}>"),)
    return (_key(recipient, f"<{thread}>"), _key(recipient, by_words))


def subject(text: str) -> str:
    """A subject without reply and forward prefixes, ticket numbers, and differences of case and space."""
    bare = text[:_SUBJECT_LIMIT]
    while bare:
        without = _NUMBER.sub(" ", bare).strip()
        without = without[found.end() :] if (found := _PREFIXES.match(without)) else without
        if without == bare:
            break
        bare = without
    return " ".join(bare.casefold().split())


def _sender(message: Message) -> str:
    senders = message.addresses("from")
    return senders[0].address.lower() if senders else ""


def _key(recipient: str, thread: str) -> str:
    return f"{recipient.lower()[:_KEY_LIMIT]} {thread[:_KEY_LIMIT]}"
