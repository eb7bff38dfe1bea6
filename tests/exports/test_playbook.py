# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The playbook plan with fleet_ports_export: values from surveys, unchanged files, and errors."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.fleet.ports.plugins.modules import policy_export

BIN = Path(sys.executable).parent

INVENTORY = {
    "all": {
        "children": {
            "nim_masters": {"hosts": {"nim01": {"ansible_host": "192.0.2.1", "fleet_ports_system": "aix"}}},
            "nim_clients": {
                "hosts": {"lpar01": {"ansible_host": "198.51.100.1"}, "lpar02": {"ansible_host": "2001:db8::2"}}
            },
            "bmc_hosts": {"hosts": {"node01": {"ansible_host": "198.51.100.9"}}},
        }
    }
}
PLATFORMS = ("cisco_asa", "cisco_ios", "juniper_srx", "palo_alto", "fortinet", "nftables")


@pytest.fixture(name="play")
def fixture_play(tmp_path):
    """Run a playbook; return its output, which must be printable."""
    (tmp_path / "inventory.yml").write_text(yaml.safe_dump(INVENTORY))

    def run(*arguments, **environ):
        done = subprocess.run(
            [BIN / "ansible-playbook", "-i", "inventory.yml", *arguments],
            cwd=tmp_path, env={**os.environ, "ANSIBLE_NOCOLOR": "1", **environ},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stdout + done.stderr
        return done.stdout

    return run


@pytest.fixture(name="plan")
def fixture_plan(play, tmp_path):
    """Run the playbook plan."""

    def run(export, *arguments, **environ):
        answers = {"fleet_ports_export": export, "fleet_ports_report_dir": str(tmp_path / "reports")}
        return play("fleet.ports.plan", "-e", json.dumps(answers), *arguments, **environ)

    return run


def files(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def message(output):
    return re.search(r'"msg": "(.*?)"}', output).group(1)


def test_names_as_a_survey_gives_them(plan, tmp_path):
    """Files are written in check mode as well, because they are no change of a host."""
    reports = tmp_path / "reports"
    output = plan("fortinet, host_nft,host_genfilt", "--check", "--diff")
    assert "changed=2" in output and "+config firewall policy" in output
    before = files(reports)
    assert sorted(name for name in before if name.startswith("policies/")) == [
        "policies/fortinet.conf", "policies/host_genfilt/nim01.sh", "policies/host_nft/lpar01.sh",
        "policies/host_nft/lpar02.sh",
    ]  # fmt: skip
    assert {path.stat().st_mode & 0o077 for path in reports.rglob("*")} == {0}
    assert "changed=0" in plan("fortinet, host_nft,host_genfilt")
    assert files(reports) == before


def test_an_empty_answer_asks_for_nothing(plan, tmp_path):
    assert "failed=0" in plan("")
    assert not (tmp_path / "reports" / "policies").exists()


def test_aclgen_writes_the_same_from_the_policy(plan, tmp_path):
    plan(",".join(("aerleon", *PLATFORMS)))
    policies = tmp_path / "reports" / "policies"
    (tmp_path / "written").mkdir()
    subprocess.run(
        [BIN / "aclgen", "--base_directory", "policies", "--definitions_directory", "def", "--output_directory",
         tmp_path / "written"],
        cwd=policies / "aerleon", check=True, capture_output=True,
    )  # fmt: skip
    written = {path.suffix: path.read_text().rstrip() for path in (tmp_path / "written").iterdir()}
    assert len(written) == len(PLATFORMS)
    for name, suffix in (("cisco_asa.cfg", ".asa"), ("cisco_ios.cfg", ".acl"), ("palo_alto.xml", ".xml")):
        assert (policies / name).read_text().rstrip() == written[suffix]


def test_what_is_left_out_is_said(plan):
    output = plan("cisco_asa", "-e", '{"fleet_ports_addresses": ["192.0.2.77", "2001:db8::77"]}')
    assert "aerleon has no IPv6 support for cisco_asa" in output


def test_without_aerleon(plan, tmp_path):
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "aerleon.py").write_text("raise ImportError('not here')\n")
    path = os.pathsep.join((str(tmp_path / "hidden"), os.environ.get("PYTHONPATH", "")))
    assert message(plan("host_nft,nftables", PYTHONPATH=path)) == (
        "Format nftables requires the Python package aerleon on the controller or in its execution environment. "
        "Install it with 'pip install aerleon'."
    )
    assert not (tmp_path / "reports" / "policies").exists(), "half of it was written"


def test_the_examples_run(play, tmp_path):
    tasks = yaml.safe_load(policy_export.EXAMPLES)
    (tmp_path / "examples.yml").write_text(yaml.safe_dump([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    assert "failed=0" in play("examples.yml")
    assert sorted(path.name for path in (tmp_path / "policies").iterdir()) == [
        "aerleon", "cisco_asa.cfg", "host_nft", "juniper_srx.conf",
    ]  # fmt: skip
