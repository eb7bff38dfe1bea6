# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The concern on a simulated host: what is computed and returned, and what is refused."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import concern
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

OTHER = port_owners.Owner("udp", "0.0.0.0", 623, 411, "python3", "stranger.service", False)
STATD = port_owners.Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)


def test_check_mode_returns_the_same_and_writes_nothing(host):
    before = host.everything()
    told = host.run(623, check_mode=True)
    assert host.everything() == before and host.log == []
    done = host.run(623)
    assert (told["changed"], told["diff"], told["held"]) == (done["changed"], done["diff"], done["held"])
    assert told["differences"] == done["differences"]


def test_the_diff_shows_each_file_and_what_the_holder_does(host):
    shown = {os.path.basename(diff["after_header"]): diff for diff in host.run(623)["diff"]}
    assert set(shown) == {"holder.py", "holds", "unit", "blacklist", "the holder"}
    assert shown["holder.py"]["after"].startswith("the holder's program, sha256 ")
    assert shown["blacklist"]["before"] == host.blacklist.decode()
    assert shown["the holder"]["before"] == "is stopped\n"
    assert shown["the holder"]["after"] == "holds 623/udp on 0.0.0.0\n"


def test_differences_are_returned_as_lines(host):
    host.run(623, 664)
    host.running, host.held = False, ()
    assert host.run(623, 664, check_mode=True)["differences"] == [
        {
            "where": "the holder",
            "unwanted": {"count": 1, "lines": ["is stopped"]},
            "missing": {"count": 2, "lines": ["holds 623/udp on 0.0.0.0", "holds 664/udp on 0.0.0.0"]},
        }
    ]


def test_an_empty_list_restores_the_host_as_well(host):
    before = host.everything()
    host.run(623)
    assert host.run()["changed"]
    assert host.everything() == before


def test_another_program_is_named_and_nothing_is_changed(host):
    host.obstacles = {623: [OTHER]}
    before = host.everything()
    for check_mode in (True, False):
        with pytest.raises(HostError) as error:
            host.run(623, 664, check_mode=check_mode)
        assert str(error.value) == (
            "Cannot hold the ports: python3 (PID 411, unit stranger.service) has 623/udp on 0.0.0.0. "
            "Stop the program or configure another port for it, then run again. The holder was left unchanged."
        )
    assert host.everything() == before and host.log == []
    host.obstacles = {}
    assert host.run(623, 664)["changed"] and host.running


def test_a_conflicting_daemon_is_refused_if_it_may_not_be_restarted(host):
    host.obstacles = {664: [STATD]}
    with pytest.raises(HostError, match=r"rpc\.statd \(PID 412, unit rpc-statd\.service\) has 664/udp on 127\.0\.0\.1"):
        host.run(664, restart_conflicting_daemons=False)
    assert host.log == []


def test_no_daemon_is_restarted_if_another_program_conflicts_as_well(host):
    host.obstacles = {623: [OTHER], 664: [STATD]}
    with pytest.raises(HostError) as error:
        host.run(623, 664)
    assert "rpc.statd" not in str(error.value) and host.log == []


def test_an_unknown_owner_of_a_port_is_reported(host):
    host.obstacles = {623: [None]}
    with pytest.raises(HostError, match="a program that the kernel does not name has 623/udp"):
        host.run(623)


def test_the_addresses_of_an_interface_are_held(host, monkeypatch):
    monkeypatch.setattr(concern.sockets, "addresses_of", lambda run, interface: {"eth0": ["192.0.2.10"]}[interface])
    assert host.run(623, interface="eth0")["held"] == [dict(port=623, protocol="udp", address="192.0.2.10")]
    assert host.run(623, addresses=["192.0.2.11"])["held"] == [dict(port=623, protocol="udp", address="192.0.2.11")]


def test_root_is_needed(host, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for params in (dict(), dict(state="absent")):
        with pytest.raises(HostError, match=r"^Only root may hold ports; use become\.$"):
            host.run(623, **params)
