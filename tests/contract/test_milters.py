"""Postfix waits longer than its milters take, so that slowness ends in an answer and not in silence."""

import pytest

from tests.contract.readme_tables import ROOT, defaults


def default(role, name):
    return defaults(ROOT / "roles" / role)[name]


@pytest.mark.parametrize(
    ("role", "name"), [("clamav", "clamav_wait_seconds"), ("rspamd", "rspamd_timeout_seconds")]
)
def test_a_milter_gives_up_before_postfix_does(role, name):
    assert default(role, name) < default("postfix", "postfix_milter_timeout_seconds") < 30
