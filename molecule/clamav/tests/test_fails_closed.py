"""Whatever becomes of clamd or its milter: no mail passes unscanned; clean mail waits, and passes later."""

import pytest

KINDS = {"eicar-plain": "plain", "eicar-base64": "base64", "eicar-zip": "zip", "clean": "clean"}

STOP = "systemctl stop clamav-daemon.socket clamav-daemon.service; rm -f /run/clamav/clamd.ctl; "
FAKE = (
    STOP + "systemd-run --quiet --unit=fake-clamd python3 -c '{}';"
    " until ss -Hlx | grep -q clamd.ctl; do sleep 0.1; done"
)
LISTEN = (
    "import os, socket, time; server = socket.socket(socket.AF_UNIX);"
    ' path = "/run/clamav/clamd.ctl"; server.bind(path); os.chmod(path, 0o666); server.listen({});'
)
SLOW_DATABASE = (
    "awk 'BEGIN {for (i = 0; i < 1500000; i++)"
    ' printf "%d:%08x%08x%08x%08x:Made.Up-%d\\n", 512 * (i % 4000 + 1), i, i * 7, i * 11, i * 13, i}\''
    " >/var/lib/clamav/slow.mdb; "
)

# What is done to it, and whether a mail may pass during it because the scanner comes back by itself.
STATES = {
    "stopped": (STOP, False),
    "killed": ("systemctl kill --signal=KILL clamav-daemon.service", True),
    "hung": ("systemctl kill --signal=STOP clamav-daemon.service", False),
    "without-listener": (
        STOP + """python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("/run/clamav/clamd.ctl")'""",
        False,
    ),
    "black-hole": (FAKE.format(LISTEN.format(100) + " time.sleep(600)"), False),
    "full-backlog": (
        FAKE.format(
            LISTEN.format(0) + " clients = [socket.socket(socket.AF_UNIX) for _ in range(3)];"
            " [client.setblocking(False) or client.connect_ex(path) for client in clients]; time.sleep(600)"
        ),
        False,
    ),
    "reloading": (SLOW_DATABASE + "systemctl reload clamav-daemon.service; sleep 0.2", True),
    "starting-on-a-slow-database": (SLOW_DATABASE + "systemctl restart clamav-daemon.service", True),
    "without-database": (
        "mkdir -p /var/tmp/aside && mv /var/lib/clamav/*.ndb /var/tmp/aside; systemctl restart clamav-daemon",
        False,
    ),
    "milter-stopped": ("systemctl stop clamav-milter.service", False),
    "milter-killed": ("systemctl kill --signal=KILL clamav-milter.service", True),
    "milter-hung": ("systemctl kill --signal=STOP clamav-milter.service", False),
}


@pytest.mark.parametrize("state", STATES)
def test_no_mail_passes_unscanned(host, send, delivered, recover, state):
    breaking, may_pass = STATES[state]
    host.run_expect([0], breaking)
    try:
        replies = send(**{f"{name}-{state}": kind for name, kind in KINDS.items()})
    finally:
        host.run("rm -f /var/lib/clamav/slow.mdb; mv /var/tmp/aside/*.ndb /var/lib/clamav/ 2>/dev/null")
        recover()
    clean = replies.pop(f"clean-{state}")
    assert clean.startswith("4") or (may_pass and clean == "250"), clean
    for reply in replies.values():
        assert reply.startswith("4") or (may_pass and reply.startswith("550")), replies
    assert send(**{f"clean-{state}-again": "clean"}) == {f"clean-{state}-again": "250"}
    assert f"clean-{state}-again" in delivered()
    assert not {subject for subject in delivered() if subject.startswith("eicar")}
