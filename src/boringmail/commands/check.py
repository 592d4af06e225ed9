"""`boringmail check`: what verify.yml last found, as it left it on this host."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import orjson

from boringmail.checks import table
from boringmail.commands.settings import json_option, print_json

RESULT = Path("/var/lib/boringmail/verify.json")
# DNS records, lists and certificates change without us: what was found earlier says little about today.
STALE = timedelta(hours=24)
NOT_PASSED, NOT_KNOWN = 1, 2


@click.command()
@json_option
@click.option(
    "--file",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=RESULT,
    show_default=True,
    help="Where the playbook left its result.",
)
def check(as_json: bool, path: Path) -> None:
    """Show the last result of playbooks/verify.yml.

    Exit status 0 when mail would arrive, 1 when not, 2 when there is no result or it is older than a day.
    """
    report = _read(path)
    age = datetime.now(UTC) - datetime.fromisoformat(report["time"])
    stale = age > STALE
    if as_json:
        print_json({**report, "age_seconds": round(age.total_seconds()), "stale": stale})
    else:
        click.echo(table.render(report["checks"], report["skipped"]))
        click.echo(
            f"Looked at {report['time']}, {_words(age)} ago" + (": too old to rely on" if stale else "")
        )
    raise SystemExit(NOT_KNOWN if stale else 0 if report["verdict"] == "pass" else NOT_PASSED)


def _read(path: Path) -> dict[str, Any]:
    try:
        report = orjson.loads(path.read_bytes())
        datetime.fromisoformat(report["time"])
    except FileNotFoundError:
        words = "no result yet; run playbooks/verify.yml"
    except (OSError, ValueError, KeyError, TypeError) as error:
        words = f"not readable ({error}); run playbooks/verify.yml"
    else:
        return dict(report)
    click.echo(f"{path}: {words}", err=True)
    raise SystemExit(NOT_KNOWN)


def _words(age: timedelta) -> str:
    hours, minutes = divmod(round(age.total_seconds() / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
