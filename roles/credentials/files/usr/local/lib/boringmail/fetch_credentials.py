"""Fetches the mail host's secrets from SSM Parameter Store into files that root alone can read.

The host does it with its instance profile, so that no secret passes through Ansible, a command line, an
environment or a log. Prints one line for each file that has changed, with its name only; exits with 1 and a
sentence that says what to do when the secrets could not be had. What is on disk is never removed: an outage
of AWS at boot leaves the host with the secrets of yesterday.

Settings: /etc/boringmail/credentials.toml. Runs on Debian's Python with Debian's boto3.
"""

import argparse
import os
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

SETTINGS = Path("/etc/boringmail/credentials.toml")
DIRECTORY = Path("/etc/boringmail/credentials")
FILE_NAME = re.compile(r"[A-Za-z0-9._-]+")
RETRY_SECONDS = 2.0
AT_BOOT_SECONDS = 10.0


class NotFetchedError(Exception):
    """The secrets could not be had; the text names the fix."""


@dataclass(frozen=True)
class Settings:
    """What credentials.toml says: where the secrets lie, and how long to try (seconds)."""

    parameter_path: str
    region: str
    endpoint_url: str
    deadline_seconds: float


def file_name(path: str, parameter: str) -> str:
    """Name the file of a parameter: what follows the path, with `-` for `/`. Raises NotFetchedError."""
    name = parameter.removeprefix(path).strip("/").replace("/", "-")
    if not FILE_NAME.fullmatch(name) or name.startswith("."):
        raise NotFetchedError(f"The parameter {parameter} cannot be a file name: rename it.")
    return name


def fetch(client: Any, path: str) -> dict[str, str]:
    """Return the secrets by file name. Raises NotFetchedError when there are none, and what boto3 raises."""
    pages = client.get_paginator("get_parameters_by_path").paginate(
        Path=path, Recursive=True, WithDecryption=True
    )
    found = {
        file_name(path, item["Name"]): str(item["Value"]) for page in pages for item in page["Parameters"]
    }
    if not found:
        raise NotFetchedError(
            f"There is no parameter below {path}: run provision.yml, which makes them, and check that"
            " credentials_parameter_path and credentials_aws_region are those that it used."
        )
    return found


def explanation(error: Exception, settings: Settings) -> str:
    """Say in a sentence or two what an error of boto3 means here, and what to do about it."""
    if isinstance(error, NoCredentialsError):
        return (
            "This host has no AWS credentials: the metadata service gave none. Attach the instance profile"
            " (provision.yml does) and let root reach 169.254.169.254."
        )
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "")
        if "AccessDenied" in code or "Unauthorized" in code:
            return (
                f"AWS refuses {error.operation_name} on {settings.parameter_path} ({code}): the instance"
                " profile needs ssm:GetParametersByPath and kms:Decrypt there; provision.yml gives it both."
            )
        return f"AWS answered {error.operation_name} with {code}."
    where = settings.endpoint_url or f"the AWS API in {settings.region}"
    what = type(error).__name__
    return f"{where} cannot be reached ({what}): check the route, name resolution and outgoing 443."


def fetch_until(
    deadline_seconds: float,
    attempt: Callable[[], dict[str, str]],
    settings: Settings,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, str]:
    """Try until the deadline. Refusals are tried again too: a new profile takes AWS some seconds to know."""
    end = clock() + deadline_seconds
    while True:
        try:
            return attempt()
        except (BotoCoreError, ClientError) as error:
            if clock() + RETRY_SECONDS >= end:
                raise NotFetchedError(explanation(error, settings)) from error
        sleep(RETRY_SECONDS)


def write(directory: Path, secrets: dict[str, str]) -> Iterator[str]:
    """Write what differs, each file whole or not at all, and yield its name."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    for name, value in sorted(secrets.items()):
        target = directory / name
        content = f"{value}\n".encode()
        if target.is_file() and not target.is_symlink() and target.read_bytes() == content:
            target.chmod(0o600)
            continue
        _replace(target, content)
        yield name


def _replace(target: Path, content: bytes) -> None:
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.rename(target)
    directory = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def make_client(settings: Settings) -> Any:
    """Make a client that gives up quickly, since trying again is done here."""
    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.session.Session().client(
        "ssm", region_name=settings.region, endpoint_url=settings.endpoint_url or None, config=config
    )


def main() -> int:
    """Fetch and write; return the exit status."""
    parser = argparse.ArgumentParser(description="Fetch the mail host's secrets.")
    parser.add_argument(
        "--at-boot", action="store_true", help="do not keep a host waiting that has them already"
    )
    at_boot = parser.parse_args().at_boot
    settings = Settings(**tomllib.loads(SETTINGS.read_text()))
    has_some = DIRECTORY.is_dir() and any(DIRECTORY.iterdir())
    deadline = settings.deadline_seconds
    if at_boot and has_some:
        deadline = min(deadline, AT_BOOT_SECONDS)
    try:
        # A client made anew each time: one that found no credentials never looks for them again.
        secrets = fetch_until(
            deadline, lambda: fetch(make_client(settings), settings.parameter_path), settings
        )
        for name in write(DIRECTORY, secrets):
            sys.stdout.write(f"changed {name}\n")
    except (NotFetchedError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        if at_boot and has_some:
            sys.stderr.write("Starting with the secrets that are on disk.\n")
            return 0
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
