"""Mail over a list, a discussion or a newsletter (RFC 2919, RFC 2369). A person may have written it."""

import re

from boringmail.mime.kind import original
from boringmail.mime.kind.origin import Origin
from boringmail.mime.part import Tree

_ID = re.compile(r"<([^<>]{1,255})>")
_FIELDS = (
    "list-post",
    "list-unsubscribe",
    "list-subscribe",
    "list-help",
    "mailing-list",
    "x-mailing-list",
    "x-mailman-version",
)


def read(tree: Tree, _origin: Origin) -> dict[str, object] | None:
    """The details of list mail; None if it is none.

    `Precedence: bulk` alone is no list: ticket systems write it.
    """
    identity = tree.fields.value("list-id")
    listed = identity or any(tree.fields.raw(name) for name in _FIELDS)
    if not listed and tree.fields.value("precedence").lower() != "list":
        return None
    found = _ID.search(identity[:1_000])
    return {"list_id": original.line(found[1] if found else identity)}
