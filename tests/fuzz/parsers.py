# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""All parsers of files and program output of a host, each with a sample and a function that feeds it."""

from __future__ import annotations

import io
import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from ansible_collections.fleet.ports.plugins.module_utils._commit import pending_change
from ansible_collections.fleet.ports.plugins.module_utils._flows.aix_ipsec import filter, lsfilt
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewall_services import FirewallServices
from ansible_collections.fleet.ports.plugins.module_utils._flows.firewalld import config_files, dbus
from ansible_collections.fleet.ports.plugins.module_utils._flows.nftables import (
    backend as _nft_backend,
    boot_script,
    nft_script,
    static_reading,
)
from ansible_collections.fleet.ports.plugins.module_utils._flows.nim_hardening import (
    change,
    inetd,
    removed_lines,
    rsh_trust,
    tftpaccess,
)
from ansible_collections.fleet.ports.plugins.module_utils._holds import (
    bindresvport,
    holder,
    holder_state,
    rpc_daemons,
    sockets,
)
from ansible_collections.fleet.ports.plugins.module_utils._host import (
    atomic_file,
    diffs,
    marked_blocks,
    port_owners,
    records,
    src,
    sysctl,
    systemctl,
)
from ansible_collections.fleet.ports.plugins.module_utils._host.host import Host
from ansible_collections.fleet.ports.plugins.module_utils._jobs import at
from ansible_collections.fleet.ports.plugins.module_utils._nim import database, machines
from ansible_collections.fleet.ports.plugins.module_utils._pins import lockd, nfs_services, reserved_ports, rpc_registry
from ansible_collections.fleet.ports.plugins.module_utils._probe import messages
from ansible_collections.fleet.ports.plugins.module_utils._probe.listener import heard
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Ends
from ansible_collections.fleet.ports.plugins.module_utils._services import edit, entry, lines

SAMPLES = Path(__file__).parent / "samples"

ENTRIES = entry.wanted([{"name": "rmcp", "port": 623, "protocol": "udp", "aliases": ["asf-rmcp"]}])
ENDS = Ends("udp", "192.0.2.1", 1023, "192.0.2.2", 623)
NONCE = bytes(range(16))


def sample(name: str) -> bytes:
    """A file or the output of a program of a real host."""
    return (SAMPLES / name).read_bytes()


def _heard(data: bytes) -> str:
    """The text that ``commands.run`` returns for the output of a program."""
    return data.decode("utf-8", "replace")


def _run_printing(data: bytes) -> Callable[..., tuple[int, str, str]]:
    return lambda *_command, **_options: (0, _heard(data), "")


@contextmanager
def _every_file_is(data: bytes) -> Iterator[None]:
    with mock.patch.object(atomic_file, "read", lambda _path: data):
        yield


def _services(data: bytes) -> None:
    text = data.decode(lines.ENCODING)
    assert lines.join(lines.split(text)) == text
    outcome = edit.compute(text, None, ENTRIES, replace=True)
    again = edit.compute(outcome.text, outcome.record, ENTRIES, replace=True)
    assert again.text == outcome.text
    assert edit.compute(outcome.text, outcome.record, []).text == text


def _taken(data: bytes) -> None:
    trust = rsh_trust.TrustOf(["nim01.example.org", "192.0.2.0/24", "2001:db8::1"])
    for unwanted in (trust, inetd.serves_shell):
        left, taken = removed_lines.take(data, unwanted)
        assert removed_lines.put_back(left, taken) == data
        assert removed_lines.take(left, unwanted)[1] == []


def _marked(data: bytes) -> None:
    bare = marked_blocks.take_out(data)
    for put in (marked_blocks.put_first, marked_blocks.put_last):
        if marked_blocks.text_of(bare) is None:
            assert marked_blocks.take_out(put(bare, "port=20048\n")) == bare
    marked_blocks.text_of(data)


def _filter_table(data: bytes) -> None:
    read = lsfilt.table(_heard(data))
    lsfilt.unknown_forms(read)
    lsfilt.contents(read)


def _nim(data: bytes) -> None:
    found = machines.topology(database.objects(_heard(data)), lambda _name: ["192.0.2.7"])
    json.dumps([found.machines, found.networks, found.unresolved, found.warnings])


def _sockets(data: bytes) -> None:
    for family in (socket.AF_INET, socket.AF_INET6):
        for port in (0x26F, 0x298):
            port_owners._sockets(io.StringIO(_heard(data)), family, port)


def _ruleset(data: bytes) -> None:
    host = Host(_run_printing(data), lambda name: name)
    backend = _nft_backend.Nftables(host, FirewallServices(host), None)
    with _nft_backend._as_nft_lists():
        ruleset = backend._ruleset()
        static_reading.closed_chains(ruleset, lambda _place: True)
        ruleset.digest()
        owned = backend._owned(ruleset)
    nft_script.text(owned.tables)
    nft_script.undo(owned)


def _documents(data: bytes) -> None:
    with _every_file_is(data), mock.patch.object(config_files, "_paths", lambda _kind: ["/etc/firewalld/a.xml"]):
        config_files.drops_output()
        config_files.missing_sets([])


def _bus(data: bytes) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = dbus.Connection.__new__(dbus.Connection)
        connection._socket, connection._serial = ours, 0
        ours.settimeout(1)
        theirs.sendall(data[:60000])
        theirs.shutdown(socket.SHUT_WR)
        try:
            connection.call("a", "/a", "a", "a")
        except dbus.BusError:
            pass


def _with_files(function: Callable[[], object]) -> Callable[[bytes], object]:
    def read(data: bytes) -> object:
        with _every_file_is(data):
            return function()

    return read


def _reserved(data: bytes) -> None:
    with _every_file_is(data), mock.patch.object(sysctl, "read", lambda _path: None):
        with mock.patch.object(sysctl, "changes", lambda *_change: []):
            reserved_ports.compute([20048], [])


def _message(data: bytes) -> None:
    proof = messages.asked(data)
    messages.is_service_reply(data, NONCE, ENDS)
    recorded = heard.HeardProbes(NONCE, {ENDS: [1]})
    recorded.record_question(data, ENDS.destination_endpoint, ENDS.source, ENDS.source_port)
    assert proof is None or len(proof) == messages.TOKEN_LENGTH


def _device(data: bytes) -> None:
    class Programs:
        """All programs print the same text."""

        def output(self, *_command: str) -> str:
            return _heard(data)

    filter._device(Programs(), 4)


# A D-Bus reply: header with its fields, then one array of texts.
BUS_REPLY = b"l\2\1\1\x13\0\0\0\1\0\0\0\x0f\0\0\0\5\1u\0\1\0\0\0\x08\1g\0\2as\0\0\x0f\0\0\0\3\0\0\0one\0\3\0\0\0two\0"

# What reads what: the sample, and the way to its reader.
READERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "services": (sample("services"), _services),
    "rpcinfo": (sample("rpcinfo"), lambda data: rpc_registry.parse(_heard(data))),
    "lsfilt": (sample("lsfilt"), _filter_table),
    "lsdev": (sample("lsdev"), _device),
    "lssrc": (sample("lssrc"), lambda data: src.Src(_run_printing(data)).status("rpc.statd")),
    "lsnim": (sample("lsnim"), _nim),
    "systemctl show": (
        sample("systemctl-show"),
        lambda data: systemctl.Systemctl(_run_printing(data)).show(["a", "b"], "Id"),
    ),
    "systemctl version": (b"Version=252.39-1~deb12u2\n", lambda data: systemctl.Systemctl(_run_printing(data)).version()),
    "list-sockets": (
        sample("list-sockets"),
        lambda data: rpc_daemons.Units(_run_printing(data)).clarified(
            port_owners.Owner("tcp", "0.0.0.0", 111, 1, "systemd", None, False)
        ),
    ),
    "ip address": (sample("ip-address"), lambda data: sockets.addresses_of(_run_printing(data), "lo")),
    "mounts": (sample("mounts"), _with_files(lockd.keeping_mount)),
    "nfsd threads": (b"8\n", _with_files(nfs_services._nfs_server_runs)),
    "proc net tcp": (sample("proc-net-tcp"), _sockets),
    "cgroup": (sample("cgroup"), lambda data: port_owners.unit_of(_heard(data))),
    "nft ruleset": (sample("nft.json"), _ruleset),
    "nftables.conf": (sample("nftables.conf"), boot_script.chains),
    "nftables.service": (sample("exec-start"), lambda data: boot_script.find(_heard(data))),
    "firewalld's files": (sample("policy.xml"), _documents),
    "D-Bus": (BUS_REPLY, _bus),
    "inetd.conf": (sample("inetd.conf"), _taken),
    "rhosts": (sample("rhosts"), _taken),
    "rhosts for warnings": (sample("rhosts"), lambda data: list(change._wildcard_warnings("/.rhosts", data))),
    "inetd.pid": (b"712\n", _with_files(inetd.reload_on_linux)),
    "tftpaccess.ctl": (sample("tftpaccess.ctl"), lambda data: tftpaccess.given_back(tftpaccess.limited(data), data)),
    "niminfo": (sample("niminfo"), _with_files(change._own_masters)),
    "sysctl": (sample("sysctl.conf"), _reserved),
    "marked block": (sample("nfs.conf"), _marked),
    "bindresvport.blacklist": (sample("bindresvport.blacklist"), bindresvport._listed),
    "holder's note": (sample("holds"), _with_files(holder_state.noted)),
    "holder's PID": (b"712\n", _with_files(holder_state._resident_pid)),
    "record": (sample("record.json"), _with_files(records.Record("services").load)),
    "unconfirmed change": (sample("pending.json"), _with_files(pending_change.load)),
    "unconfirmed change of 1.0.0": (sample("pending-1.0.0.json"), _with_files(pending_change.load)),
    "probe": (messages.question(NONCE, ENDS), _message),
    "at": (
        b"Job root.1772359200.a will be run at ...\njob 7 at Sun\n",
        lambda data: at._JOB.search(_heard(data)),
    ),
    "differences": (
        b"a\nb\n",
        lambda data: diffs.of_diffs(
            [dict(before=_heard(data), after="a\nc\n", before_header="x", after_header="x")]
        ),
    ),
    "holder's list": (sample("holds"), lambda data: _list_of_holder(_heard(data))),
}


def _list_of_holder(text: str) -> object:
    """The holder imports nothing of the collection: it reports an invalid list with a ValueError."""
    try:
        return [(hold.family, hold.name, holder.KINDS[hold.protocol]) for hold in holder.parse(text)]
    except ValueError:
        return None
