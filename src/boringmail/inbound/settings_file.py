"""Reads a daemon's TOML file into its frozen dataclass, strictly.

An unknown key, a wrong type or an impossible value is an error that names the file and the key: a daemon that
starts with a misspelt setting would run for months with the default.
"""

import dataclasses
import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file and the key."""


def read(path: Path) -> dict[str, Any]:
    """The values of a file. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error


def build[T: DataclassInstance](wanted: type[T], values: Mapping[str, Any], *, source: str) -> T:
    """The dataclass, with each value of exactly its field's type. `source` begins the message of ConfigError.

    A tuple of strings is written as an array. Other tuples are the caller's work, and passed as such.
    """
    fields = {field.name: field for field in dataclasses.fields(wanted)}
    for key in values:
        if key not in fields:
            raise ConfigError(f"{source}{key}: unknown key")
    checked = {key: _typed(value, fields[key].type, f"{source}{key}") for key, value in values.items()}
    for name, field in fields.items():
        if field.default is dataclasses.MISSING and name not in values:
            raise ConfigError(f"{source}{name}: missing")
    return wanted(**checked)


def refuse(problems: Iterable[tuple[str, str]], *, source: str) -> None:
    """Raises ConfigError for the first problem, a key and what is wrong with its value."""
    for key, problem in problems:
        raise ConfigError(f"{source}{key}: {problem}")


def numbers_not_above_zero(
    config: "DataclassInstance", *, may_be_zero: Collection[str] = ()
) -> Iterable[tuple[str, str]]:
    """The problems of every whole number: none may be below zero, and few may be zero."""
    for field in dataclasses.fields(config):
        value = getattr(config, field.name)
        if isinstance(value, int) and (value < 0 or (value == 0 and field.name not in may_be_zero)):
            yield field.name, "must be 0 or above" if field.name in may_be_zero else "must be above 0"


def _typed(value: object, wanted: Any, key: str) -> object:
    if wanted == tuple[str, ...]:
        if not isinstance(value, list) or not all(type(entry) is str for entry in value):
            raise ConfigError(f"{key}: must be an array of strings")
        return tuple(value)
    if wanted in (int, str) and type(value) is not wanted:
        raise ConfigError(f"{key}: must be {'a whole number' if wanted is int else 'a string'}")
    return value
