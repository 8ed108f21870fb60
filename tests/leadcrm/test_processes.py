"""The launcher, with real processes. It sets signal handlers, so each test runs it in a Python of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SLEEPER = "import pathlib, os, time; pathlib.Path({name!r}).write_text(str(os.getpid())); time.sleep(60)"
LAUNCHER = """
import sys
from leadcrm.processes import run_together
programs = {{name: [sys.executable, "-c", code] for name, code in {programs!r}.items()}}
sys.exit(run_together(programs, is_ready=lambda: True, on_ready=lambda: print("ready", flush=True)))
"""


def launch(**programs: str) -> "subprocess.Popen[str]":
    code = LAUNCHER.format(programs=programs)
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def pid_in(path: Path) -> int:
    """Return the process id that a program wrote down, once it has."""
    for _ in range(100):
        if path.exists() and path.read_text():
            return int(path.read_text())
        time.sleep(0.1)
    raise AssertionError(f"{path} was not written within 10 s")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pid: int) -> bool:
    for _ in range(50):
        if not is_running(pid):
            return True
        time.sleep(0.1)
    return False


def test_a_program_that_dies_ends_the_others_with_its_exit_code(tmp_path):
    other = tmp_path / "other"
    launcher = launch(other=SLEEPER.format(name=str(other)), dying="import sys, time; time.sleep(1); sys.exit(7)")

    assert launcher.wait(20) == 7
    assert not is_running(pid_in(other))


def test_a_program_that_ends_with_0_is_a_failure_too():
    launcher = launch(short="pass", long="import time; time.sleep(60)")

    assert launcher.wait(20) == 1


def test_a_program_that_a_signal_ended_is_reported_as_a_shell_does():
    launcher = launch(killed="import os; os.kill(os.getpid(), 9)")

    assert launcher.wait(20) == 128 + 9


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_it_ends_all_and_succeeds(tmp_path, number):
    first, second = tmp_path / "first", tmp_path / "second"
    launcher = launch(first=SLEEPER.format(name=str(first)), second=SLEEPER.format(name=str(second)))
    pids = [pid_in(first), pid_in(second)]

    launcher.send_signal(number)

    assert launcher.wait(20) == 0
    assert not any(is_running(pid) for pid in pids)


def test_it_says_once_that_it_is_ready():
    launcher = launch(one="import time; time.sleep(1)")

    output, _ = launcher.communicate(timeout=20)

    assert output == "ready\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_a_killed_launcher_leaves_nothing_behind(tmp_path):
    program = tmp_path / "program"
    launcher = launch(program=SLEEPER.format(name=str(program)))
    pid = pid_in(program)

    launcher.kill()

    assert wait_until_gone(pid)
