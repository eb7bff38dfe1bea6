# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module port_holds on a made-up host: what it changes, returns and refuses, and that it never does half of it."""

import os
import socket

import pytest

pytest.importorskip("ansible")

from ansible_collections.fleet.ports.plugins.module_utils._holds import (
    bindresvport,
    holder,
    holder_files,
    obstacles,
    present,
)
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._holds.managers import detect, holder_state
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, interpreter, port_owners, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.modules import port_holds

STRANGER = port_owners.Owner("udp", "0.0.0.0", 623, 411, "python3", "stranger.service", False)
STATD = port_owners.Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)
BLACKLIST = b"631 # cups\n"


class Module:
    """What the module sees of Ansible, once the options are parsed."""

    def __init__(self, check_mode=False, **params):
        self.params = dict(dict(addresses=[], interface=None, restart_takers=True, holds=[], state="present"), **params)
        self.check_mode = check_mode
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)


class Daemons:
    """The services of the host's RPC daemons."""

    def __init__(self, log):
        self.log = log

    def service(self, owner):
        return owner.unit if owner.program == "rpc.statd" else None

    def clarified(self, owner):
        return owner

    def with_dependents(self, services):
        return services

    def stop(self, services):
        self.log.append("stop " + " ".join(services))

    def start(self, services):
        self.log.append("start " + " ".join(services))


class Host:
    """A host: its files, its service manager and its ports are made up, and so is who has them."""

    def __init__(self, folder):
        self.folder = folder
        self.unit = os.path.join(folder, "unit")
        self.log = []
        self.running = False
        self.enabled = False
        self.held = ()
        self.obstacles = {}
        self.faster = {}
        self.fails = False

    # The service manager

    def daemons(self, run):
        return Daemons(self.log)

    def files(self, command):
        return {self.unit: (command.encode(), 0o644)}

    def state(self):
        return holder_state.State(1, self.held, self.enabled) if self.running else holder_state.STOPPED

    def bring_up(self, running, renewed):
        self.log.append("bring up")
        if self.fails:
            raise HostError("'systemctl restart' failed: no.")
        self.obstacles.update(self.faster)
        wanted = [hold for hold in holder.parse(atomic_file.read(holder.LIST).decode()) if holder.spoken(hold)]
        self.held = tuple(hold for hold in wanted if hold.port not in self.obstacles or self.log[0].startswith("stop"))
        self.running = self.enabled = True

    def take_down(self):
        self.log.append("take down")
        self.running = self.enabled = False
        self.held = ()

    def forget(self):
        self.log.append("forget")

    # The kernel

    def find(self, holds, state):
        return [
            obstacles.Obstacle(hold, owner)
            for hold in holds
            for owner in self.obstacles.get(hold.port, [])
            if hold not in self.held
        ]

    # The run

    def run(self, *ports, **params):
        del self.log[:]
        params.setdefault("holds", [dict(port=port, protocol="udp") for port in ports])
        self.module = Module(**params)
        return port_holds.run(self.module)

    def everything(self):
        return {
            os.path.relpath(os.path.join(root, name), self.folder): atomic_file.read(os.path.join(root, name))
            for root, _folders, names in os.walk(self.folder)
            for name in names
        }


@pytest.fixture
def host(tmp_path, monkeypatch):
    host = Host(str(tmp_path))
    etc = os.path.join(host.folder, "etc")
    monkeypatch.setattr(holder_files, "FOLDER", etc)
    monkeypatch.setattr(holder_files, "PROGRAM", os.path.join(etc, "holder.py"))
    monkeypatch.setattr(holder, "LIST", os.path.join(etc, "holds"))
    monkeypatch.setattr(bindresvport, "PATH", os.path.join(host.folder, "blacklist"))
    monkeypatch.setattr(records, "FOLDER", os.path.join(host.folder, "records"))
    monkeypatch.setattr(detect, "find", lambda run: host)
    monkeypatch.setattr(interpreter, "choose", lambda run, imports, approved: "/usr/bin/python3")
    monkeypatch.setattr(obstacles, "find", host.find)
    monkeypatch.setattr(holder, "spoken", lambda hold: hold.family == socket.AF_INET)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with open(bindresvport.PATH, "wb") as file:
        file.write(BLACKLIST)
    return host


def test_ports_are_held_and_then_nothing_is_left_to_do(host):
    result = host.run(623, 664)
    assert result["changed"] and result["owned"] == ["holds"]
    assert result["held"] == [dict(port=port, protocol="udp", address="0.0.0.0") for port in (623, 664)]
    assert host.held == (Hold("udp", "0.0.0.0", 623), Hold("udp", "0.0.0.0", 664))
    before = host.everything()
    result = host.run(623, 664)
    assert not result["changed"] and result["diff"] == [] and host.log == []
    assert host.everything() == before


def test_check_mode_tells_the_same_and_writes_nothing(host):
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
    assert shown["blacklist"]["before"] == BLACKLIST.decode()
    assert shown["the holder"]["before"] == "is stopped\n"
    assert shown["the holder"]["after"] == "holds 623/udp on 0.0.0.0\n"


def test_what_differs_is_said_in_lines(host):
    host.run(623, 664)
    host.running, host.held = False, ()
    assert host.run(623, 664, check_mode=True)["differences"] == [
        {
            "where": "the holder",
            "unwanted": {"count": 1, "lines": ["is stopped"]},
            "missing": {"count": 2, "lines": ["holds 623/udp on 0.0.0.0", "holds 664/udp on 0.0.0.0"]},
        }
    ]


def test_a_host_is_given_back_byte_for_byte(host):
    before = host.everything()
    host.run(623)
    told = host.run(state="absent", check_mode=True)
    assert host.running
    result = host.run(state="absent")
    assert result["changed"] and told["diff"] == result["diff"] and result["owned"] == []
    assert host.log == ["take down", "forget"]
    assert host.everything() == before
    assert not host.run(state="absent")["changed"]


def test_an_empty_list_gives_the_host_back_as_well(host):
    before = host.everything()
    host.run(623)
    assert host.run()["changed"]
    assert host.everything() == before


def test_a_stranger_is_named_and_nothing_is_changed(host):
    host.obstacles = {623: [STRANGER]}
    before = host.everything()
    for check_mode in (True, False):
        with pytest.raises(HostError) as error:
            host.run(623, 664, check_mode=check_mode)
        assert str(error.value) == (
            "Cannot hold the ports: python3 (PID 411, unit stranger.service) has 623/udp on 0.0.0.0; "
            "stop it or give it another port, then run again; nothing was changed about the holder."
        )
    assert host.everything() == before and host.log == []
    host.obstacles = {}
    assert host.run(623, 664)["changed"] and host.running


def test_a_daemon_that_took_a_port_by_chance_is_restarted_around_the_start(host):
    host.obstacles = {664: [STATD]}
    assert host.run(664, check_mode=True)["restarted"] == ["rpc-statd.service"]
    result = host.run(664)
    assert result["taken"] == ["rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"]
    assert result["restarted"] == ["rpc-statd.service"]
    assert host.log == ["stop rpc-statd.service", "bring up", "start rpc-statd.service"]


@pytest.mark.parametrize("before", [(), (623,)], ids=["a new host", "a holder"])
@pytest.mark.parametrize("after", ["present", "absent"])
def test_a_daemon_that_does_not_start_again_is_started_by_the_next_run(host, monkeypatch, before, after):
    if before:
        host.run(*before)
    host.obstacles[664] = [STATD]
    with monkeypatch.context() as broken:
        broken.setattr(Daemons, "start", failing("'systemctl start' did not end."))
        with pytest.raises(HostError, match="did not end"):
            host.run(623, 664)
    host.obstacles.clear()
    assert host.run(*before, state=after)["changed"]
    assert "start rpc-statd.service" in host.log
    assert not host.run(*before, state=after)["changed"]


def failing(sentence):
    def start(_daemons, _services):
        raise HostError(sentence)

    return start


def test_or_is_a_stranger_if_it_may_not_be_restarted(host):
    host.obstacles = {664: [STATD]}
    with pytest.raises(HostError, match=r"rpc\.statd \(PID 412, unit rpc-statd\.service\) has 664/udp on 127\.0\.0\.1"):
        host.run(664, restart_takers=False)
    assert host.log == []


def test_no_daemon_is_restarted_if_a_stranger_is_in_the_way_as_well(host):
    host.obstacles = {623: [STRANGER], 664: [STATD]}
    with pytest.raises(HostError) as error:
        host.run(623, 664)
    assert "rpc.statd" not in str(error.value) and host.log == []


def test_what_nothing_tells_of_is_a_stranger(host):
    host.obstacles = {623: [None]}
    with pytest.raises(HostError, match="a program that the kernel does not name has 623/udp"):
        host.run(623)


def test_a_start_that_fails_leaves_a_new_host_as_it_was(host):
    host.obstacles = {664: [STATD]}
    host.fails = True
    before = host.everything()
    with pytest.raises(HostError, match="'systemctl restart' failed: no."):
        host.run(664)
    assert host.everything() == before
    assert host.log[:3] == ["stop rpc-statd.service", "bring up", "start rpc-statd.service"]
    assert not host.running


def test_a_change_that_fails_leaves_a_holder_with_its_old_list(host):
    host.run(623)
    before = host.everything()
    host.fails = True
    with pytest.raises(HostError):
        host.run(623, 664)
    assert host.everything() == before
    assert host.running


def test_a_write_that_fails_changes_nothing(host, monkeypatch):
    before = host.everything()
    write = atomic_file.write

    def full(path, data, *mode, **kept):
        if path == bindresvport.PATH:
            raise HostError("Cannot write: No space left on device.")
        write(path, data, *mode, **kept)

    monkeypatch.setattr(atomic_file, "write", full)
    with pytest.raises(HostError, match="No space left"):
        host.run(623)
    monkeypatch.undo()
    assert {name: data for name, data in host.everything().items() if name != "blacklist"} == {
        name: data for name, data in before.items() if name != "blacklist"
    }
    assert "bring up" not in host.log


def test_a_program_that_was_faster_is_named(host):
    host.faster = {623: [STRANGER]}
    with pytest.raises(HostError) as error:
        host.run(623, 664)
    assert str(error.value) == (
        "Not held: 623/udp on 0.0.0.0: python3 (PID 411, unit stranger.service) has 623/udp on 0.0.0.0; "
        "run again once that is mended."
    )
    assert host.held == (Hold("udp", "0.0.0.0", 664),)
    host.obstacles = host.faster = {}
    assert host.run(623, 664)["changed"] and len(host.held) == 2


@pytest.mark.parametrize("happened", [
    dict(running=False), dict(enabled=False), dict(held=()),
])  # fmt: skip
def test_a_holder_that_somebody_meddled_with_is_mended(host, happened):
    host.run(623)
    vars(host).update(happened)
    assert host.run(623, check_mode=True)["changed"]
    result = host.run(623)
    assert result["changed"] and [diff["after_header"] for diff in result["diff"]] == ["the holder"]
    assert not host.run(623)["changed"]


def test_a_closed_connection_is_waited_for(host, monkeypatch):
    closing = STRANGER._replace(pid=None, program=None, unit=None, closing=True)
    host.obstacles = {623: [closing]}
    monkeypatch.setattr(present.time, "sleep", lambda seconds: host.obstacles.clear())
    assert host.run(623, check_mode=True)["changed"]
    assert host.run(623)["changed"] and host.held


def test_but_not_for_ever(host, monkeypatch):
    host.obstacles = {623: [STRANGER._replace(pid=None, program=None, unit=None, closing=True)]}
    monkeypatch.setattr(present, "SECONDS_FOR_CLOSED_CONNECTIONS", 0)
    monkeypatch.setattr(present.time, "sleep", lambda seconds: None)
    before = host.everything()
    with pytest.raises(HostError, match=r"^A closed connection still keeps back 623/udp on 0\.0\.0\.0; run again"):
        host.run(623)
    assert host.everything() == before


def test_a_list_that_others_edited_is_mended_with_a_warning(host):
    host.run(623)
    with open(bindresvport.PATH, "wb") as file:
        file.write(BLACKLIST)
    assert host.run(623)["changed"] and host.log == []
    assert host.module.warnings == [
        f"The block of fleet.ports in {bindresvport.PATH} was modified or removed externally since the last run."
    ]


def test_addresses_or_an_interface_but_not_both(host):
    with pytest.raises(HostError, match=r"^Both 'addresses' and 'interface' \(eth0\) are given"):
        host.run(623, addresses=["192.0.2.10"], interface="eth0")


def test_root_is_needed(host, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(HostError, match=r"^Only root may hold ports; use become\.$"):
        host.run(623)
