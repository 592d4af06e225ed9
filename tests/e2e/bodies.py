"""Every body that a test has the gateway send is held against the schema that ships with it."""

import json

import jsonschema

from lab import paths
from lab.drive.app import App

SCHEMA = paths.CHECKOUT / "src/boringmail/schemas/message.received.v1.json"


def assert_valid(app: App, since: int) -> None:
    """Check what the app got since receipt number `since`; what came several times, once."""
    schema = json.loads(SCHEMA.read_text())
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    for receipt in {receipt.webhook_id: receipt for receipt in app.received(since)}.values():
        problems = [error.message for error in checker.iter_errors(app.body(receipt.number))]
        assert not problems, f"receipt {receipt.number} breaks the schema: {problems}"
