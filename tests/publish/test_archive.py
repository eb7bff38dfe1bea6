# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The archive contains what users need and nothing else, and works after installation."""

from __future__ import annotations

import json
import tarfile

import pytest
import yaml
from tests import guides

FOR_USERS = {
    "CHANGELOG.md", "LICENSE", "README.md", "bindep.txt", "changelogs", "docs", "meta", "playbooks", "plugins",
    "requirements.txt", "roles", "tests",
}  # fmt: skip
OF_GALAXY = {"FILES.json", "MANIFEST.json"}


@pytest.fixture(name="files", scope="module")
def fixture_files(archive):
    """The files of the archive."""
    with tarfile.open(archive) as opened:
        return {member.name for member in opened if member.isfile()}


@pytest.fixture(name="installed", scope="module")
def fixture_installed(user, archive):
    """The collection, installed into an empty folder."""
    done = user.run("ansible-galaxy", "collection", "install", "--offline", "-p", user.home / "collections", archive)
    assert done.returncode == 0, done.stdout
    return user.home / "collections" / "ansible_collections" / "fleet" / "ports"


def test_it_holds_what_users_need_and_no_workshop(files):
    assert {name.split("/")[0] for name in files} == FOR_USERS | OF_GALAXY
    assert {name for name in files if name.startswith("tests/")} == {"tests/config.yml"}
    assert not [name for name in files if "/." in name and name != "changelogs/fragments/.keep"]


def test_it_holds_all_code(files):
    code = {name for name in guides.files() if name.startswith(("plugins/", "roles/", "playbooks/", "meta/"))}
    assert code and code - files == set()


def test_it_is_light(archive):
    assert archive.stat().st_size < 1_000_000


def test_what_is_installed_is_what_was_built(user, installed):
    done = user.run("ansible-galaxy", "collection", "verify", "--offline", "-p", installed.parents[2], "fleet.ports")
    assert done.returncode == 0, done.stdout


def test_plan_runs_where_only_the_archive_is(user, installed):
    example = (installed / "README.md").read_text().split("```yaml\n")[1].split("```")[0]
    hosts = {name for group in yaml.safe_load(example).values() for name in group["hosts"]}
    (user.home / "inventory.yml").write_text(example)
    done = user.run(
        "ansible-playbook", "-i", "inventory.yml", "fleet.ports.plan",
        ANSIBLE_COLLECTIONS_PATH=str(installed.parents[2]), ANSIBLE_LOCALHOST_WARNING="False",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert f"Hosts with a plan: {len(hosts)}." in done.stdout
    assert "WARNING" not in done.stdout
    assert set(json.loads((user.home / "fleet-ports" / "fleet.json").read_text())["plans"]) == hosts
