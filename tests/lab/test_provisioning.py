# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Playbooks of somebody else's: provisioning with the four roles one by one, and the port matrix alone."""

from __future__ import annotations

import json

import pytest

from .controller import REPOSITORY
from .probes import fingerprint, ruleset, takeable

pytestmark = pytest.mark.any_core

EXAMPLES = REPOSITORY / "docs" / "examples"
# The new machine is in none of our groups; that it is a NIM client, serves NFS and has a BMC, the playbook says.
INVENTORY = {
    "nim_masters": {"hosts": {"master01": {"ansible_host": "192.0.2.10"}}},
    "new_machines": {"hosts": {"client02": {"ansible_host": "198.51.100.12"}}},
    "nim_clients": {"hosts": {"lpar7": {"ansible_host": "198.51.100.7", "nim_communication": "rsh"}}},
    "all": {"vars": {"nim_concurrent_operations": 2}},
}
CONCERNS = {"flows", "holds", "pins", "services"}


@pytest.fixture(scope="module", autouse=True)
def fresh(lab):
    """The new machine as it was installed."""
    lab.renew("client02")


@pytest.fixture(name="run", scope="module")
def fixture_run(playbook, tmp_path_factory):
    """Run an example on this inventory."""
    inventory = tmp_path_factory.mktemp("inventory") / "inventory.json"
    inventory.write_text(json.dumps(INVENTORY))
    return lambda name, *arguments, **extra_vars: playbook(
        EXAMPLES / name, "-i", str(inventory), *arguments, extra_vars=extra_vars
    )


def test_provisioning_is_predicted_then_done_then_nothing_more(run, host):
    machine = host("client02")
    before = fingerprint(machine), ruleset(machine)
    predicted = run("provisioning.yml", "--check")
    assert predicted.status == 0, predicted.output
    assert "Named: True. Held: True. Pinned: True. Opened: True." in predicted.output
    assert (fingerprint(machine), ruleset(machine)) == before

    done = run("provisioning.yml")
    assert done.status == 0, done.output
    assert set(machine.run("ls /var/lib/fleet.ports").split()) >= {f"{concern}.json" for concern in CONCERNS}
    assert takeable(machine) == []
    assert "rmcp" in machine.run("getent services rmcp/udp")
    assert "20048" in machine.run("cat /etc/nfs.conf.d/zz-fleet.ports.conf")
    assert "192.0.2.10" in ruleset(machine)

    again = run("provisioning.yml")
    assert again.status == 0, again.output
    assert again.changed_hosts() == []


def test_the_machine_can_be_given_back_like_any_other(playbook, host):
    run = playbook("fleet.ports.remove", "--limit", "client02")
    assert run.status == 0, run.output
    assert not host("client02").succeeds("ls /var/lib/fleet.ports/*.json")


def test_the_matrix_alone_says_what_a_security_group_needs(run, tmp_path):
    done = run("security_groups.yml", security_groups=str(tmp_path / "rules.json"))
    assert done.status == 0, done.output
    rules = json.loads((tmp_path / "rules.json").read_text())
    assert set(rules) == {"master01", "lpar7"}
    assert rules["lpar7"]["peers"]["nim_master"] == ["192.0.2.10/32"]
    shell = [rule for rule in rules["lpar7"]["rules"] if rule["ports"] == ["514"]]
    assert shell and {rule["from"] for rule in shell} == {"nim_master"}
    opened = {port for rule in rules["master01"]["rules"] for port in rule["ports"]}
    assert opened >= {"67", "69", "111", "2049", "20048"}
