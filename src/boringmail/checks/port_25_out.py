"""Whether mail can leave: EC2 drops what goes to port 25 until AWS has been asked."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from boringmail.checks.authority import UnansweredError
from boringmail.checks.causes import Key
from boringmail.checks.mail_out import PORT_25_HINT
from boringmail.checks.recursive import Recursive
from boringmail.checks.result import Check, Status


def check_port_25_out(
    title: str, domains: Sequence[str], resolver: Recursive, connect: Callable[[str], None]
) -> Check:
    """One receiver that can be reached is enough. `connect` to an address raises `OSError`."""
    told = partial(
        Check,
        name=title,
        key=Key.PORT_25_OUT,
        expected=f"port 25 of a receiver can be reached ({', '.join(domains)})",
    )

    def attempt(domain: str) -> tuple[bool | None, str]:
        return _attempt(domain, resolver, connect)

    with ThreadPoolExecutor(len(domains)) as pool:
        tries = list(pool.map(attempt, domains))
    reached = [words for open_, words in tries if open_]
    if reached:
        return told(status=Status.PASS, found="; ".join(reached))
    found = "; ".join(words for _, words in tries)
    if all(open_ is None for open_, _ in tries):
        hint = "see that the names are right (verify_port_25_hosts), and run playbooks/verify.yml again"
        return told(status=Status.TEMPERROR, found=found, hint=hint)
    return told(status=Status.FAIL, found=found, hint=PORT_25_HINT)


def _attempt(domain: str, resolver: Recursive, connect: Callable[[str], None]) -> tuple[bool | None, str]:
    """Whether the first mail exchanger can be reached (None: not found out), and in words."""
    try:
        exchangers = sorted(resolver.ask(domain, "MX"), key=lambda value: int(value.split()[0]))
        host = exchangers[0].split()[-1] if exchangers else domain
        addresses = resolver.ask(host, "A")
    except UnansweredError as error:
        return None, str(error)
    if not addresses:
        return None, f"{host}: no address"
    place = f"{host}[{addresses[0]}]:25"
    try:
        connect(addresses[0])
    except ConnectionRefusedError:
        # An answer: the port that is closed is theirs, and the way to it is open.
        return True, f"{place} refuses, so the way is open"
    except OSError as error:
        return False, f"{place}: {error}"
    return True, f"{place} answers"
