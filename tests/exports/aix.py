# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The simulated AIX of the lab for shell scripts: its programs in a folder, and the packets that its filter permits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from ansible_collections.fleet.ports.tests.lab.aix.host import PROGRAMS, Host

_LAB = Path(__file__).parents[1] / "lab"

_PROGRAM = f"""#!{sys.executable} -IS
import sys

sys.path.insert(0, {str(_LAB)!r})

from aix.entry import main

sys.exit(main())
"""


class Machine:
    """A host with only the simulated programs, and a filter with the default action deny (``D``) or permit (``P``)."""

    def __init__(self, folder: Path, default: str = "D") -> None:
        self._folder = folder
        self.host = Host.install(folder / "state")
        self.programs = programs = folder / "programs"
        programs.mkdir()
        for name in PROGRAMS:
            (programs / name).write_text(_PROGRAM)
            (programs / name).chmod(0o755)
        self._environ = {"PATH": f"{programs}:{os.defpath}", "AIX_SIMULATOR": str(folder / "state")}
        for family in ("4", "6"):
            self.host.run(["mkdev", "-c", "ipsec", "-t", family])
            self.host.run(["mkfilt", f"-v{family}", "-u", "-z", default])

    def run(self, script: str, *words: str) -> subprocess.CompletedProcess[str]:
        path = self._folder / "script.sh"
        path.write_text(script)
        return subprocess.run(["sh", path, *words], env=self._environ, capture_output=True, text=True, check=False)

    def filters(self) -> dict:
        """Both tables of both families, without the time of their activation."""
        found = self.host.store.read()["filters"]
        for family in found.values():
            if family["active"]:
                del family["active"]["since"]
        return found
