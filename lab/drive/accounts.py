"""Accounting of mail in a fault test: what was acknowledged must be somewhere, once.

    lost = acknowledged (250) - held by the app - still queued - in the dead-letter box

Pure: the three sides are passed in. Take the queue first, then the dead-letter box, then the app's receipts:
that is the way a mail goes, so one that moves in between is counted twice at worst, never missed.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lab.drive.provider import Sent
from lab.services.app.ledger import Receipt

SUCCESS = range(200, 300)


@dataclass(frozen=True)
class Accounts:
    """The result; every name is a list of Message-IDs or webhook-ids.

    `ambiguous`: the sender got no reply after the dot (RFC 1047), so twice is allowed.
    `doubled`: one mail under two webhook-ids. `repeated`: posted again although a 2xx had been answered.
    """

    acknowledged: tuple[str, ...]
    delivered: tuple[str, ...]
    queued: tuple[str, ...]
    dead: tuple[str, ...]
    lost: tuple[str, ...]
    bounced: tuple[str, ...]
    ambiguous: tuple[str, ...]
    doubled: tuple[str, ...]
    repeated: tuple[str, ...]

    def summary(self) -> str:
        """One line with all counts."""
        return " ".join(f"{name}={len(ids)}" for name, ids in vars(self).items())


def balance(
    letters: Sequence[Sent], *, queued: Collection[str], dead: Collection[str], receipts: Sequence[Receipt]
) -> Accounts:
    """Account for `letters`; `queued` and `dead` are Message-IDs."""
    ids = {letter.id for letter in letters}
    ours = [receipt for receipt in receipts if receipt.message_id in ids]
    acknowledged = [letter.id for letter in letters if letter.outcome == "delivered"]
    delivered = {receipt.message_id for receipt in ours if receipt.committed}
    ambiguous = {letter.id for letter in letters if letter.ambiguous}
    return Accounts(
        acknowledged=tuple(acknowledged),
        delivered=tuple(sorted(delivered)),
        queued=tuple(sorted(ids.intersection(queued))),
        dead=tuple(sorted(ids.intersection(dead))),
        lost=tuple(i for i in acknowledged if i not in delivered and i not in queued and i not in dead),
        bounced=tuple(letter.id for letter in letters if letter.outcome == "bounced"),
        ambiguous=tuple(sorted(ambiguous)),
        doubled=tuple(sorted(_doubled(ours) - ambiguous)),
        repeated=tuple(_repeated(ours)),
    )


def _doubled(receipts: Sequence[Receipt]) -> set[str]:
    keys = defaultdict(set)
    for receipt in receipts:
        keys[receipt.message_id, receipt.recipient].add(receipt.webhook_id)
    return {message_id for (message_id, _), found in keys.items() if len(found) > 1}


def _repeated(receipts: Sequence[Receipt]) -> list[str]:
    answered: set[str] = set()
    repeated = []
    for receipt in sorted(receipts, key=lambda entry: entry.number):
        if receipt.webhook_id in answered:
            repeated.append(receipt.webhook_id)
        if receipt.status in SUCCESS:
            answered.add(receipt.webhook_id)
    return repeated
