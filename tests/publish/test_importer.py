# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Galaxy's importer accepts the archive without warnings, and finds its complete content."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from tests.guides import REPOSITORY

CONFIGURATION = Path(__file__).with_name("galaxy-importer.cfg")
COMPLAINTS = ("WARNING", "ERROR", "CRITICAL", "Traceback")


@pytest.fixture(name="imported", scope="module")
def fixture_imported(user, archive):
    """The importer after its run."""
    return user.run(
        sys.executable, "-m", "galaxy_importer.main", archive,
        GALAXY_IMPORTER_CONFIG=str(CONFIGURATION), GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP=str(user.home / "importer"),
    )  # fmt: skip


def test_the_importer_has_nothing_to_complain_of(imported):
    assert [line for line in imported.stdout.splitlines() if line.startswith(COMPLAINTS)] == []
    assert imported.returncode == 0, imported.stdout
    for said in ("Getting doc strings via ansible-doc", "...ansible-lint run complete", "completed successfully"):
        assert said in imported.stdout


def test_it_finds_every_module_role_and_playbook_with_its_documentation(imported, user):
    assert imported.returncode == 0, imported.stdout
    result = json.loads((user.home / "importer_result.json").read_text())
    found = {(each["content_type"], each["name"]) for each in result["contents"]}
    assert {name for kind, name in found if kind == "module"} == _stems("plugins/modules/*.py")
    assert {name for kind, name in found if kind == "role"} == _stems("roles/*")
    assert {name for kind, name in found if kind == "playbook"} == {f"{n}.yml" for n in _stems("playbooks/*.yml")}
    documented = {
        each["content_name"]
        for each in result["docs_blob"]["contents"]
        if each["content_type"] == "module" and each["doc_strings"]["doc"]["short_description"]
    }
    assert documented == _stems("plugins/modules/*.py")


def _stems(pattern: str) -> set[str]:
    return {path.stem for path in REPOSITORY.glob(pattern) if path.stem != "__init__"}
