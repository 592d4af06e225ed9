"""The variable tables in the roles' READMEs, generated from their argument specs.

`python -m tests.contract.readme_tables --write` writes them; a test compares.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
BEGIN, END = "<!-- variables:begin -->", "<!-- variables:end -->"


def roles() -> list[Path]:
    return sorted(path for path in (ROOT / "roles").iterdir() if (path / "tasks").is_dir())


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text()) or {}


def options(role: Path) -> dict[str, Any]:
    """The options of the role's main entry point."""
    return load(role / "meta" / "argument_specs.yml")["argument_specs"]["main"].get("options") or {}


def defaults(role: Path) -> dict[str, Any]:
    path = role / "defaults" / "main.yml"
    return load(path) if path.exists() else {}


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def shown(value: Any) -> str:
    """A default as YAML on one line, or a pointer to the file where it is long."""
    text = yaml.safe_dump(value, default_flow_style=True, width=1000).strip().removesuffix("...").strip()
    return f"`{cell(text)}`" if len(text) <= 60 else "see `defaults/main.yml`"


def described(option: dict[str, Any]) -> str:
    text = option.get("description", "")
    return cell(" ".join(text) if isinstance(text, list) else text)


def table(role: Path) -> str:
    values = defaults(role)
    rows = ["| Variable | Type | Default | Meaning |", "|---|---|---|---|"]
    for name, option in options(role).items():
        default = shown(values[name]) if name in values else "required"
        rows.append(f"| `{name}` | {option.get('type', 'str')} | {default} | {described(option)} |")
    return "\n".join(rows) if len(rows) > 2 else "This role has no variables."


def with_table(role: Path) -> str:
    """The README's text with its table as it should be."""
    text = (role / "README.md").read_text()
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{table(role)}\n{END}{tail}"


def main() -> None:
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: python -m tests.contract.readme_tables --write")
    for role in roles():
        (role / "README.md").write_text(with_table(role))


if __name__ == "__main__":
    main()
