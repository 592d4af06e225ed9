"""A host that reboots in the middle of configure.yml: a clear error, and running again finishes the job."""

import time

import pytest

from lab.demo.playbook import must_succeed, play
from lab.demo.proof import mail_in, mail_out
from lab.drive import aws
from lab.drive.mail_host import mail_host
from lab.drive.waiting import until
from tests.e2e.ledger import Bulk, assert_nothing_lost, recipient

TASKS_BEFORE_REBOOT = 12


@pytest.mark.timeout(600)
def test_a_reboot_in_the_middle_of_configure_is_finished_by_running_again(host, app, provider):
    rebooted = []

    def reboot(transcript):
        if not rebooted and len(transcript.tasks) >= TASKS_BEFORE_REBOOT:
            rebooted.append(time.time())
            aws.ec2().reboot_instances(InstanceIds=[host.instance_id])

    broken = play("configure.yml", watch=reboot)
    assert rebooted, "configure.yml ended before the reboot"
    if broken.status != 0:
        assert "UNREACHABLE" in broken.output or "FAILED" in broken.output
    must_succeed(play("configure.yml"))
    assert mail_out(app, provider, mail_host()).client_address == host.public_ip
    assert mail_in(app, provider)["answered"] == 200


@pytest.mark.timeout(300)
def test_a_reboot_keeps_the_queue_and_starts_everything(host, app, provider):
    app.behave("down")
    mail = Bulk(provider, app, host, recipient("reboot"), 20)
    mail.sent()
    before = host.run("cat", "/proc/sys/kernel/random/boot_id", "/proc/1/stat")
    aws.ec2().reboot_instances(InstanceIds=[host.instance_id])

    def up_again():
        now = host.run("cat", "/proc/sys/kernel/random/boot_id", "/proc/1/stat", check=False)
        state = host.run("systemctl", "is-system-running", check=False, timeout=20).strip()
        return bool(now) and now != before and state in {"running", "degraded"}

    until("the host to be up again", up_again, 90)
    app.behave("ok")
    accounts = mail.settled(delivered=20, seconds=90)
    assert_nothing_lost(accounts)
    assert host.run("systemctl", "list-units", "--failed", "--no-legend", "--plain").strip() == ""
