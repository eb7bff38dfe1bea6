# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""ansible-builder creates a build context from execution-environment.yml that contains everything a job needs."""

from __future__ import annotations

import shutil
import subprocess

import pytest
import yaml

from .conftest import BIN
from .objects import PROJECT

REPOSITORY = PROJECT.parent
DEFINITION = yaml.safe_load((PROJECT / "execution-environment.yml").read_text())


@pytest.fixture(name="context", scope="module")
def fixture_context(tmp_path_factory):
    """The build context, created by the command of the guide."""
    folder = tmp_path_factory.mktemp("image")
    shutil.copy(PROJECT / "execution-environment.yml", folder)
    for command in (
        ["ansible-galaxy", "collection", "build", REPOSITORY, "--output-path", folder],
        ["ansible-builder", "create"],
    ):
        done = subprocess.run([BIN / command[0], *command[1:]], cwd=folder, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    return folder / "context"


def test_the_archive_is_where_the_image_looks_for_it(context):
    [collection] = yaml.safe_load((context / "_build" / "requirements.yml").read_text())["collections"]
    # The whole of _build becomes /build in the image.
    assert collection["name"].startswith("/build/")
    assert (context / "_build" / collection["name"].removeprefix("/build/")).is_file()
    assert "COPY _build /build" in next(context.glob("*ile")).read_text()


def test_the_archive_is_of_this_version():
    version = yaml.safe_load((REPOSITORY / "galaxy.yml").read_text())["version"]
    [collection] = DEFINITION["dependencies"]["galaxy"]["collections"]
    assert collection["name"].endswith(f"/fleet-ports-{version}.tar.gz")
    assert [each["src"] for each in DEFINITION["additional_build_files"]] == [f"fleet-ports-{version}.tar.gz"]
    settings = yaml.safe_load((PROJECT / "objects" / "settings.yml").read_text())
    assert settings["fleet_ports_awx_image"].endswith(f":{version}")


def test_the_image_gets_what_the_collection_needs(context):
    """In the image, ansible-builder reads it with the same program that it puts into the context."""
    introspect = context / "_build" / "scripts" / "introspect.py"
    layout = context / "usr" / "ansible_collections" / "fleet" / "ports"
    layout.mkdir(parents=True)
    [archive] = (context / "_build" / "archives").iterdir()
    subprocess.run(["tar", "-xzf", archive, "-C", layout], check=True)
    words = [BIN / "python", introspect, "introspect", context / "usr", "--write-pip", context / "pip.txt"]
    words += ["--write-bindep", context / "bindep.txt"]
    subprocess.run(words, check=True, capture_output=True)
    wanted = (context / "pip.txt").read_text()
    assert "netaddr>=" in wanted and "jmespath>=" in wanted
    assert "openssh-client" in (context / "bindep.txt").read_text()
