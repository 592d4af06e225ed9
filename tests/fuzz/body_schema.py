"""The shipped schema as a function, also for runs without pytest's fixtures."""

import json
from functools import cache
from importlib import resources
from typing import Any

import jsonschema
import orjson


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((resources.files("boringmail") / "schemas/message.received.v1.json").read_text())
    return jsonschema.Draft202012Validator(schema)


def check(body: bytes) -> dict[str, Any]:
    """Checks a body strictly: UTF-8, one JSON value, the schema. Returns its `data`."""
    body.decode("utf-8", "strict")
    value = orjson.loads(body)
    _validator().validate(value)
    data: dict[str, Any] = value["data"]
    return data
