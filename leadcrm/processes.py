"""Run several programs as one unit: they start together and end together, and none is restarted."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from types import FrameType

logger = logging.getLogger(__name__)

GRACE = 15  # seconds that a program has to end by itself before it is killed
STEP = 0.1  # seconds between two looks
PR_SET_PDEATHSIG = 1  # from Linux' prctl.h


def run_together(
    programs: Mapping[str, Sequence[str]], *, is_ready: Callable[[], bool], on_ready: Callable[[], None]
) -> int:
    """Run programs, given by name, side by side; return an exit code once all have ended.

    The first one that ends ends the others, and its exit code is returned (1 where it ended with 0, since
    none of them should end). SIGINT and SIGTERM end them all with 0. `on_ready` is called once, as soon as
    `is_ready` says yes.
    """
    told_to_stop = _listen_for_signals()
    running = {name: _start(command) for name, command in programs.items()}
    try:
        announced = False
        while not told_to_stop.wait(STEP) and not _ended(running):
            if not announced and is_ready():
                announced = True
                on_ready()
        return 0 if told_to_stop.is_set() else _exit_code(running)
    finally:
        _end(running.values())


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    # A process group of its own, so that it can be killed with all that it started; the price is that a killed
    # launcher no longer takes it along, so Linux is asked to end it then.
    end_with_us = _end_with_the_launcher if sys.platform == "linux" else None
    return subprocess.Popen(command, process_group=0, preexec_fn=end_with_us)


def _end_with_the_launcher() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _listen_for_signals() -> threading.Event:
    told_to_stop = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        told_to_stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return told_to_stop


def _ended(running: Mapping[str, subprocess.Popen[bytes]]) -> list[str]:
    return [name for name, program in running.items() if program.poll() is not None]


def _exit_code(running: Mapping[str, subprocess.Popen[bytes]]) -> int:
    name = _ended(running)[0]
    code = running[name].returncode
    logger.error("%s ended with exit code %s, which ends the rest.", name, code)
    # A program that a signal ended reports it the way a shell does.
    return 128 - code if code < 0 else code or 1


def _end(programs: Collection[subprocess.Popen[bytes]]) -> None:
    for program in programs:
        program.terminate()
    for program in programs:
        try:
            program.wait(GRACE)
        except subprocess.TimeoutExpired:
            os.killpg(program.pid, signal.SIGKILL)
            program.wait()
