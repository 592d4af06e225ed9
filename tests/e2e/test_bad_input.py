"""What an owner may get wrong stops the run within seconds, before anything is made, and names the fix."""

import pytest

from lab.demo.playbook import play

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
