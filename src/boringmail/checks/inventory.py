"""The files of an inventory: names that nothing reads, and an `aws_ec2.yml` that says something else.

A misspelt variable is silently ignored by Ansible, and the default reigns.
"""

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

SIMILAR = 0.8


class AnyTag(yaml.SafeLoader):
    """Takes `!vault` and every other tag as nothing: only the names matter."""


def _nothing(_loader: yaml.SafeLoader, _suffix: str, _node: yaml.Node) -> None:
    return None


AnyTag.add_multi_constructor("", _nothing)


def load(path: Path) -> dict[str, Any]:
    """A YAML file's mapping; empty when it holds something else, as an encrypted file does."""
    content = yaml.load(path.read_text(), Loader=AnyTag)  # noqa: S506 (a SafeLoader that knows more tags)
    return content if isinstance(content, dict) else {}


def role_specs(roles_dir: Path) -> dict[str, dict[str, Any]]:
    """Role name to the options of its main entry point."""
    specs = {
        path.parent.parent.name: load(path) for path in sorted(roles_dir.glob("*/meta/argument_specs.yml"))
    }
    return {role: spec["argument_specs"]["main"].get("options") or {} for role, spec in specs.items()}


def name_problems(inventory_dir: Path, roles_dir: Path, settings: Mapping[str, Any]) -> list[str]:
    """Variables that look like ones of ours and are not. Names of the owner's own pass."""
    specs = role_specs(roles_dir)
    known = {name for options in specs.values() for name in options} | set(settings)
    prefixes = tuple(f"{role}_" for role in specs)
    problems = []
    for path in sorted(inventory_dir.glob("*_vars/**/*.yml")):
        for name in sorted(set(load(path)) - known):
            similar = difflib.get_close_matches(name, known, n=1, cutoff=SIMILAR)
            # The wiring's names are ours, and some of them are alike.
            if name.startswith(prefixes) or (similar and not path.name.startswith("wiring_")):
                hint = f"did you mean {similar[0]}?" if similar else "the role's README names what it reads."
                problems.append(f"{path.relative_to(inventory_dir)}: nothing reads {name}. Fix: {hint}")
    return problems


def source_problems(inventory_dir: Path, settings: Mapping[str, Any]) -> list[str]:
    """Where `aws_ec2.yml`, which cannot read variables, says something else than they do."""
    path = inventory_dir / "aws_ec2.yml"
    if not path.exists():
        return []
    source, region, domain = load(path), settings.get("aws_region"), settings.get("mail_domain")
    problems = []
    if source.get("regions") != [region]:
        problems.append(f"aws_ec2.yml looks in regions {source.get('regions')}. Fix: regions: [{region}]")
    named = (source.get("filters") or {}).get("tag:boringmail:domain")
    if named != domain:
        problems.append(f"aws_ec2.yml looks for domain {named}. Fix: tag:boringmail:domain: {domain}")
    return problems
