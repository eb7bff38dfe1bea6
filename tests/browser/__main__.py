# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python3 -m tests.browser`` creates the pictures of the page for the documentation."""

from __future__ import annotations

import os
import subprocess

from tests.bench import playbook
from tests.tools.cores import cores
from tests.tools.environments import environment
from tests.tools.places import REPOSITORY


def main() -> None:
    """Create the pictures in the environment that can control a browser."""
    core = cores()[-1]
    python = environment(core.interpreter, f"core-{core.version}", "browser") / "python"
    with playbook.collections() as folder:
        subprocess.run([python, "-m", "tests.browser.pictures"], env={**os.environ, "PYTHONPATH": str(folder)},
                       cwd=REPOSITORY, check=True)


if __name__ == "__main__":
    main()
