"""The whole playbook once more changes nothing, in earnest and in check mode."""

from lab.demo.playbook import must_succeed, play


def test_a_second_run_changes_nothing(built):
    run = must_succeed(play("site.yml"))
    changed = {host: counts["changed"] for host, counts in run.transcript.recap.items()}
    assert set(changed.values()) == {0}, changed


def test_check_mode_works_on_a_built_host_and_finds_nothing_to_change(built):
    run = must_succeed(play("site.yml", "--check"))
    changed = {host: counts["changed"] for host, counts in run.transcript.recap.items()}
    assert set(changed.values()) == {0}, changed
