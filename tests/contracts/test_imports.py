# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The contracts of imports.ini: the collection keeps all of them, and imports against one break it."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONTRACTS = Path(__file__).with_name("imports.ini")
PLUGINS = Path(__file__).resolve().parents[2] / "plugins"
ROOT = "ansible_collections.fleet.ports.plugins"
IDENTIFIERS = re.findall(r"^\[importlinter:contract:(.+)\]$", CONTRACTS.read_text(encoding="utf-8"), re.MULTILINE)

# Imports against a contract, each as importer and imported: modules that are added to a copy of the collection, or that
# are not of it.
BREACHES = [
    ("managed-node", ["module_utils._host.new -> module_utils._net.new"]),
    ("managed-node", ["module_utils._net.new -> module_utils._pins.new"]),
    ("managed-node", ["module_utils._pins.new -> module_utils._jobs.new"]),
    ("managed-node", ["module_utils._jobs.new -> module_utils._windows.new"]),
    ("managed-node", ["module_utils._commit.new -> module_utils._flows.new"]),
    ("managed-node", ["module_utils._flows.new -> module_utils._concerns.new"]),
    ("managed-node", ["module_utils._holds.new -> module_utils._probe.new"]),
    ("managed-node", ["module_utils._services.new -> module_utils._holds.new"]),
    ("managed-node", ["module_utils._package_without_a_floor.new -> module_utils._host.new"]),
    ("controller", ["plugin_utils._common.new -> plugin_utils._net.new"]),
    ("controller", ["plugin_utils._inventory.new -> plugin_utils._topology.new"]),
    ("controller", ["plugin_utils._plan.new -> plugin_utils._report.new"]),
    ("controller", ["plugin_utils._runs.new -> plugin_utils._verify.new"]),
    ("kinds", ["module_utils._host.new -> modules.new"]),
    ("kinds", ["plugin_utils._common.new -> filter.new"]),
    ("kinds", ["action.new -> filter.new"]),
    ("circles", ["module_utils._host.new -> module_utils._host.newer",
                 "module_utils._host.newer -> module_utils._host.new"]),
    ("circles", ["plugin_utils._plan.new -> plugin_utils._report.new",
                 "plugin_utils._report.newer -> plugin_utils._plan.newer"]),
    ("node-without-controller", ["module_utils._net.new -> plugin_utils._net.new"]),
    ("controller-without-node", ["plugin_utils._net.new -> module_utils._net.new"]),
    ("controller-without-node", ["action.new -> modules.new"]),
    ("shared-compilers", ["module_utils._flows.aix_ipsec.compiler.new -> module_utils._host.new",
                          "module_utils._host.new -> subprocess"]),
    ("node-without-ansible", ["module_utils._host.new -> ansible.module_utils.basic"]),
]  # fmt: skip


@pytest.fixture(name="copy")
def fixture_copy(tmp_path):
    """A copy of the plugins in the folder that gives them their names."""
    shutil.copytree(PLUGINS, tmp_path / ROOT.replace(".", "/"), ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def check(folder, contract):
    """What import-linter says of a contract, and whether it is kept."""
    command = [str(Path(sys.executable).with_name("lint-imports")), str(CONTRACTS), "--contract", contract]
    done = subprocess.run([*command, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False)
    assert ("1 kept, 0 broken" in done.stdout) is (done.returncode == 0), done.stdout + done.stderr
    return done.returncode == 0, done.stdout


def add(folder, edge):
    """Add two modules, one that imports the other; of modules that are not of the collection only the import."""
    importer, imported = edge.split(" -> ")
    target = imported
    if imported.startswith(("module", "plugin", "filter", "action")):
        target = f"{ROOT}.{imported}"
        _file(folder, imported).touch()
    with _file(folder, importer).open("a", encoding="utf-8") as file:
        file.write(f"import {target}\n")


def _file(folder, module):
    path = folder / f"{ROOT}.{module}".replace(".", "/")
    path.parent.mkdir(exist_ok=True)
    return path.with_name(f"{path.name}.py")


@pytest.mark.parametrize("contract", IDENTIFIERS)
def test_a_contract_is_kept(copy, contract):
    kept, output = check(copy, contract)
    assert kept, output


@pytest.mark.parametrize("contract, imports", BREACHES, ids=lambda value: value if isinstance(value, str) else value[0])
def test_a_breach_is_found(copy, contract, imports):
    for edge in imports:
        add(copy, edge)
    kept, output = check(copy, contract)
    assert not kept, output


def test_every_contract_is_tried():
    assert {contract for contract, _imports in BREACHES} == set(IDENTIFIERS)
