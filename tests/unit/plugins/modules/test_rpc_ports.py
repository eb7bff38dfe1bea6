# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module rpc_ports on a host made of real files, and of daemons that read them when they are restarted."""

import os
import re

import pytest

pytest.importorskip("ansible")

from ansible_collections.fleet.ports.plugins.module_utils._host import commands, port_owners, records, sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import (
    lockd,
    nfs_conf,
    nfs_config,
    nfs_services,
    reserved_ports,
    restart,
)
from ansible_collections.fleet.ports.plugins.modules import rpc_ports

PINS = {"mountd": 20048, "lockd": 4045, "statd": 4046}

NUMBERS = {"mountd": 100005, "lockd": 100021, "statd": 100024}
SECTIONS = {"rpc-statd.service": ["statd"], "nfs-mountd.service": ["mountd"], "nfs-server.service": ["lockd", "mountd"]}


class Module:
    """What the module sees of Ansible, once the options are parsed."""

    _diff = True

    def __init__(self, host, check_mode=False, **params):
        self.params = dict({"mountd": None, "lockd": None, "statd": None, "state": "present"}, **params)
        self.check_mode = check_mode
        self.warnings = []

    def warn(self, text):
        self.warnings.append(text)


class Host:
    """A host with nfs-utils 2.6, in a temporary folder."""

    def __init__(self, folder):
        self.folder = folder
        self.drop_in = folder / "etc" / "nfs.conf.d" / "zz-fleet.ports.conf"
        self.live = folder / "reserved"
        self.ports = {"mountd": 40000, "lockd": 40001, "statd": 40002}
        self.stubborn = False
        (folder / "etc").mkdir()
        (folder / "rpc.statd").write_bytes(b"/etc/nfs.conf conf_init_dir")
        self.live.write_text("8080\n")
        for name in ("nlm_tcpport", "nlm_udpport"):
            (folder / name).write_text("0\n")

    def run(self, check_mode=False, **params):
        self.module = Module(self, check_mode, **params)
        return rpc_ports.run(self.module)

    def run_command(self, command):
        if command[0] == "rpcinfo":
            rows = [f"{NUMBERS[name]} 1 udp {port} x" for name, port in sorted(self.ports.items())]
            return 0, "\n".join(["program vers proto port service"] + rows), ""
        if command[1] == "restart" and not self.stubborn:
            configured = dict(re.findall(r"\[(\w+)\]\nport=(\d+)", self.drop_in.read_text()))
            for daemon in SECTIONS[command[-1]]:
                self.ports[daemon] = int(configured[daemon])
        return 0, "", ""

    def tree(self):
        """Return all files with their content."""
        found = {}
        for folder, _folders, files in os.walk(str(self.folder)):
            found[folder] = None
            for name in files:
                with open(os.path.join(folder, name), "rb") as file:
                    found[os.path.join(folder, name)] = file.read()
        return found


@pytest.fixture
def host(tmp_path, monkeypatch):
    host = Host(tmp_path)
    monkeypatch.setattr(commands, "run", host.run_command)
    monkeypatch.setattr(commands, "find", lambda name: name)
    monkeypatch.setattr(records, "FOLDER", str(tmp_path / "records"))
    monkeypatch.setattr(nfs_config, "PROGRAMS", [str(tmp_path / "rpc.statd")])
    monkeypatch.setattr(nfs_conf, "DROP_IN", str(host.drop_in))
    monkeypatch.setattr(lockd, "PORTS", [str(tmp_path / name) for name in ("nlm_tcpport", "nlm_udpport")])
    monkeypatch.setattr(lockd, "MODULE_OPTIONS", str(tmp_path / "etc" / "modprobe.conf"))
    monkeypatch.setattr(lockd, "MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setattr(reserved_ports, "LIVE", str(host.live))
    monkeypatch.setattr(reserved_ports, "FILE", str(tmp_path / "etc" / "zz-fleet.ports.conf"))
    monkeypatch.setattr(sysctl, "FOLDERS", [str(tmp_path / "etc")])
    monkeypatch.setattr(sysctl, "MAIN", str(tmp_path / "sysctl.conf"))
    monkeypatch.setattr(nfs_services, "manager", nfs_services.Systemd)
    monkeypatch.setattr(port_owners, "owners", lambda port, protocol: [])
    monkeypatch.setattr(restart, "PATIENCE", 0)
    return host


def test_daemons_go_to_their_pins(host):
    result = host.run(**PINS)
    assert result["changed"]
    assert result["observed"] == {daemon: {"udp": [port]} for daemon, port in PINS.items()}
    assert result["restarted"] == ["rpc-statd.service", "nfs-server.service"]
    assert result["mechanism"] == "nfs.conf.d"
    assert result["owned"] == ["pins"]
    assert host.live.read_text() == "4045-4046,8080,20048\n"


def test_a_second_run_changes_nothing(host):
    host.run(**PINS)
    before = host.tree()
    for check_mode in (True, False):
        result = host.run(check_mode, **PINS)
        assert not result["changed"] and result["diff"] == [] and result["restarted"] == []
    assert host.tree() == before and host.module.warnings == []


def test_check_mode_predicts_and_writes_nothing(host):
    before = host.tree()
    predicted = host.run(check_mode=True, **PINS)
    assert host.tree() == before and host.ports["mountd"] == 40000
    real = host.run(**PINS)
    assert [predicted[key] for key in ("changed", "diff", "restarted")] == [
        real[key] for key in ("changed", "diff", "restarted")
    ]


@pytest.mark.parametrize("params", [dict(state="absent"), dict(state="absent", mountd=20048), dict()])
def test_the_host_is_given_back(host, params):
    before = host.tree()
    host.run(**PINS)
    assert host.run(check_mode=True, **params)["changed"]
    result = host.run(**params)
    assert result["changed"] and result["owned"] == [] and result["restarted"] == []
    assert host.tree() == before
    assert not host.run(**params)["changed"]


def test_a_pin_that_is_left_out_is_given_back(host):
    host.run(**PINS)
    host.run(mountd=20048)
    assert host.live.read_text() == "8080,20048\n"
    assert "lockd" not in host.drop_in.read_text()
    assert (host.folder / "nlm_tcpport").read_text() == "0\n"


def test_a_daemon_that_does_not_run_is_configured_and_not_started(host):
    host.ports.clear()
    result = host.run(**PINS)
    assert result["changed"] and result["restarted"] == [] and result["observed"] == {}
    assert "[mountd]\nport=20048\n" in host.drop_in.read_text()


def test_the_diff_shows_files_and_the_running_kernel(host):
    diff = {entry["before_header"]: entry for entry in host.run(check_mode=True, statd=4046)["diff"]}
    assert "[statd]\nport=4046\n" in diff[f"{host.drop_in} (missing)"]["after"]
    assert diff[str(host.live)]["before"] == "8080\n"
    assert diff[str(host.live)]["after"] == "4046,8080\n"


def test_what_differs_is_said_in_lines_with_or_without_diff_mode(host):
    host.run(**PINS)
    host.drop_in.write_text(host.drop_in.read_text().replace("port=20048", "port=33333"))
    host.ports["mountd"] = 33333
    result = host.run(check_mode=True, **PINS)
    assert result["differences"] == [
        {
            "where": str(host.drop_in),
            "unwanted": {"count": 1, "lines": ["port=33333"]},
            "missing": {"count": 1, "lines": ["port=20048"]},
        }
    ]
    assert (result["pins"]["mountd"], result["observed"]["mountd"]) == (20048, {"udp": [33333]})


def test_without_a_daemon_there_is_nothing_to_pin(host):
    (host.folder / "rpc.statd").unlink()
    before = host.tree()
    with pytest.raises(HostError) as caught:
        host.run(mountd=20048, statd=4046)
    assert str(caught.value) == (
        "This host has neither rpc.mountd nor rpc.statd, so mountd and statd can't be pinned; install nfs-utils "
        "(on Debian and Ubuntu nfs-kernel-server or nfs-common, on SUSE nfs-kernel-server or nfs-client), or set the "
        "pins to null."
    )
    assert host.tree() == before


def test_a_removed_package_does_not_keep_the_host_from_being_given_back(host):
    before = host.tree()
    host.run(**PINS)
    (host.folder / "rpc.statd").unlink()
    host.run(state="absent")
    del before[str(host.folder / "rpc.statd")]
    assert host.tree() == before


@pytest.mark.parametrize(
    "params, sentence",
    [
        (dict(mountd=70000), "^mountd can't be pinned to 70000: ports are 1-65535.$"),
        (dict(lockd=0), "^lockd can't be pinned to 0: ports are 1-65535.$"),
        (dict(mountd=4046, statd=4046), "^mountd and statd are both to be pinned to port 4046; give each its own.$"),
    ],
)
def test_pins_that_are_none(host, params, sentence):
    before = host.tree()
    with pytest.raises(HostError, match=sentence):
        host.run(**params)
    assert host.tree() == before


def test_a_stranger_on_the_port_stops_everything(host, monkeypatch):
    stranger = port_owners.Owner(
        protocol="tcp", address="::", port=4046, pid=9, program="nginx", unit="nginx.service", closing=False
    )
    monkeypatch.setattr(
        port_owners, "owners", lambda port, protocol: [stranger] if (port, protocol) == (4046, "tcp") else []
    )
    before = host.tree()
    for check_mode in (True, False):
        with pytest.raises(HostError, match=r"in use by nginx \(PID 9, unit nginx.service\) on ::; stop that"):
            host.run(check_mode, **PINS)
    assert host.tree() == before


def test_a_daemon_that_stays_elsewhere_fails_the_run_and_the_record_stays(host):
    host.stubborn = True
    with pytest.raises(HostError, match="is registered with rpcbind at udp port 4000[012], .* instead of its pin"):
        host.run(**PINS)
    assert records.owned() == ["pins"]
    host.stubborn = False
    assert host.run(**PINS)["restarted"]


def test_an_edit_of_others_is_said(host):
    host.run(**PINS)
    host.drop_in.write_text(host.drop_in.read_text().replace("20048", "892"))
    assert host.run(**PINS)["changed"]
    assert host.module.warnings == [
        f"The block of fleet.ports in {host.drop_in} was modified or removed externally since the last run."
    ]
