"""Every name and address of the lab, in one place, so that no two parts can disagree.

Nothing here does I/O. The public side is 203.0.113.0/24 (RFC 5737 TEST-NET-3), the VPC 10.20.0.0/16.
"""

import hashlib
import re
from dataclasses import dataclass
from ipaddress import IPv4Network

PREFIX = "bmlab-"
LABEL = "boringmail.lab"

ROUTER = PREFIX + "router"
CONTROLLER_INTERFACE = "bmlab0"
ROUTER_CONTROLLER_INTERFACE = "controller"

PUBLIC = IPv4Network("203.0.113.0/24")
PUBLIC_GATEWAY = "203.0.113.1"
NAT_GATEWAY = "203.0.113.2"
RESOLVER = "203.0.113.8"
AUTHORITIES = ("203.0.113.53", "203.0.113.54")
PROVIDER = "203.0.113.25"
STRICT_PROVIDER = "203.0.113.26"
# Serves certificates (ACME) and virus signatures.
DEPOT = "203.0.113.27"
LISTS = "203.0.113.28"
CONTROLLER = "203.0.113.250"
ELASTIC_IPS = tuple(str(PUBLIC[host]) for host in range(100, 200))
# Only the blocks in use are routed to the lab. The rest of TEST-NET-3 keeps its way: there are machines whose
# own network puts something there, though RFC 5737 tells it not to.
CONTROLLER_ROUTES = ("203.0.113.0/26", "203.0.113.96/27", "203.0.113.128/25")

VPC = IPv4Network("10.20.0.0/16")
APP = "10.20.2.10"
TEST_NETWORK = IPv4Network("10.20.9.0/24")
TEST_HOSTS_MAX = 49

IMDS = "169.254.169.254"
IMDS_PORT = 80
APT_CACHE_PORT = 3142
# Where it really listens: a machine may have an apt-cacher-ng of its own on every address of port 3142. Below
# 32768, because apt-cacher-ng refuses more.
APT_CACHE_LISTEN_PORT = 13142
API_PORT = 4566
DOORS = (APT_CACHE_LISTEN_PORT, API_PORT)
APT_PROXY_URL = f"http://{CONTROLLER}:{APT_CACHE_PORT}"
API_URL = f"http://{CONTROLLER}:{API_PORT}"
REGION = "eu-central-1"

BASE_IMAGE = "localhost/boringmail-lab-base"
SERVICES_IMAGE = "localhost/boringmail-lab-services"

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,40}")


@dataclass(frozen=True)
class Host:
    """A host on its own cable to the router: name without prefix, addresses of its `eth0`, gateway, mask."""

    name: str
    addresses: tuple[str, ...]
    gateway: str
    prefix_length: int = 24

    @property
    def namespace(self) -> str:
        """The name of the network namespace, which is the container's name too."""
        return PREFIX + self.name

    @property
    def interface(self) -> str:
        """The name of the router's end of the cable."""
        return interface_name(self.name)


# Public addresses are behind the router, not beside this host: it has no subnet, only a way to the router.
INTERNET = Host(
    "internet",
    (RESOLVER, *AUTHORITIES, PROVIDER, STRICT_PROVIDER, DEPOT, LISTS),
    PUBLIC_GATEWAY,
    prefix_length=32,
)
APP_SERVER = Host("app", (APP,), "10.20.2.1")
SERVICE_HOSTS = (INTERNET, APP_SERVER)
RESERVED_NAMES = frozenset({"router", *(host.name for host in SERVICE_HOSTS)})


def interface_name(name: str) -> str:
    """Name the router's end of a host's cable; the kernel allows 15 characters (IFNAMSIZ)."""
    plain = f"v-{name}"
    return plain if len(plain) <= 15 else "v-" + hashlib.sha256(name.encode()).hexdigest()[:12]  # noqa: PLR2004 - IFNAMSIZ


def check_name(name: str) -> str:
    """Return a test host's name; raise ValueError when it is malformed or one of the lab's own."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r}: a host's name is 1 to 41 characters of a-z, 0-9 and '-'")
    if name in RESERVED_NAMES or name.startswith("i-"):
        raise ValueError(f"{name!r} is one of the lab's own names")
    return name


def test_host(name: str, slot: int) -> Host:
    """Return the test (Molecule) host in a slot, 0 to TEST_HOSTS_MAX - 1."""
    return Host(check_name(name), (str(TEST_NETWORK[10 + slot]),), str(TEST_NETWORK[1]))


def test_host_public(slot: int) -> str:
    """Return the address by which the Internet sees the test host in a slot."""
    return str(PUBLIC[200 + slot])


def gateway_of(subnet: str) -> str:
    """Return a subnet's first address, the VPC router's as on EC2."""
    return str(IPv4Network(subnet)[1])
