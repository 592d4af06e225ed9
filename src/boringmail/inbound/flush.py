"""When the queue is flushed after an outage: soon, but once in an interval. Pure: time is an argument."""

from dataclasses import dataclass

# A mail refused in the same moment must have reached the deferred queue.
DELAY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class FlushMeter:
    """When the flush file was last touched, and when it is to be touched next."""

    last: float | None = None
    due: float | None = None


def request(meter: FlushMeter, *, now: float, interval_seconds: float) -> FlushMeter:
    """Asks for a flush; a request within the interval is kept for its end, never dropped."""
    if meter.due is not None:
        return meter
    earliest = now + DELAY_SECONDS
    if meter.last is not None:
        earliest = max(earliest, meter.last + interval_seconds)
    return FlushMeter(meter.last, earliest)


def take(meter: FlushMeter, *, now: float) -> tuple[bool, FlushMeter]:
    """Whether to touch the file now."""
    if meter.due is None or now < meter.due:
        return False, meter
    return True, FlushMeter(now, None)
