"""A listening socket inside another network namespace, served from this process."""

import os
import socket
import threading

from lab.network import NAMESPACES


def listen_in(namespace: str, address: str, port: int) -> socket.socket:
    """Return a socket that listens on an address of a namespace.

    A socket stays in the namespace in which it was made, whoever uses it later; a thread of its own enters
    the namespace for that moment (setns(2) moves the calling thread alone). Raises OSError.
    """
    made: list[socket.socket] = []
    failed: list[OSError] = []

    def make() -> None:
        try:
            made.append(_listen(namespace, address, port))
        except OSError as error:
            failed.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return made[0]


def _listen(namespace: str, address: str, port: int) -> socket.socket:
    handle = os.open(NAMESPACES / namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.setns(handle, os.CLONE_NEWNET)
    finally:
        os.close(handle)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(64)
    return listener
