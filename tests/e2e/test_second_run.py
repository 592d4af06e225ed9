"""The whole playbook once more changes nothing."""

from lab.demo.playbook import must_succeed, play


def test_a_second_run_changes_nothing(built):
    run = must_succeed(play("site.yml"))
    changed = {host: counts["changed"] for host, counts in run.transcript.recap.items()}
    assert set(changed.values()) == {0}, changed
