"""What an owner may get wrong stops the run within seconds, before anything is made, and names the fix."""

import pytest

from lab.demo.playbook import must_succeed, play

SECONDS = 45


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["-e", "mail_domain=mail.CHANGE_ME"], "mail_domain"),
        (["-e", "mail_dns_zone=elsewhere.example"], "elsewhere.example"),
        (["-e", "app_inbound_url=app.example.com"], "app_inbound_url"),
        (["-e", '{"admin_cidrs": ["everywhere"]}'], "admin_cidrs"),
        (["-e", "ssh_public_key_file=/nonexistent.pub"], "ssh_public_key_file"),
    ],
    ids=["placeholder", "no such zone", "not a URL", "not a range", "no such key"],
)
def test_a_wrong_value_is_named_with_its_fix(built, options, named):
    run = play("provision.yml", *options, seconds=SECONDS)
    assert run.status > 0
    assert named in run.output
    assert "Fix" in run.output or "needs correcting" in run.output
    assert "Traceback" not in run.output
    assert run.transcript.changed == 0


def test_unknown_credentials_are_named_with_their_fix(built):
    wrong = {"AWS_ACCESS_KEY_ID": "AKIAAAAAAAAAAAAAAAAA", "AWS_SECRET_ACCESS_KEY": "wrong"}
    run = play("provision.yml", variables=wrong, seconds=SECONDS)
    assert run.status > 0
    assert "AWS_ACCESS_KEY_ID" in run.output
    assert run.transcript.changed == 0


@pytest.mark.timeout(600)
def test_a_package_mirror_that_fails_is_named_and_running_again_finishes(host):
    dead = "http://127.0.0.1:9"
    broken = play("configure.yml", "--tags", "base", "-e", f"base_apt_proxy_url={dead}")
    assert broken.status > 0
    assert "The package mirror did not give this host its packages" in broken.output
    assert dead in broken.output
    must_succeed(play("configure.yml", "--tags", "base"))
    assert dead not in host.run("cat", "/etc/apt/apt.conf.d/92boringmail")
