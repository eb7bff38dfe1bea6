# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The commands of CONTRIBUTING.md, run in a clone: passing tests, a fragment and a release."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from tests.guides import REPOSITORY, Guide, clone, follow

GUIDE = Guide("CONTRIBUTING.md")
# Those are followed where the lab is tested.
OF_THE_LAB = [commands for commands in GUIDE.run if "tests.lab" in commands]


@pytest.fixture(name="followed", scope="module")
def fixture_followed():
    """A clone, and the output of the commands. Its path is constant, because the cache keeps a copy of each clone."""
    clones = REPOSITORY / "tests" / "output" / "clones"
    shutil.rmtree(clones, ignore_errors=True)
    folder = clones / "ansible_collections" / "fleet" / "ports"
    clone(folder)
    environment = {
        **{name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
    }
    commands = [each for each in GUIDE.run if each not in OF_THE_LAB]
    return folder, follow("\n".join(["git init --quiet", *commands]), folder, environment)


def test_the_guide_leads_to_green_tests(followed):
    _folder, done = followed
    assert done.returncode == 0, done.stdout
    [(passed, failed)] = re.findall(r"(?m)^(\d+) passed, (\d+) failed$", done.stdout)
    assert int(passed) > 0 and failed == "0", done.stdout


def test_a_fragment_becomes_a_line_of_the_next_release(followed):
    folder, done = followed
    assert done.returncode == 0, done.stdout
    [line] = re.findall(r"(?m)^  - (port_holds - .*)$", GUIDE.text)
    assert line.rstrip(".") in (folder / "CHANGELOG.md").read_text().replace("\\", "")
    assert '<a id="v1-1-0"></a>' in (folder / "CHANGELOG.md").read_text()


def test_what_is_not_run_is_the_clone_and_the_suites_themselves():
    words = [line.split()[:2] for commands in GUIDE.not_run for line in commands.splitlines()]
    assert words[:2] == [["git", "clone"], ["cd", "fleet.ports"]]
    targets = set(re.findall(r"(?m)^([a-z -]+):", (REPOSITORY / "Makefile").read_text().replace("\\\n", "")))
    known = {name for line in targets for name in line.split()}
    assert all(program == "make" and suite in known for program, suite in words[2:])


def test_every_path_that_it_names_is_there():
    named = re.findall(r"`((?:plugins|roles|playbooks|tests|changelogs|docs)[\w/.-]*)`|\]\(([^)#]+)\)", GUIDE.text)
    paths = {inline or link for inline, link in named}
    assert paths
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []
