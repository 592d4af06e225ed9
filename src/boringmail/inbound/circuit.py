"""When to call an application that fails: pauses that grow, then one probe. Pure: time is an argument.

Without it, every mail of an outage would hold a connection for the whole time-out, and an application that
asked for a pause would be called all the same. The clock is monotonic seconds.
"""

from dataclasses import dataclass, replace

from boringmail.inbound.decision import Action, Verdict

# A single 500 may be about a single mail; so many in a row are about the application.
FAILURES_LIMIT = 3


@dataclass(frozen=True, slots=True)
class Circuit:
    """The state of one endpoint. `generation` tells the probe's answer from that of an earlier call."""

    failures: int = 0
    open_until: float | None = None
    pause_seconds: float = 0.0
    probing: bool = False
    generation: int = 0
    failing_since: float | None = None

    @property
    def failing(self) -> bool:
        """Whether there is an outage, rather than a mail that fails."""
        return self.open_until is not None or self.failures >= FAILURES_LIMIT


def ask(circuit: Circuit, *, now: float) -> tuple[bool, Circuit]:
    """May a call be made? While open: not until the pause ends, then one at a time."""
    if circuit.open_until is None:
        return True, circuit
    if circuit.probing or now < circuit.open_until:
        return False, circuit
    return True, replace(circuit, probing=True)


def release(circuit: Circuit, *, generation: int) -> Circuit:
    """The state after a call that was allowed but not made: it says nothing about the application."""
    return replace(circuit, probing=False) if generation == circuit.generation else circuit


def settle(
    circuit: Circuit,
    verdict: Verdict,
    *,
    generation: int,
    now: float,
    pause_first_seconds: float,
    pause_limit_seconds: float,
) -> Circuit:
    """The state after a call made in `generation`. A dead letter counts as an answer: the app is there."""
    current = generation == circuit.generation
    if verdict.action is not Action.DEFERRED:
        return Circuit(generation=circuit.generation) if current else circuit
    hold = verdict.hold_seconds
    if not current:  # it began before the circuit opened: only what the application asked for counts
        if hold is None or circuit.open_until is None:
            return circuit
        return replace(circuit, open_until=max(circuit.open_until, now + hold))
    failures = circuit.failures + 1
    failed = replace(
        circuit,
        failures=failures,
        probing=False,
        failing_since=now if circuit.failing_since is None else circuit.failing_since,
    )
    if hold is None and not verdict.severe and failures < FAILURES_LIMIT:
        return failed
    grown = pause_first_seconds if circuit.open_until is None else circuit.pause_seconds * 2
    pause = min(grown, pause_limit_seconds)
    return replace(
        failed,
        pause_seconds=pause,
        open_until=now + (pause if hold is None else hold),
        generation=circuit.generation + 1,
    )
