# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder, killed at one of its steps; systemd starts this file in its place, within the same walls.

The number of the step stands in a file, which counts for one start only.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
from pathlib import Path

UNIT = "fleet-ports-holder.service"
PROGRAM = "/etc/fleet.ports/holder.py"
ARMED, NOW, RESULT = (Path("/run") / name for name in ("fault-armed", "fault-now", "fault-result"))
DROP_IN = Path(f"/run/systemd/system/{UNIT}.d/fault.conf")
SETTINGS = f"""\
[Unit]
StartLimitIntervalSec=0
[Service]
ExecStartPre=+/bin/sh -c 'rm -f {NOW}; mv {ARMED} {NOW}; true'
ExecStart=
ExecStart=/usr/bin/python3 -I -S -B {os.path.abspath(__file__)}
ExecStopPost=+/bin/sh -c 'echo $SERVICE_RESULT >> {RESULT}'
"""


def arm(number: int) -> None:
    """Let the next start of the holder be killed before the step of this number."""
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    DROP_IN.write_text(SETTINGS)
    subprocess.run(["systemctl", "daemon-reload"], check=True)
    RESULT.unlink(missing_ok=True)
    ARMED.write_text(str(number))


def disarm() -> None:
    """Let the holder be what it is."""
    DROP_IN.unlink()
    DROP_IN.parent.rmdir()
    subprocess.run(["systemctl", "daemon-reload"], check=True)


def was_killed() -> bool:
    """Whether it had a step of that number."""
    return RESULT.exists() and "signal" in RESULT.read_text()


if __name__ == "__main__":
    sys.path.append(os.path.dirname(__file__))
    from steps import Steps, kill

    if NOW.exists():
        Steps(int(NOW.read_text()), kill).count(2)
    runpy.run_path(PROGRAM, run_name="__main__")
