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


def test_dead_letters_may_be_kept_for_ever():
    values = GOOD | {"dead_letter_retention_days": 0}
    assert config.from_values(values, source="x.toml").dead_letter_retention_days == 0


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        ({"time_out": 3}, "time_out", "unknown key"),
        ({"timeout_seconds": "3"}, "timeout_seconds", "whole number"),
        ({"timeout_seconds": True}, "timeout_seconds", "whole number"),
        ({"timeout_seconds": 0}, "timeout_seconds", "above 0"),
        ({"dead_letter_retention_days": -1}, "dead_letter_retention_days", "0 or above"),
        ({"app_url": "ftp://app.example.com"}, "app_url", "http"),
        ({"app_url": 3}, "app_url", "a string"),
        ({"mail_domain": "desk"}, "mail_domain", "domain name"),
        ({"pause_first_seconds": 90}, "pause_limit_seconds", "below"),
        ({"log_level": "loud"}, "log_level", "debug"),
        ({"state_directory": ""}, "state_directory", "empty"),
        ({"app_url": "http://[app"}, "app_url", "http"),
        ({"routes": {}}, "routes", "array of tables"),
        ({"routes": [3]}, "routes", "array of tables"),
    ],
)
def test_a_bad_value_is_named(change: dict[str, Any], key: str, problem: str):
    with pytest.raises(config.ConfigError, match=rf"^x\.toml: {key}: .*{problem}"):
        config.from_values(GOOD | change, source="x.toml")


ROUTE = {"name": "billing", "recipients": ["billing@*"], "url": "https://billing.example.com/mail"}


@pytest.mark.parametrize(
    ("change", "key", "problem"),
    [
        ({"nam": "x"}, "nam", "unknown key"),
        ({"name": "Billing"}, "name", "a-z"),
        ({"name": "default"}, "name", "taken"),
        ({"name": "first"}, "name", "taken"),
        ({"url": "billing"}, "url", "http"),
        ({"url": 3}, "url", "a string"),
        ({"url": "http://app:port/"}, "url", "http"),
        ({"recipients": "billing@*"}, "recipients", "array of strings"),
        ({"recipients": [3]}, "recipients", "array of strings"),
        ({"recipients": ["billing"]}, "recipients", "'billing' is no pattern"),
        ({"recipients": ["a@b@c"]}, "recipients", "no pattern"),
        ({"recipients": []}, "tenants", "give tenants or recipients"),
        ({"tenants": ["acme."]}, "tenants", "'acme.' is no pattern"),
        ({"tenants": [""]}, "tenants", "'' is no pattern"),
    ],
)
def test_a_bad_value_of_a_route_is_named_with_its_number(change: dict[str, Any], key: str, problem: str):
    first = {"name": "first", "tenants": ["first"], "url": "https://first.example.com/"}
    with pytest.raises(config.ConfigError, match=rf"^x\.toml: routes\[1\]\.{key}: .*{problem}"):
        config.from_values(GOOD | {"routes": [first, ROUTE | change]}, source="x.toml")


def test_a_route_without_a_name_or_url_is_named():
    with pytest.raises(config.ConfigError, match=r"routes\[0\]\.url: missing"):
        config.from_values(GOOD | {"routes": [{"name": "x"}]}, source="x.toml")


def test_a_routes_key_is_its_own_credential_or_file_or_else_the_main_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    tables = [ROUTE, ROUTE | {"name": "own", "key_file": "/own"}]
    settings = config.from_values(GOOD | {"routes": tables}, source="x.toml")
    shared, own = settings.routes
    assert config.webhook_key_path(settings, shared) == Path(settings.webhook_key_file)
    assert config.webhook_key_path(settings, own) == Path("/own")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    for name in ("webhook-key", "webhook-key-own", "webhook-key-billing"):
        (tmp_path / name).write_text("whsec_")
    assert config.webhook_key_path(settings, shared) == tmp_path / "webhook-key"
    assert config.webhook_key_path(settings, own) == tmp_path / "webhook-key-own"


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
