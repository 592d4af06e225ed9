"""A second gateway, with a domain of its own: an instance with a copy of what the roles made of the first.

To have the roles make another one takes minutes. This takes what they installed and rendered, puts another
domain for the first one's, and leaves the filters out. Postfix, Dovecot and boringmail-inbound are what they
are on every gateway, and so is what lies between: an Elastic IP, security groups, MX and SPF in Route 53.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from lab.containers import podman, wait_for_system
from lab.drive import aws
from lab.drive.mail_host import MailHost
from lab.shell import run
from tests.e2e.bareclient import Domain

# What the roles brought, which is newer than the instance, without what this one has no use for.
COPY = r"""
set -eu
cd "$1"
find etc usr opt var/lib var/log -newerct "$(stat -c %z etc/machine-id)" \
  \( -path usr/share/doc -o -path usr/share/man -o -path 'usr/share/perl*' -o -path 'usr/lib/python3' \
     -o -path 'usr/*/rspamd' -o -path var/lib/rspamd -o -path var/lib/clamav -o -path var/lib/valkey \
     -o -path var/lib/apt -o -path var/lib/boringmail-lab -o -path var/lib/boringmail-inbound \
     -o -path etc/letsencrypt \) -prune \
  -o \( -type d -o -type l -o -type f ! -path 'var/log/*' \) -newerct "$(stat -c %z etc/machine-id)" -print0 |
  tar --create --no-recursion --null --files-from=- | tar --extract --preserve-permissions --directory="$2"
"""
BECOME = r"""
set -eu
# In regular expressions its dots are escaped.
escaped=$(echo "$1" | sed 's/\./\\\\\\./g')
grep -rlIE 'desk\\?\.example\\?\.com' /etc/postfix* /etc/boringmail /etc/hosts /etc/mailname |
  xargs sed -i "s/desk\.example\.com/$1/g; s/desk\\\\\.example\\\\\.com/$escaped/g"
for instance in in out; do
  install -d /var/spool/boringmail/$instance
  postconf -c /etc/postfix-$instance -e smtpd_milters= non_smtpd_milters=
done
sed -i '/^virus_scanner/d' /etc/boringmail/inbound.toml
install -d -o boringmail-inbound -g boringmail-inbound -m 700 /var/spool/boringmail/dead-letter
systemctl daemon-reload
systemd-tmpfiles --create 2>/dev/null || true
systemctl start unbound dovecot boringmail-inbound.socket boringmail-inbound-recipients.socket \
  boringmail-inbound boringmail-key.path postfix@in postfix@out
"""


@dataclass(frozen=True)
class Twin:
    """The second gateway: where it runs, and `<anything>@<tenant>.<domain>` is its mail."""

    host: MailHost
    domain: str


@contextmanager
def twin(first: MailHost) -> Iterator[Twin]:
    """Make a second gateway out of the first; its instance, address, volume and zone go with it."""
    with ExitStack() as undo:
        address = aws.ec2().allocate_address(Domain="vpc")["AllocationId"]
        undo.callback(aws.ec2().release_address, AllocationId=address)
        host = _like(first)
        undo.callback(aws.ec2().terminate_instances, InstanceIds=[host.instance_id])
        aws.ec2().associate_address(AllocationId=address, InstanceId=host.instance_id)
        host = replace(host, public_ip=_public_ip(address))
        domain = Domain(aws.route53(), None)
        undo.callback(domain.remove)
        wait_for_system(host.container)
        _copy(first, host)
        host.run("sh", "-s", domain.name, timeout=120, stdin=BECOME)
        domain.publish("mx1", host.public_ip, "A").publish("mx1", "v=spf1 a -all")
        domain.publish("*", f"10 mx1.{domain.name}.", "MX").publish("*", f"v=spf1 a:mx1.{domain.name} -all")
        yield Twin(host, domain.name)


def _like(first: MailHost) -> MailHost:
    """An instance like the first one's, without its role and tags: no playbook takes it for its own."""
    ec2 = aws.ec2()
    (like,) = ec2.describe_instances(InstanceIds=[first.instance_id])["Reservations"][0]["Instances"]
    (made,) = ec2.run_instances(
        ImageId=like["ImageId"],
        InstanceType=like["InstanceType"],
        # Said in full: in the lab an interface goes with its instance only where that is asked for.
        NetworkInterfaces=[
            {
                "DeviceIndex": 0,
                "SubnetId": like["SubnetId"],
                "Groups": [group["GroupId"] for group in like["SecurityGroups"]],
                "DeleteOnTermination": True,
            }
        ],
        KeyName=like["KeyName"],
        MinCount=1,
        MaxCount=1,
        BlockDeviceMappings=[
            {"DeviceName": "/dev/sdf", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}}
        ],
    )["Instances"]
    return MailHost(made["InstanceId"], "twin", made["PrivateIpAddress"], "")


def _public_ip(allocation: str) -> str:
    return aws.ec2().describe_addresses(AllocationIds=[allocation])["Addresses"][0]["PublicIp"]


def _copy(first: MailHost, second: MailHost) -> None:
    """Copy on the machine itself: through two `podman exec` it takes three times as long."""
    containers = [first.container, second.container]
    roots = [podman(["mount", name]).strip() for name in containers]
    try:
        run(["sh", "-c", COPY, "copy", *roots])
    finally:
        podman(["umount", *containers])
