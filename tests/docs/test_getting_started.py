# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first steps give the result of the guide: the matrix of two hosts, computed without a connection."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from . import pages

GUIDE = (pages.REPOSITORY / "docs" / "getting-started.md").read_text(encoding="utf-8")


def test_the_first_command_says_what_the_guide_says(tmp_path):
    [inventory] = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
    [said] = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    [command] = re.findall(r"^ansible-playbook .* fleet\.ports\.plan$", GUIDE, re.MULTILINE)
    (tmp_path / "inventory.yml").write_text(inventory)
    program, *arguments = command.split()
    done = subprocess.run(
        [Path(sys.executable).parent / program, *arguments], cwd=tmp_path, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        env={**os.environ, "PWD": "/", "ANSIBLE_NOCOLOR": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    for line in said.splitlines():
        assert line in done.stdout
    for name in re.findall(r"`(fleet-ports/[\w.]+)`", GUIDE):
        assert (tmp_path / name).exists()
