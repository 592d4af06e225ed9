"""Routes of the gateway for a while: an application of its own for each recipient's first word."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from lab.drive.mail_host import MailHost

CONFIG = "/etc/boringmail/inbound.toml"
UNIT = "boringmail-inbound.service"


@contextlib.contextmanager
def routed(
    host: MailHost, routes: Mapping[str, Mapping[str, Any]], settings: Mapping[str, Any]
) -> Iterator[None]:
    """Send mail to `<name>-*@` by the route of that name (`url`, `ca_file`), under other `settings`."""
    host.shell(f"cp -p {CONFIG} /run/inbound.toml")
    try:
        lines = host.run("cat", CONFIG).splitlines()
        kept = [line for line in lines if line.partition(" =")[0] not in settings]
        head = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
        tables = [
            ["[[routes]]", f'name = "{name}"', f'recipients = ["{name}-*@*"]']
            + [f"{key} = {json.dumps(value)}" for key, value in route.items()]
            for name, route in routes.items()
        ]
        text = "\n".join([*head, *kept, *(line for table in tables for line in table)]) + "\n"
        host.run("sh", "-c", f"cat > {CONFIG}", stdin=text)
        host.run("systemctl", "restart", UNIT)
        host.wait_for_unit(UNIT)
        yield
    finally:
        host.shell(f"cp -p /run/inbound.toml {CONFIG} && systemctl restart {UNIT}")
        host.wait_for_unit(UNIT)
