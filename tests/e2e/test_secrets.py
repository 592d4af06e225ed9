"""The planted secrets are found nowhere: logs, process lists, Ansible's output at -vvv, the checkout."""

import pytest

from lab import layout, paths
from lab.demo.playbook import must_succeed, play
from lab.demo.proof import mail_in, mail_out
from lab.drive import aws
from lab.drive.app import App
from lab.drive.mail_host import mail_host
from lab.drive.secrets import dkim_name, hand_over, names, secrets
from tests.e2e.sightings import ProcessWatch, in_container, in_tree, key_needles, needles

# The volumes and the instances' disks are the hosts' own, and are looked through there.
SKIPPED = {".venv", ".git", ".lab/volumes", ".lab/instances", ".mypy_cache", ".ruff_cache"}


@pytest.fixture(scope="module")
def fresh(built, values):
    """Secrets made anew by the playbooks at -vvv, with every process list sampled meanwhile.

    The DKIM key in use stays, for receivers remember its record; one of another selector comes and goes.
    Returns (needles, the output, the watch).
    """
    domain = values["mail_domain"]
    another = dkim_name(domain, "watched")
    aws.ssm().delete_parameters(Names=list(names(domain)))
    with ProcessWatch() as watch:
        making = ("provision.yml", "-vvv", "--tags", "aws_secrets", "-e", "dkim_selector=watched")
        output = must_succeed(play(*making)).output
        keys = key_needles(aws.parameter(another)) + key_needles(aws.parameter(dkim_name(domain, "bm1")))
        aws.ssm().delete_parameters(Names=[another])
        output += must_succeed(play("site.yml", "-vvv")).output
        found = secrets(domain)
        hand_over(App(), found)
    return [*needles(found), *keys], output, watch


@pytest.mark.timeout(600)
def test_new_secrets_reach_host_and_app_in_one_run(fresh, app, provider):
    assert mail_out(app, provider, mail_host()).spf == "pass"
    assert mail_in(app, provider)["answered"] == 200


def test_ansible_does_not_print_them_at_vvv(fresh):
    wanted, output, _ = fresh
    assert not [value for value in wanted if value in output.encode()]


def test_no_process_list_shows_them(fresh):
    wanted, _, watch = fresh
    assert watch.samples > 50
    assert watch.sightings(wanted) == []


def test_the_mail_host_keeps_them_in_the_credential_files_only(fresh, host):
    wanted, _, _ = fresh
    roots = ["/etc", "/home", "/opt", "/root", "/run", "/srv", "/tmp", "/usr/local", "/var"]
    allowed = ["/etc/boringmail/credentials/", "/run/credentials/", "/var/lib/rspamd-dkim/"]
    assert in_container(host.container, wanted, roots, allowed) == []


def test_the_credential_files_are_roots_alone(fresh, host):
    listing = host.shell("stat -c '%n %a %U' /etc/boringmail/credentials /etc/boringmail/credentials/*")
    assert sorted(line.split("/")[-1] for line in listing.splitlines()) == [
        "credentials 700 root",
        "dkim-bm1 600 root",
        "inbound-webhook-key 600 root",
        "submission-app-password 600 root",
    ]


@pytest.mark.parametrize("container", [layout.INTERNET.namespace, layout.APP_SERVER.namespace])
def test_the_other_hosts_logs_do_not_hold_them(fresh, container):
    wanted, _, _ = fresh
    allowed = ["/var/lib/lab-app/submission-password", "/var/lib/lab-app/webhook-key"]
    assert in_container(container, wanted, ["/etc", "/tmp", "/var"], allowed) == []


def test_the_checkout_and_the_labs_logs_do_not_hold_them(fresh):
    wanted, _, _ = fresh
    assert in_tree(paths.CHECKOUT, wanted, SKIPPED) == []
