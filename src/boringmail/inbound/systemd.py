"""The little of systemd's protocols that the daemon needs: passed sockets and notifications.

sd_listen_fds(3) and sd_notify(3); a few lines rather than a C extension on every host.
"""

import os
import socket

_FIRST_DESCRIPTOR = 3


def passed_sockets() -> dict[str, socket.socket]:
    """The sockets of the socket unit, by FileDescriptorName=. Empty when run by hand."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return {}
    count = int(os.environ.get("LISTEN_FDS", "0"))
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    sockets = {}
    for name, descriptor in zip(names, range(_FIRST_DESCRIPTOR, _FIRST_DESCRIPTOR + count), strict=False):
        os.set_inheritable(descriptor, False)
        sockets[name] = socket.socket(fileno=descriptor)
        sockets[name].setblocking(False)
    return sockets


def notify(state: str) -> None:
    """Tells the service manager, if there is one: READY=1, STOPPING=1."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as connection:
        connection.sendto(state.encode(), address)
