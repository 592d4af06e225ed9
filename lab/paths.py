"""Where the lab keeps its files: in the checkout what belongs to it, in /run what belongs to the machine."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
LAB_SOURCE = CHECKOUT / "lab"
STATE = CHECKOUT / ".lab"
RUN = STATE / "run"
LOG = STATE / "log"
ZONES = RUN / "zones"
VOLUMES = STATE / "volumes"
INSTANCES = STATE / "instances"
SSH_KEY = STATE / "ssh" / "id_ed25519"
ENV = STATE / "env"
ACME_ROOT = STATE / "acme-root.pem"

# The lab's names and addresses exist once on a machine, whichever checkout made them; a reboot forgets both.
MACHINE = Path("/run/boringmail-lab")
OWNER = MACHINE / "owner"
PIDS = MACHINE / "pids"
CONTAINER_PIDS = MACHINE / "containers"
TEST_HOSTS = MACHINE / "hosts"
DISKS = MACHINE / "disks"
CONTAINERS_CONF = STATE / "containers.conf"
LOCK = Path("/run/boringmail-lab.lock")

# Outlives the lab: packages and sources that need not be fetched again.
CACHE = Path("/var/cache/boringmail-lab")


def make_state() -> None:
    """Make the directories, those of the machine readable by root alone."""
    for directory in (
        RUN,
        LOG,
        ZONES,
        VOLUMES,
        INSTANCES,
        SSH_KEY.parent,
        PIDS,
        CONTAINER_PIDS,
        TEST_HOSTS,
        CACHE,
    ):
        directory.mkdir(parents=True, exist_ok=True)
