"""Mail of 25 MB, several at a time: all of it arrives, and the daemons together stay under 256 MiB."""

import pytest

from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient

COUNT = 3
SIZE_BYTES = 24_500_000
UNITS = "boringmail-inbound boringmail-policy boringmail-learn"
# Of each that runs its highest: the sum is never less than what all held at one time.
PROCESSES = f"for pid in $(systemctl show -P MainPID {UNITS}); do [ $pid = 0 ] ||"


@pytest.fixture
def most_held(host):
    """Forgets the daemons' peaks; gives the function that adds them up, in MiB."""
    host.shell(f"{PROCESSES} echo 5 >/proc/$pid/clear_refs; done")

    def added_up() -> int:
        shown = host.shell(f"{PROCESSES} grep VmHWM /proc/$pid/status; done")
        return sum(int(line.split()[1]) for line in shown.splitlines()) >> 10

    return added_up


def test_several_mails_of_25_mb_arrive_and_leave_the_daemons_small(provider, app, host, most_held):
    mail = Bulk(provider, app, host, recipient("big"), COUNT, size_bytes=SIZE_BYTES, parallel=COUNT)
    assert {letter.outcome for letter in mail.sent(120)} == {"delivered"}
    # What found no room while another was under way has been deferred.
    accounts = mail.settled(delivered=COUNT, seconds=120)
    assert_nothing_lost(accounts)
    assert most_held() < 256
