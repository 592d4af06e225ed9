"""Which mounts are made and taken away, with mount and umount scripted."""

import pytest

from lab import disks, paths


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """Plays the kernel's mount table; each command is noted."""
    top = tmp_path / "the disks"
    table = tmp_path / "mountinfo"
    mounts: list[tuple[str, str, str]] = []
    done: list[str] = []

    def write():
        lines = ["24 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw"]
        for source, target, tag in mounts:
            where = f"{source}\n{target}".replace(" ", "\\040").replace("\n", " ")
            lines.append(f"99 24 254:0 {where} rw,relatime{tag} - ext4 /dev/vda rw")
        table.write_text("\n".join(lines) + "\n")

    def run(command):
        verb, *options = command
        done.append(" ".join(part for part in command if not part.startswith("/")))
        target = options[-1]
        if verb == "umount":
            assert target in [entry[1] for entry in mounts]
            mounts.remove(next(entry for entry in reversed(mounts) if entry[1] == target))
        elif "--bind" in options:
            mounts.append((options[-2], target, "" if target == str(top) else " shared:7"))
        else:
            mounts[:] = [(one[0], one[1], " shared:5") if one[1] == target else one for one in mounts]
        write()

    write()
    monkeypatch.setattr(paths, "DISKS", top)
    monkeypatch.setattr(paths, "VOLUMES", tmp_path / "volumes")
    monkeypatch.setattr(disks, "_MOUNTS", table)
    monkeypatch.setattr(disks, "run", run)
    return mounts, done


def test_the_shared_mount_is_made_once(machine):
    _mounts, done = machine
    assert disks.share() is True
    assert disks.share() is False
    assert done == ["mount --bind --make-private", "mount --make-shared"]


def test_a_shared_mount_made_half_is_finished(machine):
    mounts, done = machine
    mounts.append(("/x", str(paths.DISKS), ""))
    disks.run(["mount", "--bind", "/y", "/elsewhere"])
    done.clear()
    assert disks.share() is True
    assert done == ["mount --make-shared"]


def test_a_volume_is_shown_changed_and_taken_away(machine):
    mounts, done = machine
    disks.share()
    target = str(paths.DISKS / "i-1" / "volume")
    for volume, replaced in (("vol-1", False), ("vol-2", True)):
        assert disks.take_away("i-1", but=volume) is replaced
        for _ in range(2):
            disks.show("i-1", volume)
        assert [entry[:2] for entry in mounts[1:]] == [(str(paths.VOLUMES / volume), target)]
    assert [disks.take_away("i-1", but=None) for _ in range(2)] == [True, False]
    disks.show("i-1", None)
    assert disks.mounted() == [paths.DISKS]
    assert done[2:] == ["mount --bind", "umount --lazy", "mount --bind", "umount --lazy"]
    assert (paths.DISKS / "i-1").is_dir(), "the container hangs on it"


def test_a_volume_that_was_mounted_twice_is_put_right(machine):
    mounts, _done = machine
    disks.share()
    disks.show("i-1", "vol-1")
    mounts.append(mounts[-1])
    disks.run(["mount", "--bind", "/y", "/elsewhere"])
    assert disks.take_away("i-1", but="vol-1")
    disks.show("i-1", "vol-1")
    assert disks.mounted() == [paths.DISKS / "i-1" / "volume", paths.DISKS]


def test_forgetting_an_instance_keeps_its_volume_and_the_others_mounts(machine):
    disks.share()
    for instance, volume in (("i-1", "vol-1"), ("i-10", "vol-10")):
        disks.show(instance, volume)
    (paths.VOLUMES / "vol-1" / "mail").write_text("kept")
    disks.forget("i-1")
    disks.forget("i-1")
    assert not (paths.DISKS / "i-1").exists()
    assert (paths.VOLUMES / "vol-1" / "mail").read_text() == "kept"
    assert disks.mounted() == [paths.DISKS / "i-10" / "volume", paths.DISKS]


def test_nothing_is_deleted_through_a_directory_that_is_not_empty(machine):
    disks.share()
    disks.show("i-1", "vol-1")
    (paths.DISKS / "i-1" / "volume" / "mail").write_text("kept")
    with pytest.raises(OSError, match="not empty"):
        disks.forget("i-1")


def test_down_leaves_no_mount(machine):
    disks.remove_all()
    disks.share()
    disks.show("i-1", "vol-1")
    disks.remove_all()
    assert disks.mounted() == []
    assert list(paths.DISKS.iterdir()) == []


def test_volumes_that_are_no_more_are_deleted(machine):
    for name in ("vol-1", "vol-2"):
        (paths.VOLUMES / name).mkdir(parents=True)
        (paths.VOLUMES / name / "mail").touch()
    disks.delete_volumes_but(frozenset({"vol-1"}))
    assert [path.name for path in paths.VOLUMES.iterdir()] == ["vol-1"]
