# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pins on the simulated AIX host: restarts in their order, faults, and everything restored."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import (
    atomic_file,
    concern_module,
    port_owners,
    records,
    src,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import aix, concern
from ansible_collections.fleet.ports.plugins.module_utils._services import concern as services_concern
from ansible_collections.fleet.ports.tests.lab.aix.host import Host, Killed
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule
from ansible_collections.fleet.ports.tests.unit.fakes.host import FakeHost

PINS = {"mountd": 20048, "lockd": 4045}
SERVICES = b"ssh 22/tcp\nmountd 9999/tcp # theirs\ncaf\xe9 1/tcp"
AT_PINS = {daemon: {"tcp": [port], "udp": [port]} for daemon, port in PINS.items()}
REMEDY = "end what it waits for, then run again."


class Site:
    """A simulated host."""

    def __init__(self, folder, role):
        self.services = folder / "services"
        self.services.write_bytes(SERVICES)
        self.host = Host.install(folder / "host", role=role, services=self.services)
        self.host.change(stop_seconds=0.05)
        self.host.run(["lssrc", "-a"])
        # The ports that strangers have, as (port, protocol): those of the machine that tests are no simulated host's.
        self.strangers = set()

    def run(self, check_mode=False, **params):
        self.host.forget_calls()
        options = dict({"mountd": None, "lockd": None, "statd": None, "state": "present"}, **params)
        self.module = FakeModule(check_mode, **options)
        return concern_module.outcome(self.module, concern, self.as_seen_by_concerns())

    def name(self, *entries, **options):
        """Run the other module that edits the services database."""
        params = dict(entries=list(entries), state="present", on_conflict="fail", path=str(self.services))
        module = FakeModule(**dict(params, **options))
        return concern_module.outcome(module, services_concern, self.as_seen_by_concerns())

    def as_seen_by_concerns(self):
        return FakeHost(lambda command: tuple(self.host.run(command)), system="AIX")

    def refuses(self, **params):
        with pytest.raises(HostError) as caught:
            self.run(**params)
        return str(caught.value)

    def turns(self):
        """The starts of stopsrc and startsrc, as words."""
        return ["{} {}".format(call[0][:-3], call[-1]) for call in self.host.calls("stopsrc", "startsrc")]

    def subsystems(self):
        """Which of them run."""
        self.host.run(["lssrc", "-a"])
        return [name for name, found in sorted(self.host.store.read()["subsystems"].items()) if found["pid"]]


def made(folder, monkeypatch, role="master"):
    monkeypatch.setattr(aix, "DATABASE", str(folder / "services"))
    monkeypatch.setattr(aix, "TIMEOUT", 0)
    monkeypatch.setattr(src, "TIMEOUT", 1)
    monkeypatch.setattr(src, "PAUSE", 0.01)
    site = Site(folder, role)
    monkeypatch.setattr(port_owners, "is_taken", lambda port, protocol: (port, protocol) in site.strangers)
    return site


@pytest.fixture(name="site")
def master(tmp_path, record_folder, monkeypatch):
    return made(tmp_path, monkeypatch)


@pytest.fixture(name="client")
def client_of_nim(tmp_path, record_folder, monkeypatch):
    return made(tmp_path, monkeypatch, role="client")


def test_daemons_go_to_their_pins_in_the_right_order(site):
    result = site.run(**PINS)
    assert site.turns() == [
        "stop rpc.lockd", "stop rpc.statd", "start rpc.statd", "start rpc.lockd", "stop rpc.mountd", "start rpc.mountd",
    ]  # fmt: skip
    assert result["changed"] and result["restarted"] == ["rpc.statd", "rpc.lockd", "rpc.mountd"]
    assert {daemon: result["observed"][daemon] for daemon in PINS} == AT_PINS
    assert (result["mechanism"], result["owned"]) == ("services", ["pins"])
    assert site.host.store.read()["complaints"] == []


def test_statd_is_reported_as_not_pinnable(site):
    result = site.run(**PINS)
    assert result["pins"] == dict(PINS, statd=None)
    assert result["unpinnable"] == {
        "statd": "statd cannot be bound to a specific port, and will always choose an arbitrary port"
    }


def test_a_number_for_statd_is_an_error_that_says_why(site):
    assert site.refuses(statd=4046, **PINS) == (
        "statd cannot be pinned to port 4046, because this host runs AIX: \"statd cannot be bound to a specific port, "
        'and will always choose an arbitrary port" (IBM). Leave statd out; port_matrix does so if fleet_ports_system '
        "is aix and nfs_ports_statd is auto."
    )
    assert site.services.read_bytes() == SERVICES and site.turns() == []


def test_a_second_run_stops_and_starts_nothing(site):
    site.run(**PINS)
    written = site.services.read_bytes()
    for check_mode in (True, False):
        result = site.run(check_mode, **PINS)
        assert (result["changed"], result["diff"], result["restarted"]) == (False, [], [])
        assert site.turns() == [] and site.module.warnings == []
    assert site.services.read_bytes() == written


def test_check_mode_predicts_and_does_nothing(site, tmp_path):
    predicted = site.run(check_mode=True, **PINS)
    assert site.turns() == [] and site.services.read_bytes() == SERVICES and not (tmp_path / "records").exists()
    done = site.run(**PINS)
    assert [predicted[key] for key in ("changed", "diff", "restarted")] == [
        done[key] for key in ("changed", "diff", "restarted")
    ]


@pytest.mark.parametrize("params", [dict(state="absent"), dict()])
def test_the_host_is_given_back(site, tmp_path, params):
    running = site.subsystems()
    site.run(**PINS)
    result = site.run(**params)
    assert result["changed"] and result["restarted"] == [] and result["owned"] == []
    assert site.services.read_bytes() == SERVICES and site.subsystems() == running
    assert not (tmp_path / "records").exists()
    assert not site.run(**params)["changed"]


def test_only_what_is_elsewhere_is_restarted(site):
    site.run(lockd=4045)
    result = site.run(**PINS)
    assert site.turns() == ["stop rpc.mountd", "start rpc.mountd"] and result["restarted"] == ["rpc.mountd"]


def test_a_daemon_that_does_not_run_is_configured_and_not_started(client):
    result = client.run(**PINS)
    assert result["restarted"] == ["rpc.statd", "rpc.lockd"] and "rpc.mountd" not in client.subsystems()
    assert b"mountd 20048/tcp\nmountd 20048/udp\n" in client.services.read_bytes()
    assert not client.run(**PINS)["changed"]


def test_lockd_without_statd_is_restarted_alone(site):
    _stop(site, "rpc.lockd", "rpc.statd")
    site.host.run(["startsrc", "-s", "rpc.lockd"])
    assert site.run(**PINS)["restarted"] == ["rpc.lockd", "rpc.mountd"]


@pytest.mark.parametrize("stubborn", ["rpc.mountd", "rpc.statd", "rpc.lockd"])
def test_a_daemon_that_does_not_stop_is_named_and_the_others_are_up_again(site, monkeypatch, stubborn):
    running = site.subsystems()
    monkeypatch.setattr(src, "TIMEOUT", 0.2)
    site.host.be_stubborn(stubborn)
    assert site.refuses(**PINS) == (
        f"{stubborn} was requested to stop, but after 0 seconds lssrc reports 'stopping'; {REMEDY}"
    )
    assert site.subsystems() == running
    _let_go(site, stubborn)
    assert stubborn not in site.subsystems()
    assert stubborn in site.run(**PINS)["restarted"]
    assert site.subsystems() == running and not site.run(**PINS)["changed"]


def _let_go(site, name):
    """Let a stubborn daemon end after all."""
    found = site.host.store.read()["subsystems"]
    found[name]["ends"] = 0
    site.host.change(subsystems=found, faults=[])


@pytest.mark.parametrize("call", range(1, 10))
def test_a_run_that_is_killed_is_mended_by_the_next(site, call):
    running = site.subsystems()
    _killed(site, call)
    site.run(**PINS)
    assert site.subsystems() == running
    assert {daemon: site.run(**PINS)["observed"][daemon] for daemon in PINS} == AT_PINS


@pytest.mark.parametrize("call", range(1, 10))
def test_a_run_that_was_killed_can_be_given_back(site, tmp_path, call):
    running = site.subsystems()
    _killed(site, call)
    site.run(state="absent")
    assert site.subsystems() == running and site.services.read_bytes() == SERVICES
    assert not (tmp_path / "records").exists()


def _killed(site, call):
    """Run the module and kill it behind one of its calls of stopsrc and startsrc, or of lssrc."""
    program, number = [("stopsrc", call), ("startsrc", call - 3), ("lssrc", call - 2)][(call - 1) // 3]
    site.host.fault(program, call=number, kills_caller=True)
    with pytest.raises(Killed):
        site.run(**PINS)
    site.host.change(faults=[])


@pytest.mark.parametrize("program, number", [("stopsrc", 1), ("stopsrc", 2), ("startsrc", 1), ("startsrc", 2)])
def test_what_src_refuses_is_one_sentence_and_the_next_run_mends_it(site, program, number):
    running = site.subsystems()
    name = dict(stopsrc=["rpc.lockd", "rpc.statd"], startsrc=["rpc.statd", "rpc.lockd"])[program][number - 1]
    site.host.fault(program, call=number, message="0513-056 Timeout waiting for command response.")
    assert site.refuses(**PINS) == f"'{program} -s {name}' failed: 0513-056 Timeout waiting for command response."
    site.run(**PINS)
    assert site.subsystems() == running and not site.run(**PINS)["changed"]


@pytest.mark.parametrize("fails", [True, False])
def test_a_daemon_that_another_program_started(site, fails):
    site.host.change(unknowns={"starting_an_active_subsystem_fails": fails})
    run = site.host.run

    def interfering(command):
        if command[0] == "startsrc":
            run(command)
        return run(command)

    site.host.run = interfering
    assert site.refuses(mountd=20048) == (
        "rpc.mountd was started by another program in the meantime (0513-029); run again to verify its port."
    )


def test_a_subsystem_that_is_not_there(site):
    with site.host.store.changing() as state:
        del state["subsystems"]["rpc.mountd"]
    assert site.refuses(**PINS) == (
        "This host has no subsystem rpc.mountd (0513-085); install the software that contains it, or leave it out."
    )
    assert site.services.read_bytes() == SERVICES


def test_an_lssrc_that_fails(site):
    site.host.fault("lssrc", message="0513-001 The System Resource Controller daemon is not active.")
    assert site.refuses(**PINS) == (
        "'lssrc -s rpc.lockd' failed: 0513-001 The System Resource Controller daemon is not active."
    )


def test_without_portmap_running_daemons_cannot_be_verified(site):
    _stop(site, "portmap")
    assert site.refuses(**PINS) == (
        "'rpcinfo -p' failed: rpcinfo: can't contact portmapper: RPC: Remote system error - Connection refused. The "
        "ports of the NFS daemons are unknown, although rpc.lockd is active; check that 'rpcinfo -p' works on this "
        "host, then run again."
    )
    assert site.services.read_bytes() == SERVICES and site.turns() == []


def test_without_portmap_and_daemons_the_host_is_configured(site):
    _stop(site, "rpc.mountd", "rpc.lockd", "portmap")
    result = site.run(**PINS)
    assert result["changed"] and (result["restarted"], result["observed"]) == ([], {})
    assert b"mountd 20048/tcp" in site.services.read_bytes()


def test_a_failing_rpcinfo_is_an_error_while_portmap_is_active(site):
    _stop(site, "rpc.mountd", "rpc.lockd")
    site.host.fault("rpcinfo", message="rpcinfo: RPC: 1832-008 Timed out")
    assert "RPC: 1832-008 Timed out. The ports of the NFS daemons are unknown, although portmap is active;" in (
        site.refuses(**PINS)
    )
    assert site.services.read_bytes() == SERVICES


def test_a_failing_rpcinfo_does_not_keep_the_host_from_being_given_back(site):
    site.run(**PINS)
    site.host.fault("rpcinfo", message="rpcinfo: RPC: 1832-008 Timed out")
    assert site.run(state="absent")["owned"] == []
    assert site.services.read_bytes() == SERVICES


def _stop(site, *names):
    for name in names:
        src.Src(lambda command: tuple(site.host.run(command))).stop(name)


def test_a_daemon_that_looks_elsewhere_for_its_port(site, tmp_path):
    (tmp_path / "nis").write_text("mountd 600/tcp\nmountd 600/udp\n")
    site.host.change(files={"services": str(tmp_path / "nis")})
    assert site.refuses(mountd=20048) == (
        "mountd is registered with portmap at tcp port 600 instead of its pin 20048, although rpc.mountd was restarted "
        f"after the pin was written to {site.services}; see whether this host takes the services from another source "
        "(/etc/irs.conf, NIS), or the port is in use."
    )


def test_a_daemon_that_does_not_register(site):
    run = site.host.run

    def silent(command):
        if command[0] == "startsrc":
            site.host.run = lambda command: (0, "program\n", "") if command[0] == "rpcinfo" else run(command)
        return run(command)

    site.host.run = silent
    assert site.refuses(mountd=20048) == (
        "mountd is not registered with portmap for tcp and udp since rpc.mountd was restarted to pin it to 20048; "
        "see its log."
    )


@pytest.mark.parametrize("protocol", ["tcp", "udp"])
def test_a_port_that_another_program_uses_is_refused(site, protocol):
    site.strangers.add((20048, protocol))
    assert site.refuses(mountd=20048) == (
        f"{protocol} port 20048, to which mountd is to be pinned, is in use; stop the program that uses it "
        "('netstat -Aan' and 'rmsock' find it) or pin mountd to another port. Nothing was changed on this host."
    )
    assert site.services.read_bytes() == SERVICES and site.turns() == []


@pytest.mark.parametrize("first_back", ["names", "pins"])
@pytest.mark.parametrize("first", ["names", "pins"])
def test_names_and_pins_share_the_database(site, first, first_back):
    entry = dict(name="nimreg", port=1059, protocol="tcp", aliases=[], comment="")
    brings = {"names": lambda: site.name(entry), "pins": lambda: site.run(**PINS)}
    gives = {"names": lambda: site.name(state="absent"), "pins": lambda: site.run(state="absent")}
    for name in sorted(brings, key=lambda name: name != first):
        assert brings[name]()["changed"]
    assert not site.name(entry)["changed"] and not site.run(**PINS)["changed"]
    for name in sorted(gives, key=lambda name: name != first_back):
        result = gives[name]()
        assert result["changed"] and name not in result["owned"]
    assert site.services.read_bytes() == SERVICES


def test_an_external_modification_is_a_warning(site):
    site.run(**PINS)
    site.services.write_bytes(site.services.read_bytes().replace(b"20048/udp", b"20049/udp"))
    assert site.run(**PINS)["changed"]
    assert site.module.warnings == [
        f"The block of fleet.ports in {site.services} was modified or removed externally since the last run."
    ]


def test_a_record_that_can_not_be_kept_leaves_the_database_alone(site, monkeypatch):
    site.run(**PINS)
    before, remembered = site.services.read_bytes(), records.Record("pins").load()
    write, written = atomic_file.write, []

    def fail_behind_the_database(path, data, **kept):
        written.append(path)
        if written == [str(site.services), records.Record("pins").path]:
            raise HostError("The disk is full.")
        write(path, data, **kept)

    monkeypatch.setattr(atomic_file, "write", fail_behind_the_database)
    assert site.refuses(mountd=20049, lockd=4045) == "The disk is full."
    assert site.services.read_bytes() == before and records.Record("pins").load() == remembered
    assert site.turns() == []


def test_record_and_file_are_those_of_release_1_0_0(site):
    """A host that 1.0.0 pinned is in order, and its record restores the database."""
    site.run(**PINS)
    text = "lockd 4045/tcp\nlockd 4045/udp\nmountd 20048/tcp\nmountd 20048/udp\n"
    assert records.Record("pins").load() == {
        "files": {str(site.services): {"created": False, "created_folder": False, "text": text}},
        "stopped": [],
    }
    begin = "# BEGIN fleet.ports: what stands between these marks is replaced or removed by the collection"
    assert site.services.read_bytes() == f"{begin}\n{text}# END fleet.ports\n".encode() + SERVICES
