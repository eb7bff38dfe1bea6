# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module nim_topology_info against a simulated NIM master."""

import pytest

pytest.importorskip("ansible")

from ansible_collections.fleet.ports.plugins.module_utils._host import commands
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._nim import database
from ansible_collections.fleet.ports.plugins.modules import nim_topology_info
from ansible_collections.fleet.ports.tests.lab.aix.host import Host
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule

NIM = {
    "master": {"class": "machines", "type": "master", "if1": "servers 192.0.2.30 0"},
    "servers": {"class": "networks", "type": "ent", "net_addr": "192.0.2.0", "snm": "255.255.255.0"},
    "client01": {"class": "machines", "type": "standalone", "connect": "ssh", "if1": "servers 192.0.2.31 0"},
}


@pytest.fixture(name="module")
def fixture_module(tmp_path, monkeypatch):
    host = Host.install(tmp_path, nim=NIM)
    monkeypatch.setattr(commands, "run", lambda command: tuple(host.run(command)))
    monkeypatch.setattr(commands, "find", lambda name: "/usr/sbin/" + name)
    module = FakeModule()
    module.host = host
    return module


def test_it_reads_the_database_once(module):
    result = nim_topology_info.run(module)
    assert result["changed"] is False
    assert result["topology"]["client01"]["roles"] == ["nim_client"]
    assert result["topology"]["master"]["variables"]["fleet_ports_addresses"] == ["192.0.2.30"]
    assert (result["networks"], result["unresolved"]) == ({"servers": "192.0.2.0/24"}, [])
    assert module.host.calls() == [["lsnim", "-l"]]
    assert [text.partition(",")[0] for text in module.warnings] == ["The NIM machine client01 has connect = ssh"]


def test_unresolved_machines_are_omitted(module, monkeypatch):
    monkeypatch.setattr(database, "addresses", lambda name: [])
    result = nim_topology_info.run(module)
    assert (result["topology"], len(result["unresolved"])) == ({}, 2)


def test_a_host_without_lsnim_is_refused(module, monkeypatch):
    monkeypatch.setattr(commands, "find", lambda name: None)
    with pytest.raises(HostError) as error:
        nim_topology_info.run(module)
    assert str(error.value) == (
        "lsnim is missing, so this host is not a NIM master; run nim_topology_info on the master, "
        "or install the fileset bos.sysmgt.nim.master."
    )


def test_a_failing_lsnim_is_one_sentence(module):
    module.host.fault("lsnim", message="0042-001 lsnim: processing error\nencountered.")
    with pytest.raises(HostError) as error:
        nim_topology_info.run(module)
    assert str(error.value) == "'lsnim -l' failed: 0042-001 lsnim: processing error encountered."
