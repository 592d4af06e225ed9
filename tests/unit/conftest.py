"""What several unit tests share: the shipped schema as a function that checks a body."""

import json
from collections.abc import Callable
from importlib import resources
from typing import Any

import jsonschema
import orjson
import pytest


@pytest.fixture(scope="session")
def valid_body() -> Callable[[bytes], dict[str, Any]]:
    """Checks a body strictly: UTF-8, one JSON value, the schema. Returns its `data`."""
    schema = json.loads((resources.files("boringmail") / "schemas/message.received.v1.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)

    def check(body: bytes) -> dict[str, Any]:
        body.decode("utf-8", "strict")
        value = orjson.loads(body)
        validator.validate(value)
        data: dict[str, Any] = value["data"]
        return data

    return check
