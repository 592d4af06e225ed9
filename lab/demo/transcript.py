"""Reads Ansible's default output as it appears, so that plays and tasks get their durations.

Pure: lines and times in, values out. The times are those of the lines' arrival.
"""

import re
from dataclasses import dataclass, field

_HEADING = re.compile(r"^(PLAY|TASK|RUNNING HANDLER) \[(.*)\] \**$")
_RECAP = re.compile(r"^(\S+)\s+: (ok=\d+.*)$")


@dataclass(frozen=True)
class Timed:
    """Something that took `seconds`; a task's name carries its role, as Ansible prints it."""

    name: str
    seconds: float


@dataclass
class Transcript:
    """What has been read so far."""

    plays: list[Timed] = field(default_factory=list)
    tasks: list[Timed] = field(default_factory=list)
    recap: dict[str, dict[str, int]] = field(default_factory=dict)
    play: str = ""
    task: str = ""
    _play_started: float = 0.0
    _task_started: float = 0.0
    _in_recap: bool = False

    def read(self, line: str, now: float) -> None:
        """Take one line that arrived at `now` (seconds)."""
        heading = _HEADING.match(line)
        if heading and heading[1] == "PLAY":
            self._end_play(now)
            self.play, self._play_started = heading[2], now
        elif heading:
            self._end_task(now)
            self.task, self._task_started = heading[2], now
        elif line.startswith("PLAY RECAP"):
            self._end_play(now)
            self._in_recap = True
        elif self._in_recap and (counts := _RECAP.match(line)):
            pairs = (pair.split("=") for pair in counts[2].split())
            self.recap[counts[1]] = {name: int(value) for name, value in pairs}

    def slowest(self, count: int) -> list[Timed]:
        """The tasks that took longest, longest first."""
        return sorted(self.tasks, key=lambda task: task.seconds, reverse=True)[:count]

    @property
    def changed(self) -> int:
        """How many changes the recap tells of, over all hosts."""
        return sum(counts.get("changed", 0) for counts in self.recap.values())

    def _end_task(self, now: float) -> None:
        if self.task:
            self.tasks.append(Timed(self.task, now - self._task_started))
            self.task = ""

    def _end_play(self, now: float) -> None:
        self._end_task(now)
        if self.play:
            self.plays.append(Timed(self.play, now - self._play_started))
            self.play = ""
