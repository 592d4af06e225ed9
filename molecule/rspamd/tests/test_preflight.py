"""Settings that cannot be meant are refused before anything changes, with what is wrong."""

import pytest

# Several in one run: each is refused for itself.
WRONG = {
    "misspelt": {"spam_scores": 5},
    "Upper": {"spam_score": 5},
    "text": {"spam_score": "5"},
    "zero": {"spam_score": 0},
    "below": {"reject_score": 5},
    "negative": {"spam_score": 5, "reject_score": -1},
    "rate": {"mails_per_hour": -1},
    "number": 5,
}
RIGHT = {"acme": {"spam_score": 4, "reject_score": 10.5}, "a-b.c": {"reject_score": 0}, "7": {}}


def test_tenants_settings_that_cannot_be_meant_are_refused_each(step):
    refusal = step("preflight", rspamd_tenants=WRONG | RIGHT).refusal
    refused = {label for label in WRONG | RIGHT if f"rspamd_tenants: {label} must be a label" in refusal}
    assert refused == set(WRONG)


@pytest.mark.parametrize(
    "variables",
    [{"rspamd_greylist_score": 0}, {"rspamd_network_mails_per_hour": "many"}],
    ids=["greylisting", "rates"],
)
def test_limits_that_cannot_be_meant_are_refused(step, variables):
    assert "rspamd_greylist_score is above 0" in step("preflight", **variables).refusal


def test_what_can_be_meant_passes(step):
    outcome = step("preflight", rspamd_tenants=RIGHT, rspamd_sender_mails_per_hour=0)
    assert outcome.refusal == ""
    assert outcome.tasks
