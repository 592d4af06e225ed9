"""Which releases the role takes: those whose Postfix and Dovecot know the settings that our roles write."""

import pytest

TOO_OLD = [("Debian", "12.11"), ("Ubuntu", "24.04"), ("Ubuntu", "25.10"), ("Fedora", "44")]


def facts(distribution, version):
    return {"distribution": distribution, "distribution_version": version}


@pytest.mark.parametrize(("distribution", "version"), TOO_OLD)
def test_an_older_or_foreign_system_is_refused_with_its_fix(step, distribution, version):
    refused = step("preflight", ansible_facts=facts(distribution, version)).refusal
    assert distribution in refused
    assert "Debian 13" in refused or "debian-13 or ubuntu-26.04" in refused


@pytest.mark.parametrize(("distribution", "version"), [("Debian", "13.1"), ("Ubuntu", "26.04")])
def test_a_release_that_the_roles_write_for_is_taken(step, distribution, version):
    outcome = step("preflight", ansible_facts=facts(distribution, version))
    assert "base : preflight | Settings are usable" in outcome.tasks
    assert outcome.refusal == ""
