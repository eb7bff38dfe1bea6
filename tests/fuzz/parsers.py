# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Everything that reads what a host's files and programs say: a sample of each, and how it reaches its reader."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import filter as _aix_filter
from ansible_collections.fleet.ports.plugins.module_utils._host import files as _atomic_file
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import dbus as _dbus
from ansible_collections.fleet.ports.plugins.module_utils._host import differences as _differences
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import files as _firewalld_files
from ansible_collections.fleet.ports.plugins.module_utils._holds import bindresvport as _hold_blacklist
from ansible_collections.fleet.ports.plugins.module_utils._holds import state as _hold_state
from ansible_collections.fleet.ports.plugins.module_utils._holds import holder as _holder
from ansible_collections.fleet.ports.plugins.module_utils._jobs import at as _host_job_at
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import change as _housekeeping
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import inetd as _inetd
from ansible_collections.fleet.ports.plugins.module_utils._host import interfaces as _interface_addresses
from ansible_collections.fleet.ports.plugins.module_utils._host import kernel_value as _kernel_value
from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd as _lockd
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import lsfilt as _lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._nim import lsnim as _lsnim
from ansible_collections.fleet.ports.plugins.module_utils._host import marked_block as _marked_block
from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_services as _nfs_services
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import backend as _nft_backend
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import boot_script as _nft_config
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import script as _nft_script
from ansible_collections.fleet.ports.plugins.module_utils._nim import machines as _nim_machines
from ansible_collections.fleet.ports.plugins.module_utils._host import port_owner as _port_owner
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import results as _probe_findings
from ansible_collections.fleet.ports.plugins.module_utils._probe import messages as _probe_message
from ansible_collections.fleet.ports.plugins.module_utils._host import record as _record
from ansible_collections.fleet.ports.plugins.module_utils._pins import reserved_ports as _reserved_ports
from ansible_collections.fleet.ports.plugins.module_utils._rollback import pending as _rollback_pending
from ansible_collections.fleet.ports.plugins.module_utils._pins import rpcbind as _rpc_registry
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import rsh_trust as _rsh_trust
from ansible_collections.fleet.ports.plugins.module_utils._services import edit as _services_edit
from ansible_collections.fleet.ports.plugins.module_utils._services import entry as _services_entry
from ansible_collections.fleet.ports.plugins.module_utils._services import lines as _services_lines
from ansible_collections.fleet.ports.plugins.module_utils._host import src as _src
from ansible_collections.fleet.ports.plugins.module_utils._host import systemctl as _systemctl
from ansible_collections.fleet.ports.plugins.module_utils._host import removed_lines as _taken_lines
from ansible_collections.fleet.ports.plugins.module_utils._holds import rpc_daemons as _takers
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import tftpaccess as _tftpaccess
from ansible_collections.fleet.ports.plugins.module_utils._probe.ends import Ends

SAMPLES = Path(__file__).parent / "samples"

ENTRIES = _services_entry.wanted([{"name": "rmcp", "port": 623, "protocol": "udp", "aliases": ["asf-rmcp"]}])
ENDS = Ends("udp", "192.0.2.1", 1023, "192.0.2.2", 623)
NONCE = bytes(range(16))


def sample(name: str) -> bytes:
    """A file as a real host has it, or what a program of one prints."""
    return (SAMPLES / name).read_bytes()


def _heard(data: bytes) -> str:
    """What _host_programs makes of a program's output."""
    return data.decode("utf-8", "replace")


def _run_printing(data: bytes) -> Callable[..., tuple[int, str, str]]:
    return lambda *_command, **_options: (0, _heard(data), "")


@contextmanager
def _every_file_is(data: bytes) -> Iterator[None]:
    with mock.patch.object(_atomic_file, "read", lambda _path: data):
        yield


def _services(data: bytes) -> None:
    text = data.decode(_services_lines.ENCODING)
    assert _services_lines.join(_services_lines.split(text)) == text
    outcome = _services_edit.settle(text, None, ENTRIES, replace=True)
    again = _services_edit.settle(outcome.text, outcome.record, ENTRIES, replace=True)
    assert again.text == outcome.text
    assert _services_edit.settle(outcome.text, outcome.record, []).text == text


def _taken(data: bytes) -> None:
    trust = _rsh_trust.TrustOf(["nim01.example.org", "192.0.2.0/24", "2001:db8::1"])
    for unwanted in (trust, _inetd.serves_shell):
        left, taken = _taken_lines.take(data, unwanted)
        assert _taken_lines.put_back(left, taken) == data
        assert _taken_lines.take(left, unwanted)[1] == []


def _marked(data: bytes) -> None:
    bare = _marked_block.take_out(data)
    for put in (_marked_block.put_first, _marked_block.put_last):
        if _marked_block.text_of(bare) is None:
            assert _marked_block.take_out(put(bare, "port=20048\n")) == bare
    _marked_block.text_of(data)


def _filter_table(data: bytes) -> None:
    read = _lsfilt.table(_heard(data))
    _lsfilt.unknown_forms(read)
    _lsfilt.contents(read)


def _nim(data: bytes) -> None:
    found = _nim_machines.topology(_lsnim.objects(_heard(data)), lambda _name: ["192.0.2.7"])
    json.dumps([found.machines, found.networks, found.unresolved, found.warnings])


def _sockets(data: bytes) -> None:
    for family in (socket.AF_INET, socket.AF_INET6):
        for port in (0x26F, 0x298):
            _port_owner._sockets(io.StringIO(_heard(data)), family, port)


def _ruleset(data: bytes) -> None:
    backend = _nft_backend.Nftables(_run_printing(data), "nft", {})
    with _nft_backend._as_nft_lists():
        ruleset = backend._ruleset()
        ruleset.closed_chains(lambda _place: True)
        owned = backend._owned(ruleset)
    _nft_script.text(owned.tables)
    _nft_script.undo(owned)


def _documents(data: bytes) -> None:
    with _every_file_is(data), mock.patch.object(_firewalld_files, "_paths", lambda _kind: ["/etc/firewalld/a.xml"]):
        _firewalld_files.drops_output()
        _firewalld_files.missing_sets([])


def _bus(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = _dbus.Connection.__new__(_dbus.Connection)
        connection._socket, connection._serial = ours, 0
        ours.settimeout(1)
        theirs.sendall(data[:60000])
        theirs.shutdown(socket.SHUT_WR)
        try:
            connection.call("a", "/a", "a", "a")
        except _dbus.BusError:
            pass


def _with_files(function: Callable[[], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        with _every_file_is(data):
            return function()

    return read


def _reserved(data: bytes) -> None:
    with _every_file_is(data), mock.patch.object(_kernel_value, "read", lambda _path: None):
        with mock.patch.object(_kernel_value, "change", lambda *_change: []):
            _reserved_ports.compute([20048], [])


def _message(data: bytes) -> None:
    proof = _probe_message.asked(data)
    _probe_message.is_service_reply(data, NONCE, ENDS)
    findings = _probe_findings.Findings(NONCE, {ENDS: [1]})
    findings.question(data, ENDS.here, ENDS.source, ENDS.source_port)
    assert proof is None or len(proof) == _probe_message.TOKEN_LENGTH


def _device(data: bytes) -> None:
    class Programs:
        """Every program prints the same."""

        def output(self, *_command: str) -> str:
            return _heard(data)

    _aix_filter._device(Programs(), 4)


# A D-Bus reply: header with its fields, then one array of texts.
BUS_REPLY = b"l\2\1\1\x13\0\0\0\1\0\0\0\x0f\0\0\0\5\1u\0\1\0\0\0\x08\1g\0\2as\0\0\x0f\0\0\0\3\0\0\0one\0\3\0\0\0two\0"

# What reads what: the sample, and the way to its reader.
READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "services": (sample("services"), _services),
    "rpcinfo": (sample("rpcinfo"), lambda data: _rpc_registry.parse(_heard(data))),
    "lsfilt": (sample("lsfilt"), _filter_table),
    "lsdev": (sample("lsdev"), _device),
    "lssrc": (sample("lssrc"), lambda data: _src.Src(_run_printing(data)).status("rpc.statd")),
    "lsnim": (sample("lsnim"), _nim),
    "systemctl show": (
        sample("systemctl-show"),
        lambda data: _systemctl.Systemctl(_run_printing(data)).show(["a", "b"], "Id"),
    ),
    "systemctl version": (b"252.39-1~deb12u2\n", lambda data: _systemctl.Systemctl(_run_printing(data)).version()),
    "list-sockets": (
        sample("list-sockets"),
        lambda data: _takers.Units(_run_printing(data)).clarified(
            _port_owner.Owner("tcp", "0.0.0.0", 111, 1, "systemd", None, False)
        ),
    ),
    "ip address": (sample("ip-address"), lambda data: _interface_addresses.addresses(_run_printing(data), "lo")),
    "mounts": (sample("mounts"), _with_files(_lockd.keeping_mount)),
    "nfsd threads": (b"8\n", _with_files(_nfs_services._serves)),
    "proc net tcp": (sample("proc-net-tcp"), _sockets),
    "cgroup": (sample("cgroup"), lambda data: _port_owner.unit_of(_heard(data))),
    "nft ruleset": (sample("nft.json"), _ruleset),
    "nftables.conf": (sample("nftables.conf"), _nft_config.chains),
    "nftables.service": (sample("exec-start"), lambda data: _nft_config.find(_heard(data))),
    "firewalld's files": (sample("policy.xml"), _documents),
    "D-Bus": (BUS_REPLY, _bus),
    "inetd.conf": (sample("inetd.conf"), _taken),
    "rhosts": (sample("rhosts"), _taken),
    "rhosts for warnings": (sample("rhosts"), lambda data: list(_housekeeping._trusts_everybody("/.rhosts", data))),
    "inetd.pid": (b"712\n", _with_files(_inetd.reload_on_linux)),
    "tftpaccess.ctl": (sample("tftpaccess.ctl"), lambda data: _tftpaccess.given_back(_tftpaccess.limited(data), data)),
    "niminfo": (sample("niminfo"), _with_files(_housekeeping._own_masters)),
    "sysctl": (sample("sysctl.conf"), _reserved),
    "marked block": (sample("nfs.conf"), _marked),
    "bindresvport.blacklist": (sample("bindresvport.blacklist"), _hold_blacklist._listed),
    "holder's note": (sample("holds"), _with_files(_hold_state.noted)),
    "holder's PID": (b"712\n", _with_files(_hold_state._resident_pid)),
    "record": (sample("record.json"), _with_files(_record.Record("services").load)),
    "unconfirmed change": (sample("pending.json"), _with_files(_rollback_pending.load)),
    "probe": (_probe_message.question(NONCE, ENDS), _message),
    "at": (
        b"Job root.1772359200.a will be run at ...\njob 7 at Sun\n",
        lambda data: _host_job_at._JOB.search(_heard(data)),
    ),
    "differences": (
        b"a\nb\n",
        lambda data: _differences.of_diffs(
            [dict(before=_heard(data), after="a\nc\n", before_header="x", after_header="x")]
        ),
    ),
    "holder's list": (sample("holds"), lambda data: _list_of_holder(_heard(data))),
}


def _list_of_holder(text: str) -> object:
    """The holder imports nothing of ours: that its list is none, it says with a ValueError."""
    try:
        return [(hold.family, hold.name, _holder.KINDS[hold.protocol]) for hold in _holder.parse(text)]
    except ValueError:
        return None
