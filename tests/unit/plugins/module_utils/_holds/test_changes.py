# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The changes on a simulated host: what is done in which order, and that a failure restores the host."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._holds import bindresvport, changes, holder, holder_files
from ansible_collections.fleet.ports.plugins.module_utils._holds.holder import Hold
from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_changes, port_owners
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

OTHER = port_owners.Owner("udp", "0.0.0.0", 623, 411, "python3", "stranger.service", False)
STATD = port_owners.Owner("udp", "127.0.0.1", 664, 412, "rpc.statd", "rpc-statd.service", False)


def test_ports_are_held_and_then_nothing_is_left_to_do(host):
    result = host.run(623, 664)
    assert result["changed"] and result["owned"] == ["holds"]
    assert result["held"] == [dict(port=port, protocol="udp", address="0.0.0.0") for port in (623, 664)]
    assert host.held == (Hold("udp", "0.0.0.0", 623), Hold("udp", "0.0.0.0", 664))
    before = host.everything()
    result = host.run(623, 664)
    assert not result["changed"] and result["diff"] == [] and host.log == []
    assert host.everything() == before


def test_a_host_is_restored_byte_for_byte(host):
    before = host.everything()
    host.run(623)
    told = host.run(state="absent", check_mode=True)
    assert host.running
    result = host.run(state="absent")
    assert result["changed"] and told["diff"] == result["diff"] and result["owned"] == []
    assert host.log == ["take down", "forget"]
    assert host.everything() == before
    assert not host.run(state="absent")["changed"]


def test_a_conflicting_daemon_is_stopped_while_the_holder_is_started(host):
    host.obstacles = {664: [STATD]}
    assert host.run(664, check_mode=True)["restarted"] == ["rpc-statd.service"]
    result = host.run(664)
    assert result["conflicting_daemons"] == ["rpc.statd (PID 412, unit rpc-statd.service) has 664/udp on 127.0.0.1"]
    assert result["restarted"] == ["rpc-statd.service"]
    assert host.log == ["stop rpc-statd.service", "bring up", "start rpc-statd.service"]


@pytest.mark.parametrize("before", [(), (623,)], ids=["a new host", "a holder"])
@pytest.mark.parametrize("after", ["present", "absent"])
def test_a_daemon_that_does_not_start_again_is_started_by_the_next_run(host, before, after):
    if before:
        host.run(*before)
    host.obstacles[664] = [STATD]
    host.daemons.failure = "'systemctl start' did not end."
    with pytest.raises(HostError, match="did not end"):
        host.run(623, 664)
    host.daemons.failure = None
    host.obstacles.clear()
    assert host.run(*before, state=after)["changed"]
    assert "start rpc-statd.service" in host.log
    assert not host.run(*before, state=after)["changed"]


def test_a_start_that_fails_restores_a_new_host(host):
    host.obstacles = {664: [STATD]}
    host.failures = 1
    before = host.everything()
    with pytest.raises(HostError, match="'systemctl restart' failed: no.$"):
        host.run(664)
    assert host.everything() == before
    assert host.log[:3] == ["stop rpc-statd.service", "bring up", "start rpc-statd.service"]
    assert not host.running


def test_a_change_that_fails_restores_the_holder_with_its_old_list(host):
    host.run(623)
    before = host.everything()
    host.failures = 1
    with pytest.raises(HostError, match="'systemctl restart' failed: no.$"):
        host.run(623, 664)
    assert host.everything() == before
    assert host.log == ["bring up", "bring up"] and host.held == (Hold("udp", "0.0.0.0", 623),)


def test_a_holder_that_cannot_be_restored_is_reported_and_mended_by_the_next_run(host):
    before = host.everything()
    host.run(623)
    host.failures = 2
    with pytest.raises(HostError) as error:
        host.run(623, 664)
    assert str(error.value) == (
        "'systemctl restart' failed: no. Restoring the host failed as well: 'systemctl restart' failed: no."
    )
    assert host.run(623, 664)["changed"] and len(host.held) == 2
    host.run(state="absent")
    assert host.everything() == before


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


def test_a_program_that_takes_a_port_during_the_start_is_named(host):
    host.faster = {623: [OTHER]}
    with pytest.raises(HostError) as error:
        host.run(623, 664)
    assert str(error.value) == (
        "The holder could not bind 623/udp on 0.0.0.0: python3 (PID 411, unit stranger.service) has 623/udp on "
        "0.0.0.0. Remove the cause and run again."
    )
    assert host.held == (Hold("udp", "0.0.0.0", 664),)
    host.obstacles = host.faster = {}
    assert host.run(623, 664)["changed"] and len(host.held) == 2


@pytest.mark.parametrize("happened", [
    dict(running=False), dict(enabled=False), dict(held=()),
])  # fmt: skip
def test_a_holder_that_was_modified_externally_is_repaired(host, happened):
    host.run(623)
    vars(host).update(happened)
    assert host.run(623, check_mode=True)["changed"]
    result = host.run(623)
    assert result["changed"] and [diff["after_header"] for diff in result["diff"]] == ["the holder"]
    assert not host.run(623)["changed"]


def test_a_closed_connection_is_awaited(host, monkeypatch):
    closing = OTHER._replace(pid=None, program=None, unit=None, closing=True)
    host.obstacles = {623: [closing]}
    monkeypatch.setattr(changes.time, "sleep", lambda seconds: host.obstacles.clear())
    assert host.run(623, check_mode=True)["changed"]
    assert host.run(623)["changed"] and host.held


def test_waiting_for_a_closed_connection_ends(host, monkeypatch):
    host.obstacles = {623: [OTHER._replace(pid=None, program=None, unit=None, closing=True)]}
    monkeypatch.setattr(changes, "SECONDS_FOR_CLOSED_CONNECTIONS", 0)
    monkeypatch.setattr(changes.time, "sleep", lambda seconds: None)
    before = host.everything()
    with pytest.raises(HostError, match=r"^A closed connection still occupies 623/udp on 0\.0\.0\.0\. Run again"):
        host.run(623)
    assert host.everything() == before


def test_a_block_that_was_modified_externally_is_repaired_with_a_warning(host):
    host.run(623)
    with open(bindresvport.PATH, "wb") as file:
        file.write(host.blacklist)
    assert host.run(623)["changed"] and host.log == []
    assert host.module.warnings == [
        f"The block of fleet.ports in {bindresvport.PATH} was modified or removed externally since the last run."
    ]


def test_a_list_without_reserved_ports_leaves_no_block_behind(host):
    before = host.everything()
    host.run(623)
    assert host.run(2049)["changed"] and host.held == (Hold("udp", "0.0.0.0", 2049),)
    assert host.everything()["blacklist"] == before["blacklist"]
    assert b'"blacklist": {}' in host.everything()["records/holds.json"]
    assert not host.run(2049)["changed"]
    host.run(state="absent")
    assert host.everything() == before


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_run_that_is_killed_in_between_does_not_forget_the_block(host, monkeypatch, tmp_path, exists, state):
    if not exists:
        os.unlink(bindresvport.PATH)
        (tmp_path / "libtirpc.so.3").write_bytes(b"")
        monkeypatch.setattr(bindresvport, "LIBRARIES", (str(tmp_path / "libtirpc.so.*"),))
    before = host.everything()
    host.run(623)
    with monkeypatch.context() as killed:
        killed.setattr(file_changes, "applied", kill)
        with pytest.raises(KeyboardInterrupt):
            host.run(2049)
    assert host.run(2049, state=state)["changed"]
    host.run(state="absent")
    assert host.everything() == before


def kill(_changes):
    raise KeyboardInterrupt


# The record of version 1.0.0 on Debian 12, with other paths.
RECORD_OF_1_0_0 = """{
 "concern": "holds",
 "content": {
  "blacklist": {
   "%(folder)s/blacklist": {
    "created": false,
    "created_folder": false,
    "text": "623\\n"
   }
  },
  "files": [
   "%(folder)s/etc/holder.py",
   "%(folder)s/etc/holds",
   "%(folder)s/unit"
  ],
  "interpreter": "/usr/bin/python3",
  "stopped": []
 },
 "version": 1
}
"""


def test_a_host_of_version_1_0_0_stays_unchanged_but_for_the_program_and_is_restored(host, record_folder):
    before = host.everything()
    host.run(623)
    assert (record_folder / "holds.json").read_text() == RECORD_OF_1_0_0 % {"folder": host.folder}
    with open(holder_files.PROGRAM, "ab") as file:
        file.write(b"# as version 1.0.0 wrote it\n")
    result = host.run(623)
    assert [diff["after_header"] for diff in result["diff"]] == [holder_files.PROGRAM]
    assert not host.run(623)["changed"]
    host.run(state="absent")
    assert host.everything() == before


def test_a_record_that_names_too_much_is_corrected_without_a_change(host, record_folder, monkeypatch):
    host.run(623)
    right = (record_folder / "holds.json").read_text()
    (record_folder / "holds.json").write_text(right.replace("},\n  \"files\"", "},\n  \"left over\": 1,\n  \"files\""))
    monkeypatch.setattr(file_changes, "applied", kill)  # it is not called without a change
    assert not host.run(623, check_mode=True)["changed"]
    assert (record_folder / "holds.json").read_text() != right
    assert not host.run(623)["changed"]
    assert (record_folder / "holds.json").read_text() == right


def test_a_host_that_cannot_be_restored_keeps_its_holder(host, monkeypatch):
    host.run(623)
    before = host.everything()
    remove = atomic_file.remove

    def refuse(path):
        if path == host.unit:
            raise HostError("Cannot remove: Read-only file system.")
        remove(path)

    with monkeypatch.context() as broken:
        broken.setattr(atomic_file, "remove", refuse)
        with pytest.raises(HostError, match="Read-only file system"):
            host.run(state="absent")
    assert host.everything() == before and host.running
    assert host.orders[-1] == (False, True)
    assert host.run(state="absent")["changed"] and not host.running


def test_a_holder_that_was_stopped_is_not_started_if_the_host_cannot_be_restored(host, monkeypatch):
    host.run(623)
    host.running = False
    monkeypatch.setattr(host, "forget", refuse_to_forget)
    with pytest.raises(HostError, match="^'systemctl daemon-reload' failed: no.$"):
        host.run(state="absent")
    assert not host.running and host.log == ["take down"]


def refuse_to_forget():
    raise HostError("'systemctl daemon-reload' failed: no.")


def test_a_run_that_was_killed_before_its_first_file_leaves_no_folder(host):
    before = host.everything()
    host.run(623)
    for path in (holder_files.PROGRAM, holder.LIST, host.unit):
        os.unlink(path)
    host.run(state="absent")
    assert host.everything() == before and not os.path.exists(holder_files.FOLDER)


def test_only_a_new_list_is_followed_without_a_restart(host):
    host.run(623)
    host.run(623, 664)
    with open(holder_files.PROGRAM, "ab") as file:
        file.write(b"# other\n")
    host.run(623, 664)
    assert host.orders == [(False, True), (True, False), (True, True)]


def test_a_new_holder_does_not_stay_without_the_conflicting_daemon(host):
    host.obstacles = {664: [STATD]}
    host.daemons.failure = "'systemctl start' did not end."
    with pytest.raises(HostError, match="did not end"):
        host.run(664)
    assert host.log == ["stop rpc-statd.service", "bring up", "take down", "forget"] and not host.running


def test_a_holder_that_is_not_concerned_is_not_restarted_if_the_change_fails(host, monkeypatch):
    host.run(623)
    with open(bindresvport.PATH, "wb") as file:
        file.write(host.blacklist)
    before = host.everything()

    def full(path, data, *mode, **kept):
        raise HostError("Cannot write: No space left on device.")

    with monkeypatch.context() as broken:
        broken.setattr(atomic_file, "write", full)
        with pytest.raises(HostError, match="No space left"):
            host.run(623)
    assert host.everything() == before and host.log == []


def test_a_holder_that_does_not_start_at_boot_is_reported(host):
    host.starts_at_boot = False
    with pytest.raises(HostError) as error:
        host.run(623)
    assert str(error.value) == (
        "The holder started but does not keep its sockets. Search the system log for Portblocker."
    )


def test_a_daemon_that_a_killed_run_left_stopped_is_started_when_the_host_is_restored(host):
    host.obstacles[664] = [STATD]
    host.daemons.failure = "'systemctl start' did not end."
    with pytest.raises(HostError):
        host.run(664)
    host.daemons.failure = None
    assert host.run(state="absent")["restarted"] == ["rpc-statd.service"]
    assert host.log[-1] == "start rpc-statd.service" and host.run(state="absent")["owned"] == []
