"""A misspelt or impossible setting stops the daemon with a message that names file and key."""

from pathlib import Path
from typing import Any

import pytest

from boringmail.inbound import config

GOOD = {"mail_domain": "desk.example.com", "app_url": "https://app.example.com/boringmail"}


def test_two_keys_are_enough(tmp_path: Path):
    file = tmp_path / "inbound.toml"
    file.write_text("".join(f'{key} = "{value}"\n' for key, value in GOOD.items()))
    assert config.load(file).timeout_seconds == 30


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        ({"time_out": 3}, "time_out", "unknown key"),
        ({"timeout_seconds": "3"}, "timeout_seconds", "whole number"),
        ({"timeout_seconds": True}, "timeout_seconds", "whole number"),
        ({"timeout_seconds": 0}, "timeout_seconds", "above 0"),
        ({"app_url": "ftp://app.example.com"}, "app_url", "http"),
        ({"app_url": 3}, "app_url", "a string"),
        ({"mail_domain": "desk"}, "mail_domain", "domain name"),
        ({"pause_first_seconds": 90}, "pause_limit_seconds", "below"),
        ({"log_level": "loud"}, "log_level", "debug"),
        ({"state_directory": ""}, "state_directory", "empty"),
    ],
)
def test_a_bad_value_is_named(change: dict[str, Any], key: str, problem: str):
    with pytest.raises(config.ConfigError, match=rf"^x\.toml: {key}: .*{problem}"):
        config.from_values(GOOD | change, source="x.toml")


@pytest.mark.parametrize("key", sorted(GOOD))
def test_a_missing_key_is_named(key: str):
    with pytest.raises(config.ConfigError, match=f"{key}: missing"):
        config.from_values({name: value for name, value in GOOD.items() if name != key}, source="x.toml")


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(config.ConfigError, match=r"absent\.toml: No such file"):
        config.load(tmp_path / "absent.toml")
    (tmp_path / "bad.toml").write_text("a =")
    with pytest.raises(config.ConfigError, match=r"bad\.toml: not valid TOML"):
        config.load(tmp_path / "bad.toml")


def test_the_systemd_credential_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = config.from_values(GOOD, source="x.toml")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert config.webhook_key_path(settings) == Path(settings.webhook_key_file)
    (tmp_path / "webhook-key").write_text("whsec_")
    assert config.webhook_key_path(settings) == tmp_path / "webhook-key"
