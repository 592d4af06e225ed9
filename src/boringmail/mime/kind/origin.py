"""Who a mail claims to be from: the null sender, a mail daemon, or anybody else."""

import re
from dataclasses import dataclass

from boringmail.mime import address
from boringmail.mime.part import Tree

# Local parts that mail servers write reports with.
_DAEMON = re.compile(
    r"mailer[-_. ]?da?e[ao]?mon\d*|mail[-_. ]?da?emon|mdaemon|post[-_.]?master|post[-_.]office"
    r"|e?mail[-_. ]?system|mail[-_. ]?delivery[-_. ]?(?:sub)?system|mail[-_. ]?administrator"
    r"|microsoftexchange[0-9a-f]{32}"
)
_CERTAIN = re.compile(r"mailer[-_. ]?da?e[ao]?mon\d*|mail[-_. ]?da?emon|microsoftexchange[0-9a-f]{32}")
# The same as display names: some daemons write no address at all.
_DAEMON_NAME = re.compile(
    r"mailer[-_ ]?daemon|mail delivery (?:sub)?system|internet mail delivery|delivery (?:sub)?system"
    r"|system administrator|systemadministrator|administrateur syst[eè]me|administrador del sistema"
    r"|mail administrator|postmaster|mail system|microsoft exchange"
)


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of the sender. `null_sender` is None when neither envelope nor Return-Path tells."""

    null_sender: bool | None
    address: str
    daemon: bool
    certain_daemon: bool

    @property
    def maybe_null(self) -> bool:
        """The null sender, or not known."""
        return self.null_sender is not False


def of(tree: Tree, envelope_sender: str | None) -> Origin:
    """Reads it. An envelope sender of None is unknown; the first Return-Path then stands in for it."""
    senders = address.parse(tree.fields.raw("from")[:2_000])
    name, mailbox = (senders[0].name.lower(), senders[0].address.lower()) if senders else ("", "")
    nameless = not mailbox and ("<>" in tree.fields.raw("from")[:2_000] or bool(_DAEMON_NAME.fullmatch(name)))
    local = mailbox.partition("@")[0].strip('"')
    return Origin(
        null_sender=_null(tree, envelope_sender),
        address=mailbox,
        daemon=nameless or bool(_DAEMON.fullmatch(local) or _DAEMON_NAME.fullmatch(name)),
        certain_daemon=bool(_CERTAIN.fullmatch(local) or (nameless and _DAEMON_NAME.fullmatch(name))),
    )


def _null(tree: Tree, envelope_sender: str | None) -> bool | None:
    path = tree.fields.raw("return-path").strip()[:1_000] if envelope_sender is None else envelope_sender
    if not path and envelope_sender is None:
        return None
    # Some servers write a name of theirs where the standard has nothing (RFC 5321 4.5.5).
    bare = path.strip("<> ").lower()
    return not bare or _CERTAIN.fullmatch(bare.partition("@")[0]) is not None
