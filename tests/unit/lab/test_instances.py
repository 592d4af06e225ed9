"""Which containers and volumes a snapshot makes and removes, with podman and the network scripted."""

from dataclasses import replace

import pytest

from lab import containers, image, network, paths
from lab.plane import instances
from lab.plane.state import Instance, Snapshot, Volume

QUEUE = Volume("vol-1", "/dev/sdf", 8, delete_on_termination=False)
SCRATCH = Volume("vol-2", "/dev/sdg", 8, delete_on_termination=True)
ROOT = Volume("vol-0", "/dev/xvda", 8, delete_on_termination=True)
MX1 = Instance(
    "i-1", "mx1", "running", "t3.small", "ami-1", "10.20.1.4", "10.20.1.0/24", "", "", (),
    (ROOT, QUEUE, SCRATCH), None,
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
    monkeypatch.setattr(image, "base", lambda: "base:1")
    monkeypatch.setattr(network, "attach", lambda host: done.append(("attach", host)))
    monkeypatch.setattr(network, "detach", lambda name: done.append(("detach", name)))
    monkeypatch.setattr(containers, "listing", lambda _kind=None: dict(states))
    for verb, state in (("create", "created"), ("start", "running"), ("stop", "exited"), ("remove", None)):
        monkeypatch.setattr(containers, verb, note(verb, state))
    return states, done


def test_a_running_instance_gets_its_cable_its_limits_and_its_queue_volume(machine):
    states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    assert states == {"bmlab-i-1": "running"}
    spec = dict(done)["create"]
    assert (spec.memory_mib, spec.image) == (2048, "base:1")
    assert f"{paths.VOLUMES}/vol-1:/var/spool/boringmail" in spec.mounts
    assert dict(done)["attach"].addresses == ("10.20.1.4",)


def test_applying_the_same_again_makes_nothing(machine):
    _states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    done.clear()
    instances.apply_instances(Snapshot((MX1,)))
    assert [verb for verb, _ in done] == ["attach"]


def test_a_stopped_instance_keeps_its_container_and_starts_again(machine):
    states, _done = machine
    instances.apply_instances(Snapshot((MX1,)))
    instances.apply_instances(Snapshot((replace(MX1, state="stopped"),)))
    assert states == {"bmlab-i-1": "exited"}
    instances.apply_instances(Snapshot((MX1,)))
    assert states == {"bmlab-i-1": "running"}


@pytest.mark.parametrize("gone", [(), (replace(MX1, state="terminated", volumes=()),)])
def test_a_terminated_instance_leaves_the_volumes_that_are_to_be_kept(machine, gone):
    states, done = machine
    instances.apply_instances(Snapshot((MX1,)))
    assert (paths.VOLUMES / "vol-2").is_dir()
    instances.apply_instances(Snapshot(gone))
    assert states == {}
    assert ("detach", "i-1") in done
    assert (paths.VOLUMES / "vol-1").is_dir()
    assert not (paths.VOLUMES / "vol-2").exists()
    assert not (paths.INSTANCES / "i-1").exists()


def test_deletion_on_termination_may_change_while_the_instance_runs(machine):
    instances.apply_instances(Snapshot((MX1,)))
    instances.apply_instances(
        Snapshot((replace(MX1, volumes=(replace(QUEUE, delete_on_termination=True),)),))
    )
    instances.apply_instances(Snapshot())
    assert not (paths.VOLUMES / "vol-1").exists()


def test_the_cable_is_known_without_the_api(machine):
    instances.apply_instances(Snapshot((MX1,)))
    (cable,) = instances.cables()
    assert (cable.name, list(cable.addresses), cable.gateway) == ("i-1", ["10.20.1.4"], "10.20.1.1")
