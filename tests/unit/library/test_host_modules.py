"""What makes a host right in one go: files and units."""

import importlib.util
from pathlib import Path

import pytest

LIBRARY = Path(__file__).parents[3] / "library"


def _load(name):
    spec = importlib.util.spec_from_file_location(name, LIBRARY / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


files, units = _load("host_files"), _load("host_units")


def _block(enabled, active):
    return f"UnitFileState={enabled}\nActiveState={active}"


@pytest.mark.parametrize(
    ("enabled", "active", "right"),
    [
        ("enabled", "active", True),
        ("static", "active", True),
        ("enabled", "activating", True),
        ("disabled", "active", False),
        ("masked", "inactive", False),
        ("enabled", "failed", False),
        ("enabled", "inactive", False),
        ("", "inactive", False),  # there is no such unit
    ],
)
def test_a_unit_is_right_when_it_is_enabled_and_runs(enabled, active, right):
    assert (units.lacking(_block(enabled, active), ["a.service"]) == []) is right


def test_units_that_lack_something_are_named_in_their_order():
    shown = "\n\n".join(
        [_block("enabled", "failed"), _block("enabled", "active"), _block("disabled", "active")]
    )
    assert units.lacking(shown, ["c.socket", "a.service", "b.path"]) == ["c.socket", "b.path"]


class Module:
    """As much of AnsibleModule as the files need; owners are left to the real one."""

    def __init__(self, tmpdir, *, check_mode=False):
        self.check_mode, self.tmpdir = check_mode, str(tmpdir)

    def atomic_move(self, source, target):
        Path(source).rename(target)

    def set_owner_if_different(self, _path, _owner, changed):
        return changed

    set_group_if_different = set_owner_if_different

    def set_mode_if_different(self, path, mode, changed):
        if Path(path).stat().st_mode & 0o7777 == int(mode, 8):
            return changed
        if not self.check_mode:
            Path(path).chmod(int(mode, 8))
        return True


def test_a_missing_file_is_made_with_its_directories_and_left_alone_the_second_time(tmp_path):
    target = tmp_path / "etc/a.d/b.conf"
    assert files.install(Module(tmp_path), target, "text\n", "0640")["after"] == "text\n"
    assert (target.read_text(), target.stat().st_mode & 0o777) == ("text\n", 0o640)
    assert files.install(Module(tmp_path), target, "text\n", "0640") is None


def test_another_text_or_mode_is_a_difference(tmp_path):
    target = tmp_path / "b.conf"
    files.install(Module(tmp_path), target, "old\n", "0644")
    assert files.install(Module(tmp_path), target, "new\n", "0644")["before"] == "old\n"
    assert files.install(Module(tmp_path), target, "new\n", "0755") is not None
    assert target.stat().st_mode & 0o777 == 0o755


def test_check_mode_writes_nothing(tmp_path):
    target = tmp_path / "etc/b.conf"
    assert files.install(Module(tmp_path, check_mode=True), target, "text\n", "0644") is not None
    assert list(tmp_path.iterdir()) == []
