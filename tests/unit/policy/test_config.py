"""A misspelt or impossible setting stops the daemon with a message that names file and key."""

from typing import Any

import pytest

from boringmail.inbound.settings_file import ConfigError
from boringmail.policy import config

GOOD = {"mail_domain": "desk.example.com", "recipients_url": "https://app.example.com/recipients"}
ROUTE = {"name": "billing", "recipients": ["billing@*"]}


def test_two_keys_are_enough():
    assert config.from_values(GOOD, source="x.toml").timeout_seconds == 5


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        ({"time_out": 3}, "time_out", "unknown key"),
        ({"timeout_seconds": 9}, "timeout_seconds", "8 at most"),
        ({"gone_seconds": 0}, "gone_seconds", "above 0"),
        ({"recipients_url": ""}, "recipients_url", "http"),
        ({"recipients_url": "https://me:secret@app.example.com/"}, "recipients_url", "no user name"),
        ({"mail_domain": "desk"}, "mail_domain", "domain name"),
        ({"pause_first_seconds": 90}, "pause_limit_seconds", "below"),
        ({"probe_local_part": ""}, "probe_local_part", "empty"),
        ({"log_level": "loud"}, "log_level", "debug"),
        ({"routes": [ROUTE | {"url": "x"}]}, r"routes\[0\]\.url", "http"),
        ({"routes": [ROUTE | {"url": "http://me@app.example.com"}]}, r"routes\[0\]\.url", "no user name"),
        ({"routes": [ROUTE]}, r"routes\[0\]\.url", "missing"),
    ],
)
def test_a_bad_value_is_named(change: dict[str, Any], key: str, problem: str):
    with pytest.raises(ConfigError, match=rf"^x\.toml: {key}: .*{problem}") as raised:
        config.from_values(GOOD | change, source="x.toml")
    assert "secret" not in str(raised.value)


def test_a_route_that_is_not_asked_has_an_empty_url():
    assert config.from_values(GOOD | {"routes": [ROUTE | {"url": ""}]}, source="x.toml").routes[0].url == ""
