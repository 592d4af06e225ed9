"""A volume comes to a running instance, survives reboot and termination, and goes on to the next instance.

With a network and instances of its own, so the gateway is not needed and not touched.
"""

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from lab import containers, disks, layout, paths
from lab.drive import aws
from lab.drive.waiting import until

pytestmark = pytest.mark.timeout(180)
PLACE = "/var/spool/boringmail"
SUBNET = "10.20.3.0/24"


@pytest.fixture(scope="module")
def ec2():
    return aws.ec2()


@pytest.fixture(scope="module")
def network(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock=SUBNET)["Subnet"]
    yield SimpleNamespace(subnet=subnet["SubnetId"], zone=subnet["AvailabilityZone"])
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)


@pytest.fixture
def launch(ec2, network):
    """Launches an instance; all are terminated afterwards."""
    images = ec2.describe_images(Filters=[{"Name": "name", "Values": ["debian-13-amd64-*"]}])["Images"]
    made = []

    def run(**more):
        answer = ec2.run_instances(
            ImageId=images[0]["ImageId"], InstanceType="t3.micro", MinCount=1, MaxCount=1,
            SubnetId=network.subnet, **more,
        )  # fmt: skip
        made.append(answer["Instances"][0]["InstanceId"])
        containers.wait_for_system(layout.PREFIX + made[-1])
        return made[-1]

    yield run
    if made:
        ec2.terminate_instances(InstanceIds=made)


@pytest.fixture
def volume(ec2, network):
    made = ec2.create_volume(AvailabilityZone=network.zone, Size=1, VolumeType="gp3")["VolumeId"]
    yield made
    attached = ec2.describe_volumes(VolumeIds=[made])["Volumes"][0]["Attachments"]
    if attached:
        ec2.detach_volume(VolumeId=made, InstanceId=attached[0]["InstanceId"])
    ec2.delete_volume(VolumeId=made)
    assert not (paths.VOLUMES / made).exists()


def inside(instance, *command):
    return containers.execute(layout.PREFIX + instance, command, check=False).strip()


def in_place(instance):
    """Wait for the mount, and return the names of the files in it."""
    until("the volume to be mounted", lambda: "/" in inside(instance, "findmnt", "-no", "TARGET", PLACE), 20)
    return inside(instance, "ls", PLACE).split()


def boot_of(instance):
    """When the first process started, in ticks since the machine did."""
    return inside(instance, "sh", "-c", "cut -d' ' -f22 /proc/1/stat")


def mounts_of(instance):
    return [target for target in disks.mounted() if instance in target.parts]


def test_a_volume_outlives_detaching_reboots_and_instances(ec2, launch, volume):
    first = launch()
    assert inside(first, "findmnt", "-no", "TARGET", PLACE) == ""
    assert inside(first, "systemctl", "--failed", "--no-legend", "--plain") == ""

    ec2.attach_volume(VolumeId=volume, InstanceId=first, Device="/dev/sdf")
    assert in_place(first) == []
    inside(first, "sh", "-c", f"echo waiting > {PLACE}/mail")

    before = boot_of(first)
    ec2.reboot_instances(InstanceIds=[first])
    containers.wait_for_system(layout.PREFIX + first)
    assert boot_of(first) != before
    assert in_place(first) == ["mail"]

    containers.podman(["exec", "--detach", f"--workdir={PLACE}", layout.PREFIX + first, "sleep", "60"])
    ec2.detach_volume(VolumeId=volume, InstanceId=first)
    until("the volume to go", lambda: not inside(first, "findmnt", "-no", "TARGET", PLACE), 20)
    assert mounts_of(first) == []
    assert inside(first, "ls", PLACE) == ""

    ec2.attach_volume(VolumeId=volume, InstanceId=first, Device="/dev/sdf")
    assert in_place(first) == ["mail"]
    ec2.terminate_instances(InstanceIds=[first])
    assert mounts_of(first) == []
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available"

    second = launch()
    ec2.attach_volume(VolumeId=volume, InstanceId=second, Device="/dev/sdf")
    assert in_place(second) == ["mail"]
    assert inside(second, "cat", f"{PLACE}/mail") == "waiting"
    with pytest.raises(ClientError, match="VolumeInUse"):
        ec2.delete_volume(VolumeId=volume)


@pytest.mark.parametrize("kept", [True, False])
def test_a_volume_of_the_mapping_is_there_at_once_and_goes_as_it_says(ec2, launch, kept):
    script = f"#!/bin/sh\nfindmnt -no TARGET {PLACE} > /root/seen\n"
    block = {"VolumeSize": 1, "VolumeType": "gp3", "DeleteOnTermination": not kept}
    instance = launch(UserData=script, BlockDeviceMappings=[{"DeviceName": "/dev/sdf", "Ebs": block}])
    assert inside(instance, "cat", "/root/seen") == PLACE
    filters = [{"Name": "attachment.instance-id", "Values": [instance]}]
    made = ec2.describe_volumes(Filters=filters)["Volumes"]
    (volume,) = [one["VolumeId"] for one in made if one["Attachments"][0]["Device"] == "/dev/sdf"]
    ec2.terminate_instances(InstanceIds=[instance])
    assert (paths.VOLUMES / volume).exists() == kept
    if kept:
        ec2.delete_volume(VolumeId=volume)
        assert not (paths.VOLUMES / volume).exists()


def test_a_volume_that_takes_anothers_place_at_once_is_the_one_in_use(ec2, network, launch, volume):
    instance = launch()
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    assert in_place(instance) == []
    inside(instance, "touch", f"{PLACE}/old")
    other = ec2.create_volume(AvailabilityZone=network.zone, Size=1, VolumeType="gp3")["VolumeId"]
    ec2.detach_volume(VolumeId=volume, InstanceId=instance)
    ec2.attach_volume(VolumeId=other, InstanceId=instance, Device="/dev/sdf")
    assert in_place(instance) == []
    ec2.detach_volume(VolumeId=other, InstanceId=instance)
    ec2.delete_volume(VolumeId=other)


def test_a_volume_moved_while_the_instance_is_stopped_is_seen_when_it_starts(ec2, launch, volume):
    instance = launch()
    ec2.stop_instances(InstanceIds=[instance])
    ec2.attach_volume(VolumeId=volume, InstanceId=instance, Device="/dev/sdf")
    ec2.start_instances(InstanceIds=[instance])
    containers.wait_for_system(layout.PREFIX + instance)
    assert in_place(instance) == []
