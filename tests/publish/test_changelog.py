# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changelog of the version in galaxy.yml, as written by antsibull-changelog."""

from __future__ import annotations

import re

import pytest
import yaml
from tests.guides import REPOSITORY


@pytest.fixture(name="releases", scope="module")
def fixture_releases():
    """The entries of the changelog, by version."""
    return yaml.safe_load((REPOSITORY / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))["releases"]


def test_this_version_is_dated_and_summed_up(releases, galaxy):
    release = releases[galaxy["version"]]
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", str(release["release_date"]))
    assert release["changes"]["release_summary"]
    assert f'<a id="v{galaxy["version"].replace(".", "-")}"></a>' in (REPOSITORY / "CHANGELOG.md").read_text()


@pytest.mark.parametrize(
    ("pattern", "listed"),
    [
        ("plugins/modules/*.py", lambda release: release.get("modules", [])),
        ("plugins/filter/*.py", lambda release: release.get("plugins", {}).get("filter", [])),
        ("roles/*/meta/argument_specs.yml", lambda release: release.get("objects", {}).get("role", [])),
    ],
)
def test_a_release_lists_what_came_with_it(releases, pattern, listed):
    came = {_name(path): _version_added(path) for path in REPOSITORY.glob(pattern)}
    assert came
    for version, release in releases.items():
        assert {each["name"] for each in listed(release)} == {name for name in came if came[name] == version}


def _name(path):
    return path.parents[1].name if path.name == "argument_specs.yml" else path.stem


def _version_added(path):
    return re.search(r"version_added: [\"']?([0-9.]+)", path.read_text(encoding="utf-8")).group(1)
