# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Commands that set something up: silent if they succeed, one error with the end of what they said if not."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

_LINES_SHOWN = 15


class SetUpError(Exception):
    """What stands in the way of the tests."""


def quietly(what: str, command: Sequence[str | Path], **settings) -> str:
    """Run a command without input and return what it said; ``what`` names what it makes."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, **settings)
    if done.returncode:
        said = "\n".join(done.stdout.splitlines()[-_LINES_SHOWN:])
        raise SetUpError(f"{what} could not be made; {Path(command[0]).name} said:\n{said}")
    return done.stdout
