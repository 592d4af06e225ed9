"""The mail host, as somebody with a root shell on it sees it."""

import json
from dataclasses import dataclass
from typing import Any

from lab import containers, layout
from lab.drive import aws
from lab.drive.waiting import until


class NoMailHost(LookupError):  # noqa: N818 - reads as what happened
    """There is no running mail host."""


@dataclass(frozen=True)
class MailHost:
    """One running instance, with its addresses."""

    instance_id: str
    name: str
    private_ip: str
    public_ip: str

    @property
    def container(self) -> str:
        """The container, and network namespace, that stands for the instance."""
        return layout.PREFIX + self.instance_id

    def run(self, *command: str, check: bool = True, timeout: float = 60.0, stdin: str | None = None) -> str:
        """Run a command as root; CommandError when it fails, unless `check` is false."""
        return containers.execute(self.container, command, check=check, timeout=timeout, stdin=stdin)

    def shell(self, script: str, *, check: bool = True, timeout: float = 60.0) -> str:
        """Run a shell script as root."""
        return self.run("sh", "-c", script, check=check, timeout=timeout)

    def queue(self, instance: str) -> list[dict[str, Any]]:
        """What is queued in the Postfix instance "in" or "out" (postqueue -j: one JSON object a line)."""
        output = self.run("postqueue", "-c", f"/etc/postfix-{instance}", "-j")
        return [json.loads(line) for line in output.splitlines()]

    def flush(self, instance: str) -> None:
        """Try everything in a queue at once."""
        self.run("postqueue", "-c", f"/etc/postfix-{instance}", "-f")

    def dead_letters(self) -> list[dict[str, Any]]:
        """What is in the dead-letter box."""
        found = json.loads(self.run("boringmail", "dead-letter", "list", "--json"))
        return [dict(entry) for entry in found]

    def kill(self, unit: str) -> None:
        """Send SIGKILL to every process of a unit; nothing happens when there is none."""
        self.run("systemctl", "kill", "--signal=KILL", unit, check=False)

    def wait_for_unit(self, unit: str, seconds: float = 30.0) -> None:
        """Wait until a unit is active."""

        def active() -> bool:
            return self.run("systemctl", "is-active", unit, check=False, timeout=20).strip() == "active"

        until(f"{unit} on {self.name} to be active", active, seconds)

    def mail_log(self, instance: str) -> str:
        """The Postfix log of the instance "in" or "out"."""
        return self.run("cat", f"/var/log/postfix/{instance}.log")


def mail_host(name: str = "mx1") -> MailHost:
    """Find the running mail host by its tag `boringmail:host`. Raises NoMailHost."""
    reservations = aws.ec2().describe_instances(
        Filters=[{"Name": "instance-state-name", "Values": ["running"]}]
    )["Reservations"]
    for reservation in reservations:
        for instance in reservation["Instances"]:
            tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags", [])}
            if tags.get("boringmail:host", "").split(".")[0] == name:
                return MailHost(
                    instance_id=instance["InstanceId"],
                    name=tags["boringmail:host"],
                    private_ip=instance["PrivateIpAddress"],
                    public_ip=instance.get("PublicIpAddress", ""),
                )
    raise NoMailHost(f"no running instance is named {name}: run site.yml first")
