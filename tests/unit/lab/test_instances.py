"""Which containers and volumes a snapshot makes and removes, with podman and the network scripted."""

from dataclasses import replace

import pytest

from lab import containers, disks, image, network, paths
from lab.plane import instances
from lab.plane.state import Instance, Snapshot, Volume

QUEUE = Volume("vol-1", "/dev/sdf", 8, delete_on_termination=False)
SCRATCH = Volume("vol-2", "/dev/sdg", 8, delete_on_termination=True)
ROOT = Volume("vol-0", "/dev/xvda", 8, delete_on_termination=True)
MX1 = Instance(
    "i-1", "mx1", "running", "t3.small", "ami-1", "10.20.1.4", "10.20.1.0/24", "", "", (),
    (ROOT, QUEUE, SCRATCH), None,
)  # fmt: skip
VERBS = (
    ("create", "created"), ("start", "running"), ("stop", "exited"), ("remove", None),
    ("restart", "running"), ("reboot", "running"),
)  # fmt: skip


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """The states of the containers; each change is noted in `done`."""
    states: dict[str, str] = {}
    done: list[tuple[str, object]] = []

    def note(verb, state):
        def change(subject):
            name = subject.name if isinstance(subject, containers.Spec) else subject
            done.append((verb, subject))
            states.pop(name, None)
            if state:
                states[name] = state

        return change

    monkeypatch.setattr(paths, "INSTANCES", tmp_path / "instances")
    monkeypatch.setattr(paths, "VOLUMES", tmp_path / "volumes")
    monkeypatch.setattr(paths, "DISKS", tmp_path / "disks")
    monkeypatch.setattr(disks, "share", lambda: False)
    monkeypatch.setattr(disks, "forget", lambda instance_id: done.append(("forget", instance_id)))
    monkeypatch.setattr(disks, "show", lambda *seen: done.append(("show", seen)))
    monkeypatch.setattr(disks, "take_away", lambda *_name, **_but: False)
    monkeypatch.setattr(containers, "execute", lambda *what, **_check: done.append(("execute", what)))
    monkeypatch.setattr(image, "base", lambda: "base:1")
    monkeypatch.setattr(network, "attach", lambda host: done.append(("attach", host)))
    monkeypatch.setattr(network, "detach", lambda name: done.append(("detach", name)))
    monkeypatch.setattr(containers, "listing", lambda _kind=None: dict(states))
    for verb, state in VERBS:
        monkeypatch.setattr(containers, verb, note(verb, state))
    return states, done


def test_a_running_instance_gets_its_cable_its_limits_and_its_queue_volume(machine):
    states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    assert states == {"bmlab-i-1": "running"}
    assert [verb for verb, _ in done] == ["show", "attach", "create", "start"]
    assert dict(done)["show"] == ("i-1", "vol-1")
    spec = dict(done)["create"]
    assert (spec.memory_mib, spec.image) == (2048, "base:1")
    assert f"{paths.DISKS}/i-1:/var/lib/boringmail-lab/disks:rslave" in spec.mounts
    assert dict(done)["attach"].addresses == ("10.20.1.4",)


def test_applying_the_same_again_makes_nothing(machine):
    _states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    done.clear()
    instances.apply_instances(Snapshot((MX1,)))
    assert [verb for verb, _ in done] == ["show", "attach"]


def test_a_stopped_instance_keeps_its_container_and_starts_again(machine):
    states, _done = machine
    instances.apply_instances(Snapshot((MX1,)))
    instances.apply_instances(Snapshot((replace(MX1, state="stopped"),)))
    assert states == {"bmlab-i-1": "exited"}
    instances.apply_instances(Snapshot((MX1,)))
    assert states == {"bmlab-i-1": "running"}


@pytest.mark.parametrize("gone", [(), (replace(MX1, state="terminated", volumes=()),)])
def test_a_terminated_instance_leaves_the_volumes_that_there_still_are(machine, gone):
    states, done = machine
    for name in ("vol-1", "vol-2"):
        (paths.VOLUMES / name).mkdir(parents=True)
    instances.apply_instances(Snapshot((MX1,), volume_ids=frozenset({"vol-1", "vol-2"})))
    assert (paths.VOLUMES / "vol-2").is_dir()
    instances.apply_instances(Snapshot(gone, volume_ids=frozenset({"vol-1"})))
    assert states == {}
    assert done[-3:] == [("remove", "bmlab-i-1"), ("detach", "i-1"), ("forget", "i-1")]
    assert (paths.VOLUMES / "vol-1").is_dir()
    assert not (paths.VOLUMES / "vol-2").exists()
    assert not (paths.INSTANCES / "i-1").exists()


@pytest.mark.parametrize("state", ["running", "stopped"])
def test_volumes_come_and_go_without_a_restart(machine, state):
    _states, done = machine
    for volumes, seen in (((ROOT,), None), ((ROOT, QUEUE), "vol-1"), ((ROOT,), None)):
        done.clear()
        instances.apply_instances(Snapshot((replace(MX1, state=state, volumes=volumes),)))
        assert dict(done)["show"] == ("i-1", seen)
        assert "restart" not in dict(done)


def test_a_volume_that_is_taken_away_is_out_of_use_before_another_comes(machine, monkeypatch):
    _states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    done.clear()
    monkeypatch.setattr(disks, "take_away", lambda *_name, but: but == "vol-2")
    instances.apply_instances(Snapshot((replace(MX1, volumes=(SCRATCH,)),)))
    assert [verb for verb, _ in done] == ["execute", "show", "attach"]
    assert dict(done)["execute"] == ("bmlab-i-1", ["systemctl", "stop", "var-spool-boringmail.mount"])


def test_a_reboot_is_done_once_and_not_for_a_new_instance(machine):
    _states, done = machine
    instances.apply_instances(Snapshot((replace(MX1, reboots=1),)))
    assert "reboot" not in dict(done)
    for _ in range(2):
        instances.apply_instances(Snapshot((replace(MX1, reboots=2),)))
    assert [subject for verb, subject in done if verb == "reboot"] == ["bmlab-i-1"]


def test_a_running_instance_that_is_cut_off_from_its_volumes_is_restarted(machine, monkeypatch):
    _states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    monkeypatch.setattr(disks, "share", lambda: True)
    instances.apply_instances(Snapshot((MX1,)))
    assert ("restart", "bmlab-i-1") in done


def test_the_cable_is_known_without_the_api(machine):
    instances.apply_instances(Snapshot((MX1,)))
    (cable,) = instances.cables()
    assert (cable.name, list(cable.addresses), cable.gateway) == ("i-1", ["10.20.1.4"], "10.20.1.1")
