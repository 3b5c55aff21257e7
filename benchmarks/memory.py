"""Memory of processes, on Linux: work in a process of its own, and by how much that grows meanwhile."""

import multiprocessing
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_KIB_A_MB = 1024


@dataclass
class Growth:
    """By how many MB a process grew at the peak, and by how many it stays larger afterwards."""

    peak_mb: float = 0.0
    kept_mb: float = 0.0


@contextmanager
def growth() -> Iterator[Growth]:
    """Yield by how much this process grows in here; it is known at the end."""
    grown = Growth()
    _CLEAR.write_text("5")  # from here on the peak is counted anew
    before = _resident("VmRSS")
    yield grown
    grown.peak_mb, grown.kept_mb = _resident("VmHWM") - before, _resident("VmRSS") - before


def _resident(name: str) -> float:
    lines = dict(line.split(":", 1) for line in _STATUS.read_text().splitlines())
    return int(lines[name].split()[0]) / _KIB_A_MB


def of_imports(*modules: str) -> float:
    """Return by how many MB a new process grows that imports these modules."""
    code = (
        "from pathlib import Path\n"
        "def resident():\n"
        f"    return int(Path({str(_STATUS)!r}).read_text().split('VmRSS:')[1].split()[0])\n"
        "before = resident()\n"
        f"import {', '.join(modules)}\n"
        f"print((resident() - before) / {_KIB_A_MB})"
    )
    return float(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout)  # noqa: S603 (our own program)


def in_new_process(work: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs) -> Result:
    """Return what a function returns that runs in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as executor:
        return executor.submit(work, *arguments, **named).result()
