# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The program of a job: it needs nothing but Python, and can make itself again."""

import subprocess
import sys
import time
import zipfile

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._jobs import archive

PROBE = """
def main():
    from ansible_collections.fleet.ports.plugins.module_utils._jobs import archive
    import sys
    sys.stdout.buffer.write(archive.archive("_probe_main"))
"""


@pytest.fixture(name="program")
def fixture_program(tmp_path):
    path = tmp_path / "program.zip"
    path.write_bytes(archive.archive("_probe_main"))
    with zipfile.ZipFile(str(path), "a") as whole:
        whole.writestr(archive.PACKAGE + "_probe_main.py", PROBE)
    return path


def test_it_contains_the_package_and_nothing_else(program):
    names = zipfile.ZipFile(str(program)).namelist()
    assert archive.PACKAGE + "_host/atomic_file.py" in names
    assert all(name == "__main__.py" or name.startswith("ansible_collections/") for name in names)
    assert not [name for name in names if "/modules/" in name or "/plugin_utils/" in name]


def test_it_runs_on_its_own_and_makes_the_same_program_again(program, tmp_path):
    made = subprocess.check_output([sys.executable, "-I", "-B", str(program)], cwd="/")
    (tmp_path / "again.zip").write_bytes(made)
    first, second = (zipfile.ZipFile(str(tmp_path / name)) for name in ("program.zip", "again.zip"))
    assert sorted(first.namelist()) == sorted(second.namelist())
    assert all(first.read(name) == second.read(name) for name in first.namelist())
    assert subprocess.check_output([sys.executable, "-I", "-B", str(tmp_path / "again.zip")], cwd="/") == made


def test_the_same_program_is_the_same_file_whenever_it_is_made(monkeypatch):
    made = archive.archive("_probe_main")
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert archive.archive("_probe_main") == made
    assert archive.archive("_another_main") != made
