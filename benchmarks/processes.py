"""What processes used, read where Linux tells it. Elsewhere nothing is found, and all is zero."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_TICKS_PER_SECOND: Final = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
# Fields of /proc/PID/stat, counted from the one after the name (proc_pid_stat(5)).
_PARENT: Final = 1
_TIMES: Final = slice(11, 15)  # user, system, and both of children that ended
_PAGES: Final = 21


def family(root: int) -> list[int]:
    """A process and all that descend from it."""
    children = defaultdict(list)
    for entry in Path("/proc").glob("[0-9]*"):
        if stat := _stat(int(entry.name)):
            children[int(stat[_PARENT])].append(int(entry.name))
    found, at = [root], 0
    while at < len(found):
        found += children[found[at]]
        at += 1
    return found


def cpu_seconds(root: int) -> float:
    """Of the whole family since it began, those that ended included."""
    return sum(_cpu_seconds(pid) for pid in family(root))


def resident_bytes(root: int) -> list[int]:
    """Of each process of the family."""
    return [int(stat[_PAGES]) * _PAGE_BYTES for pid in family(root) if (stat := _stat(pid))]


def _machine_cpu_seconds() -> float:
    """Busy, in any way: user, nice, system, and interrupts."""
    try:
        ticks = Path("/proc/stat").read_text("utf-8").split("\n", 1)[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _idle, _waiting, *interrupts = map(int, ticks[:7])
    return (user + nice + system + sum(interrupts)) / _TICKS_PER_SECOND


def _cpu_seconds(pid: int) -> float:
    stat = _stat(pid)
    return sum(map(int, stat[_TIMES])) / _TICKS_PER_SECOND if stat else 0.0


def _stat(pid: int) -> list[str]:
    """Nothing when the process has ended."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return []
    return told.rpartition(")")[2].split()  # a name may have spaces in it


@dataclass(frozen=True, slots=True)
class Others:
    """Counts what is used by processes that are none of ours, from here on."""

    began: float = field(default_factory=time.perf_counter)
    machine: float = field(default_factory=_machine_cpu_seconds)
    ours: float = field(default_factory=lambda: cpu_seconds(os.getpid()))

    def cores(self) -> float:
        ours = cpu_seconds(os.getpid()) - self.ours
        seconds = time.perf_counter() - self.began
        return max(0.0, _machine_cpu_seconds() - self.machine - ours) / seconds
