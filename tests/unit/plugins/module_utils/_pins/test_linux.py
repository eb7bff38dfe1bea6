# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins on a Linux host that is made of real files, and of daemons that read them when they are restarted."""

import json
import re

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import concern_module, port_owners, records, sysctl
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import (
    concern,
    lockd,
    nfs_services,
    nfs_utils,
    reserved_ports,
    restart,
)
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule
from ansible_collections.fleet.ports.tests.unit.fakes.files import tree
from ansible_collections.fleet.ports.tests.unit.fakes.host import FakeHost

PINS = {"mountd": 20048, "lockd": 4045, "statd": 4046}

NUMBERS = {"mountd": 100005, "lockd": 100021, "statd": 100024}
SECTIONS = {"rpc-statd.service": ["statd"], "nfs-mountd.service": ["mountd"], "nfs-server.service": ["lockd", "mountd"]}


class NfsHost:
    """A host with nfs-utils 2.6, in a temporary folder."""

    def __init__(self, folder):
        self.folder = folder
        self.drop_in = folder / "etc" / "nfs.conf.d" / "zz-fleet.ports.conf"
        self.live = folder / "reserved"
        self.ports = {"mountd": 40000, "lockd": 40001, "statd": 40002}
        self.stubborn = False
        self.rpcinfo_fails = False
        (folder / "etc").mkdir()
        (folder / "rpc.statd").write_bytes(b"/etc/nfs.conf conf_init_dir")
        self.live.write_text("8080\n")
        for name in ("nlm_tcpport", "nlm_udpport"):
            (folder / name).write_text("0\n")

    def run(self, check_mode=False, **params):
        options = dict({"mountd": None, "lockd": None, "statd": None, "state": "present"}, **params)
        self.module = FakeModule(check_mode, **options)
        return concern_module.outcome(self.module, concern, FakeHost(self.run_command))

    def run_command(self, command):
        if command[0] == "rpcinfo" and self.rpcinfo_fails:
            return 1, "", "rpcinfo: can't contact portmapper: RPC: Timed out\n"
        if command[0] == "rpcinfo":
            rows = [f"{NUMBERS[name]} 1 udp {port} x" for name, port in sorted(self.ports.items())]
            return 0, "\n".join(["program vers proto port service"] + rows), ""
        if command[1] == "show":
            return 0, "ActiveState=active\n", ""
        if command[1] == "restart" and not self.stubborn:
            configured = dict(re.findall(r"\[(\w+)\]\nport=(\d+)", self.drop_in.read_text()))
            for daemon in SECTIONS[command[-1]]:
                self.ports[daemon] = int(configured[daemon])
        return 0, "", ""


@pytest.fixture
def host(tmp_path, record_folder, monkeypatch):
    host = NfsHost(tmp_path)
    monkeypatch.setattr(nfs_utils, "PROGRAMS", [str(tmp_path / "rpc.statd")])
    monkeypatch.setattr(nfs_utils, "DROP_IN", str(host.drop_in))
    monkeypatch.setattr(lockd, "PORTS", [str(tmp_path / name) for name in ("nlm_tcpport", "nlm_udpport")])
    monkeypatch.setattr(lockd, "MODULE_OPTIONS", str(tmp_path / "etc" / "modprobe.conf"))
    monkeypatch.setattr(lockd, "MOUNTS", str(tmp_path / "mounts"))
    monkeypatch.setattr(reserved_ports, "LIVE", str(host.live))
    monkeypatch.setattr(reserved_ports, "FILE", str(tmp_path / "etc" / "zz-fleet.ports.conf"))
    monkeypatch.setattr(sysctl, "FOLDERS", [str(tmp_path / "etc")])
    monkeypatch.setattr(sysctl, "MAIN", str(tmp_path / "sysctl.conf"))
    monkeypatch.setattr(nfs_services, "manager", nfs_services.Systemd)
    monkeypatch.setattr(port_owners, "owners", lambda port, protocol: [])
    monkeypatch.setattr(restart, "TIMEOUT", 0)
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
    before = tree(host.folder)
    for check_mode in (True, False):
        result = host.run(check_mode, **PINS)
        assert not result["changed"] and result["diff"] == [] and result["restarted"] == []
    assert tree(host.folder) == before and host.module.warnings == []


def test_check_mode_predicts_and_writes_nothing(host):
    before = tree(host.folder)
    predicted = host.run(check_mode=True, **PINS)
    assert tree(host.folder) == before and host.ports["mountd"] == 40000
    real = host.run(**PINS)
    assert [predicted[key] for key in ("changed", "diff", "restarted")] == [
        real[key] for key in ("changed", "diff", "restarted")
    ]


@pytest.mark.parametrize("params", [dict(state="absent"), dict(state="absent", mountd=20048), dict()])
def test_the_host_is_given_back(host, params):
    before = tree(host.folder)
    host.run(**PINS)
    assert host.run(check_mode=True, **params)["changed"]
    result = host.run(**params)
    assert result["changed"] and result["owned"] == [] and result["restarted"] == []
    assert tree(host.folder) == before
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


def test_differences_are_returned_with_or_without_diff_mode(host):
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
    before = tree(host.folder)
    with pytest.raises(HostError) as caught:
        host.run(mountd=20048, statd=4046)
    assert str(caught.value) == (
        "This host has neither rpc.mountd nor rpc.statd, so mountd and statd cannot be pinned; install nfs-utils "
        "(on Debian and Ubuntu nfs-kernel-server or nfs-common, on SUSE nfs-kernel-server or nfs-client), or set the "
        "pins to null."
    )
    assert tree(host.folder) == before


def test_a_removed_package_does_not_keep_the_host_from_being_given_back(host):
    before = tree(host.folder)
    host.run(**PINS)
    (host.folder / "rpc.statd").unlink()
    host.run(state="absent")
    del before["rpc.statd"]
    assert tree(host.folder) == before


def test_a_port_that_another_program_uses_is_refused(host, monkeypatch):
    stranger = port_owners.Owner(
        protocol="tcp", address="::", port=4046, pid=9, program="nginx", unit="nginx.service", closing=False
    )
    monkeypatch.setattr(
        port_owners, "owners", lambda port, protocol: [stranger] if (port, protocol) == (4046, "tcp") else []
    )
    before = tree(host.folder)
    for check_mode in (True, False):
        with pytest.raises(HostError, match=r"in use by nginx \(PID 9, unit nginx.service\) on ::; stop that program"):
            host.run(check_mode, **PINS)
    assert tree(host.folder) == before


def test_a_host_without_rpcbind_can_be_pinned(host):
    host.rpcinfo_fails = True
    result = host.run(**PINS)
    assert result["changed"] and (result["restarted"], result["observed"]) == ([], {})


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_where_rpcbind_runs_a_failing_rpcinfo_changes_nothing(host, monkeypatch, protocol):
    rpcbind = port_owners.Owner(protocol, "0.0.0.0", 111, 7, "rpcbind", "rpcbind.service", closing=False)
    closing = rpcbind._replace(pid=None, closing=True)
    found = {(111, protocol): [closing]}
    monkeypatch.setattr(port_owners, "owners", lambda port, protocol: found.get((port, protocol), []))
    host.rpcinfo_fails = True
    before = tree(host.folder)
    assert host.run(check_mode=True, **PINS)["changed"]  # a closed connection is not rpcbind
    found[111, protocol].append(rpcbind)
    with pytest.raises(HostError) as caught:
        host.run(**PINS)
    assert str(caught.value) == (
        "'rpcinfo -p' failed: rpcinfo: can't contact portmapper: RPC: Timed out. The ports of the NFS daemons are "
        f"unknown, although {protocol} port 111 is in use by rpcbind (PID 7, unit rpcbind.service); check that "
        "'rpcinfo -p' works on this host, then run again."
    )
    assert tree(host.folder) == before


def test_a_failing_rpcinfo_does_not_keep_the_host_from_being_given_back(host, monkeypatch):
    before = tree(host.folder)
    host.run(**PINS)
    monkeypatch.setattr(port_owners, "owners", lambda port, protocol: pytest.fail("rpcbind is not needed"))
    host.rpcinfo_fails = True
    host.run(state="absent")
    assert tree(host.folder) == before


def test_a_daemon_that_stays_elsewhere_fails_the_run_and_the_record_stays(host):
    host.stubborn = True
    with pytest.raises(HostError, match="is registered with rpcbind at udp port 4000[012], .* instead of its pin"):
        host.run(**PINS)
    assert records.owned() == ["pins"]
    host.stubborn = False
    assert host.run(**PINS)["restarted"]


def test_an_external_modification_is_a_warning(host):
    host.run(**PINS)
    host.drop_in.write_text(host.drop_in.read_text().replace("20048", "892"))
    assert host.run(**PINS)["changed"]
    assert host.module.warnings == [
        f"The block of fleet.ports in {host.drop_in} was modified or removed externally since the last run."
    ]


def test_record_and_files_are_those_of_release_1_0_0(host):
    """A host that 1.0.0 pinned is in order, and its record restores the host."""
    host.run(**PINS)
    texts = {
        "modprobe.conf": "options lockd nlm_tcpport=4045 nlm_udpport=4045\n",
        "nfs.conf.d/zz-fleet.ports.conf": (
            "[mountd]\nport=20048\n[lockd]\nport=4045\nudp-port=4045\n[statd]\nport=4046\n"
        ),
        "zz-fleet.ports.conf": "net.ipv4.ip_local_reserved_ports = 4045-4046,20048\n",
    }
    etc = host.folder / "etc"
    assert json.loads((host.folder / "records" / "pins.json").read_text()) == {
        "concern": "pins",
        "content": {
            "files": {
                str(etc / name): {"created": True, "created_folder": "/" in name, "text": text}
                for name, text in texts.items()
            },
            "lockd": {
                str(host.folder / name): {"before": "0", "pin": 4045} for name in ("nlm_tcpport", "nlm_udpport")
            },
            "reserved": [4045, 4046, 20048],
        },
        "version": 1,
    }
    begin = "# BEGIN fleet.ports: what stands between these marks is replaced or removed by the collection"
    for name, text in texts.items():
        assert (etc / name).read_text() == f"{begin}\n{text}# END fleet.ports\n"
