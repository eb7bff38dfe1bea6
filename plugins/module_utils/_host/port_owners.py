# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The owners of a port: program, process and unit, as the kernel lists them under :file:`/proc`.

A socket is found by its inode: ``/proc/net/udp`` and the like list the inode of each port, the links in
``/proc/PID/fd`` the inodes of each process, and ``/proc/PID/cgroup`` the unit of each process.
"""

import collections
import contextlib
import errno
import os
import re
import socket
import struct

PROC = "/proc"

# A connection that is closing (TIME_WAIT, an orphaned connection) has no inode.
NO_INODE = "0"

# Number, local address and port, remote ones, state, queues, timer, retransmissions, user, timeout, inode.
_SOCKET = re.compile(r"\s*[0-9]+:\s+(?P<address>[0-9A-F]+):(?P<port>[0-9A-F]{4})(?:\s+\S+){7}\s+(?P<inode>[0-9]+)\s")
_DIGITS = {socket.AF_INET: 8, socket.AF_INET6: 32}
_KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
_SOCKET_LINK = re.compile(r"socket:\[([0-9]+)\]")
_UNIT = re.compile(r"[^/]+\.(?:service|scope|socket)")


class Owner(collections.namedtuple("Owner", "protocol address port pid program unit closing")):
    """A socket with the port; if it has no process, it belongs to the kernel or is closing."""

    def __str__(self):
        if self.closing:
            return "a closed connection (TIME_WAIT, for one minute)"
        if self.pid is None:
            return "the kernel itself (no process; lockd and the NFS server live there)"
        return f"{self.program} (PID {self.pid}, {'unit ' + self.unit if self.unit else 'no unit'})"


def owners(port, protocol, proc=PROC):
    """Return the owners of the port, one for each process and address; the protocol is ``tcp`` or ``udp``."""
    found = []
    for name, family in ((protocol, socket.AF_INET), (protocol + "6", socket.AF_INET6)):
        with contextlib.suppress(FileNotFoundError):
            with open(os.path.join(proc, "net", name)) as table:
                found += _sockets(table, family, port)
    if not found:
        return []
    processes = _processes({inode for _address, inode in found}, proc)
    return sorted(
        {owner(protocol, address, port, processes.get(inode), inode == NO_INODE, proc) for address, inode in found},
        key=lambda one: (one.address, one.pid or 0),
    )


def owner(protocol, address, port, pid, closing=False, proc=PROC):
    """Return this process as an Owner."""
    return Owner(protocol, address, port, *_process(pid, proc), closing=closing)


def is_taken(port, protocol):
    """Return whether the port is in use on any address, on systems that do not say by what; it is bound for a moment.

    The protocol is ``tcp`` or ``udp``.
    """
    return any(_is_taken(family, _KINDS[protocol], port) for family in (socket.AF_INET, socket.AF_INET6))


def _is_taken(family, kind, port):
    try:
        with socket.socket(family, kind) as probe:
            if family == socket.AF_INET6:
                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            if kind == socket.SOCK_STREAM:  # connections in TIME_WAIT do not count
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("", port))
    except OSError as error:
        return error.errno == errno.EADDRINUSE  # else this host lacks the address family
    return False


def _sockets(table, family, port):
    """Return ``(address, inode)`` of each socket in a table with this local port."""
    lines = (_SOCKET.match(line) for line in table)
    return [
        (_address(line.group("address"), family), line.group("inode"))
        for line in lines
        if line and int(line.group("port"), 16) == port and len(line.group("address")) == _DIGITS[family]
    ]


def _address(text, family):
    """Return the address of the kernel's hexadecimal words, which are in the byte order of the machine."""
    words = [int(text[start:start + 8], 16) for start in range(0, len(text), 8)]
    return socket.inet_ntop(family, struct.pack(f"={len(words)}I", *words))


def _processes(inodes, proc):
    """Return ``{inode: pid}``; of several processes the one that uses the socket, not systemd, which opened it."""
    found = {}
    for pid in sorted((int(name) for name in os.listdir(proc) if name.isdigit()), key=lambda pid: (pid == 1, pid)):
        # A process may have ended meanwhile.
        with contextlib.suppress(OSError):
            for _descriptor, inode in socket_descriptors(pid, proc):
                if inode in inodes:
                    found.setdefault(inode, pid)
    return found


def socket_descriptors(pid, proc=PROC):
    """Return ``(descriptor, inode)`` of each socket that the process has."""
    folder = os.path.join(proc, str(pid), "fd")
    found = []
    for descriptor in os.listdir(folder):
        # A descriptor may have been closed meanwhile.
        with contextlib.suppress(OSError):
            link = _SOCKET_LINK.match(os.readlink(os.path.join(folder, descriptor)))
            if link:
                found.append((int(descriptor), link.group(1)))
    return found


def _process(pid, proc):
    """Return ``(pid, program, unit)`` of a process, each None where there is none."""
    if pid is None:
        return None, None, None
    program, unit = "a process that has just ended", None
    with contextlib.suppress(OSError):
        program = _printable(_text(proc, pid, "comm"))
        unit = unit_of(_text(proc, pid, "cgroup"))
    return pid, program, unit and _printable(unit)


def _printable(name):
    """Return the printable part of a name: a process can choose its name freely, and a unit nearly so."""
    return "".join(filter(str.isprintable, name)).strip()


def unit_of(cgroups):
    """Return the system unit in the text of ``/proc/PID/cgroup``: the first part of its path that is not a slice."""
    paths = {}
    for line in cgroups.strip("\n").split("\n"):
        _number, _colon, rest = line.partition(":")
        controllers, _colon, path = rest.partition(":")
        paths[controllers] = path
    # With cgroup v1, the hierarchy of systemd has a name; with v2, the only hierarchy has none; a hybrid has both.
    for controllers in ("name=systemd", ""):
        for part in paths.get(controllers, "").split("/"):
            if _UNIT.fullmatch(part):
                return part
    return None


def _text(proc, pid, name):
    with open(os.path.join(proc, str(pid), name), errors="replace") as file:
        return file.read()
