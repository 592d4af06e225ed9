"""A role's contract: defaults, argument specs, README and scenario say the same things."""

import re

import pytest
import yaml

from tests.contract.readme_tables import BEGIN, END, ROOT, defaults, load, options, roles, with_table

ROLES = [pytest.param(role, id=role.name) for role in roles()]
MAY_BE_LONG = 80


@pytest.mark.parametrize("role", ROLES)
def test_defaults_and_argument_specs_name_the_same_variables(role):
    required = {name for name, option in options(role).items() if option.get("required")}
    assert set(defaults(role)) == set(options(role)) - required


@pytest.mark.parametrize("role", ROLES)
def test_argument_specs_repeat_no_default(role):
    repeated = [name for name, option in options(role).items() if "default" in option]
    assert repeated == [], "defaults/main.yml is the one place for them"


@pytest.mark.parametrize("role", ROLES)
def test_every_variable_carries_the_name_of_its_role_and_a_description(role):
    for name, option in options(role).items():
        assert name.startswith(f"{role.name}_"), name
        assert option.get("description"), f"{name} has no description"


@pytest.mark.parametrize("role", ROLES)
def test_readme_table_is_the_generated_one(role):
    text = (role / "README.md").read_text()
    assert BEGIN in text
    assert END in text
    assert text == with_table(role), "run `make docs`"


@pytest.mark.parametrize("role", ROLES)
def test_role_has_a_scenario_of_its_own_name(role):
    assert (ROOT / "molecule" / role.name / "molecule.yml").exists()


@pytest.mark.parametrize("role", ROLES)
def test_task_files_stay_within_one_subject(role):
    for path in (role / "tasks").glob("*.yml"):
        lines = len(path.read_text().splitlines())
        assert lines <= MAY_BE_LONG, f"{path.relative_to(ROOT)} has {lines} lines: split it by subject"


@pytest.mark.parametrize("role", ROLES)
def test_handlers_check_before_they_reload_before_they_restart(role):
    path = role / "handlers" / "main.yml"
    if not path.exists():
        return
    order = {"Check": 0, "Reload": 1, "Restart": 2}
    verbs = [handler["name"].split()[0] for handler in load(path)]
    ranks = [order[verb] for verb in verbs if verb in order]
    assert ranks == sorted(ranks), verbs


def known_variables() -> set[str]:
    return {name for role in roles() for name in options(role)}


def inventory_variables() -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "inventories").glob("*/group_vars/**/*.yml")):
        for name in yaml.safe_load(path.read_text()) or {}:
            found[name] = str(path.relative_to(ROOT))
    return found


def test_every_role_variable_in_an_inventory_exists():
    prefixes = tuple(f"{role.name}_" for role in roles())
    known = known_variables()
    used = inventory_variables()
    unknown = {name: used[name] for name in used if name.startswith(prefixes) and name not in known}
    assert unknown == {}


def test_lab_wiring_is_the_example_wiring():
    example = sorted(path.name for path in (ROOT / "inventories/example/group_vars/all").glob("wiring_*.yml"))
    assert example
    for name in example:
        link = ROOT / "inventories/lab/group_vars/all" / name
        assert link.is_symlink(), f"{link} must be a symbolic link to the example's"
        assert link.resolve() == (ROOT / "inventories/example/group_vars/all" / name).resolve()


def test_production_knows_nothing_of_the_lab():
    word = re.compile(r"\blab\b", re.IGNORECASE)
    for folder in ("roles", "playbooks", "library", "src"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in {".yml", ".py", ".j2"} and "__pycache__" not in path.parts:
                assert not word.search(path.read_text()), f"{path.relative_to(ROOT)} speaks of the lab"
