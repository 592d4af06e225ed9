"""`echo@<domain>`: answers each mail that the provider has taken with a mail that says how it was judged.

An answer to an answer could go on for ever. So nothing is answered that has the null sender, answers have it
themselves (RFC 3834 3.3), and a Message-ID is answered once. Against RFC 3834 2, a mail that says
Auto-Submitted is answered all the same: answering machines is what this address is for.
"""

import email.policy
from collections import OrderedDict
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from lab.services.provider.mailbox import Message, headers_of
from lab.services.provider.outbox import Letter

USER = "echo"
REMEMBERED = 10_000
# Long lines stay as they are as far as SMTP allows (RFC 5322 2.1.1): the text is read by programs too.
_PLAIN = email.policy.SMTP.clone(max_line_length=998)


class Echo:
    """Writes the answers of one provider."""

    def __init__(self, domain: str) -> None:
        self._address = f"{USER}@{domain}"
        self._domain = domain
        self._answered: OrderedDict[str, None] = OrderedDict()

    def answer(self, message: Message) -> Letter | None:
        """Return the answer to a message, None when it gets none."""
        if not message.mail_from or self._address not in {one.lower() for one in message.recipients}:
            return None
        headers = {name.lower(): value for name, value in reversed(headers_of(message.raw))}
        message_id = _one_line(headers.get("message-id", ""))
        if message_id and message_id in self._answered:
            return None
        self._remember(message_id)
        answer = EmailMessage(policy=_PLAIN)
        answer["From"] = self._address
        answer["To"] = message.mail_from
        answer["Subject"] = f"Re: {_one_line(headers.get('subject', ''))} [{summary(message)}]"
        answer["Date"] = formatdate(localtime=False)
        answer["Message-ID"] = make_msgid(domain=self._domain)
        if message_id:
            answer["In-Reply-To"] = answer["References"] = message_id
        answer["Auto-Submitted"] = "auto-replied"
        answer.set_content(detail(message))
        return Letter(
            id=str(answer["Message-ID"]).strip("<>"),
            mail_from="",
            recipient=message.mail_from,
            raw=answer.as_bytes(),
        )

    def _remember(self, message_id: str) -> None:
        self._answered[message_id] = None
        if len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)


def summary(message: Message) -> str:
    """The verdict in one line, as it stands in an answer's subject."""
    verdict, found = message.verdict, message.verdict.authentication
    return (
        f"spf={found.spf.result} dkim={found.dkim_result} dmarc={found.dmarc.result} "
        f"iprev={verdict.iprev} tls={message.client.tls or 'none'}"
    )


def detail(message: Message) -> str:
    """The verdict in full, a line a finding."""
    client, verdict, found = message.client, message.verdict, message.verdict.authentication
    lines = [
        f"client: {client.address}",
        f"iprev: {verdict.iprev} ({verdict.ptr or 'no confirmed name'})",
        f"ehlo: {verdict.ehlo} ({client.helo})",
        f"tls: {client.tls or 'none'} ({client.cipher or 'clear text'})",
        f"envelope sender: {message.mail_from}",
        f"spf: {found.spf.result} ({found.spf.domain}: {found.spf.explanation})",
    ]
    lines += [
        f"dkim: {one.result} (d={one.domain} s={one.selector}{one.reason and f': {one.reason}'})"
        for one in found.dkim
    ]
    lines += [] if found.dkim else ["dkim: none (no signature)"]
    dmarc = found.dmarc
    lines.append(
        f"dmarc: {dmarc.result} ({dmarc.domain}, policy {dmarc.policy or 'none published'}, "
        f"spf {_aligned(dmarc.spf_aligned)}, dkim {_aligned(dmarc.dkim_aligned)}; {dmarc.reason})"
    )
    return "\n".join(_one_line(line) for line in lines) + "\n"


def _aligned(aligned: bool) -> str:
    return "aligned" if aligned else "not aligned"


def _one_line(text: str) -> str:
    """Make a header's value of one line of printable ASCII, whatever a stranger wrote.

    Encoded words (RFC 2047) are broken: what they hide may be a line's end.
    """
    return " ".join("".join(char if " " <= char <= "~" else " " for char in text).split()).replace(
        "=?", "= ?"
    )
