"""Ten thousand bad mails with forged senders: each is refused in its session, and nobody gets a bounce.

Not in equal shares: what is read to its end takes far longer than what is refused before, and big mails that
do not say so are 25 MB each.
"""

import itertools
import re

import pytest

from lab import layout
from lab.drive.mail_host import mail_host
from lab.drive.provider import Provider
from tests.e2e.asking import asking
from tests.e2e.rush import GTUBE, Bad, bring, infected, letter, senders

OURS = "desk.example.com"
SOMEONE = f"ticket@acme.{OURS}"
LIMIT_BYTES = 26_214_400
UNKNOWN, ANNOUNCED, UNANNOUNCED, SPAM, VIRUS = 4_900, 4_690, 10, 200, 200
STRANGER = {"source": layout.DEPOT, "ehlo": "acme.lab.example"}
NEIGHBOUR = {"source": layout.PROVIDER, "ehlo": "mail.mailbox.example"}
_NULL_SENDER = re.compile(r"from=<>|sender non-delivery|status=bounced")


@pytest.fixture(scope="module", autouse=True)
def no_limit_on_amounts(planted):
    """One client brings it all; how many mails it may bring a minute is not what is tried here."""
    with asking(mail_host(), smtpd_client_event_limit_exceptions="203.0.113.0/24"):
        yield


@pytest.fixture
def logged(host):
    """What the logs of both instances say since the test began."""
    sizes = {name: len(host.mail_log(name).encode()) for name in ("in", "out")}
    return lambda name: host.mail_log(name).encode()[sizes[name] :].decode(errors="replace")


@pytest.fixture
def third_parties(built):
    """Both providers, with nothing in their mailboxes."""
    found = [Provider("mailbox.example"), Provider("bigmail.example")]
    for provider in found:
        provider.forget()
    return found


def unknown_users(victims):
    """Every tenth at a name of the host itself, the others at tenants that the app does not have."""
    hosts = itertools.cycle([f"mx1.{OURS}", *["{}." + OURS] * 9])
    return [
        Bad(next(victims), f"user-{number}@{next(hosts).format(f'shop-{number}')}")
        for number in range(UNKNOWN)
    ]


def over_size(victims):
    line = b"x" * 996 + b"\r\n"
    big = b"Subject: big\r\n\r\n" + line * (LIMIT_BYTES // len(line) + 1)
    mails = [Bad(next(victims), SOMEONE, LIMIT_BYTES + 1 + number) for number in range(ANNOUNCED)]
    return mails + [Bad(next(victims), SOMEONE, text=big) for _ in range(UNANNOUNCED)]


def spam(victims):
    found = [next(victims) for _ in range(SPAM)]
    return [Bad(one, SOMEONE, text=letter(one, SOMEONE, f"\r\n{GTUBE}\r\n")) for one in found]


def viruses(victims):
    """In the names of customers of the provider that brings it: without SPF it would be greylisted first."""
    theirs = (one for one in victims if one.endswith("@mailbox.example"))
    found = list(itertools.islice(theirs, VIRUS))
    return [Bad(one, SOMEONE, text=infected(one, SOMEONE)) for one in found]


@pytest.mark.timeout(300)
def test_of_ten_thousand_bad_mails_none_makes_a_bounce(app, host, logged, third_parties):
    victims = senders()
    before, dead = app.last_number(), host.dead_letters()
    kinds = {
        "unknown": (unknown_users(victims), r"550 5\.1\.1 ", STRANGER),
        "over size": (over_size(victims), r"552 5\.3\.4 ", STRANGER),
        "spam": (spam(victims), r"55\d 5\.7\.1 ", STRANGER),
        "virus": (viruses(victims), r"550 .*(?i:eicar)", NEIGHBOUR),
    }
    assert sum(len(mails) for mails, *_ in kinds.values()) == 10_000
    for kind, (mails, wanted, bringer) in kinds.items():
        answers = bring(host.public_ip, mails, **bringer)
        assert len(answers) == len(mails)
        wrong = [answer for answer in answers if not re.match(wanted, answer)]
        assert not wrong, (kind, len(wrong), wrong[:3])
    assert (host.queue("in"), host.queue("out")) == ([], [])
    assert app.received(before) == []
    assert host.dead_letters() == dead
    for provider in third_parties:
        assert provider.verdicts() == [], provider.domain
    for instance in ("in", "out"):
        assert not _NULL_SENDER.findall(logged(instance))
    assert "qmgr" not in logged("in"), "a mail was taken into the queue"
