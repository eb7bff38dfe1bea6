# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder: it binds ports so that no other program can, and does nothing else with them.

This file is a program of its own, which the module ``port_holds`` puts on the host; it imports nothing of ours.
It reads a list of sockets and binds each of them, exclusively: neither SO_REUSEADDR nor SO_REUSEPORT is set, so no
other socket gets in beside it. TCP sockets never listen: a connection is refused as if nobody were there. UDP
sockets drop whatever arrives before it is queued.

Without an argument it hands the sockets to systemd's file descriptor store and ends; the service manager keeps them,
and at a restart gives back those that it has, so that no port that stays is ever let go of. With ``--resident`` it
stays in the background itself, for service managers that can't keep sockets; SIGHUP makes it read the list again.
"""

import array
import collections
import contextlib
import errno
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import syslog

LIST = "/etc/fleet.ports/holds"
RUN = "/run/fleet-ports-holder"
HELD = RUN + "/held"
PID = RUN + "/pid"

FIRST_PASSED_DESCRIPTOR = 3
SECONDS_FOR_THE_MANAGER = 5
SMALLEST_BUFFER = 1

# Python 3.6 has no names for these.
IP_FREEBIND = 15
SO_ATTACH_FILTER = 26
# One instruction of the classic packet filter: BPF_RET with the constant 0, "keep no byte of the packet".
DROP = struct.pack("HBBI", 0x06, 0, 0, 0)

KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


class Hold(collections.namedtuple("Hold", "protocol address port")):
    """One socket: what a line of the list says."""

    @property
    def family(self):
        return socket.AF_INET6 if ":" in self.address else socket.AF_INET

    @property
    def name(self):
        """The name of its descriptor; a colon may not be part of one."""
        return f"{self.protocol}-{self.address.replace(':', '_')}-{self.port}"

    def __str__(self):
        return f"{self.port}/{self.protocol} on {self.address}"


def parse_name(name):
    """Return the hold whose descriptor has this name."""
    protocol, address, port = name.split("-")
    return Hold(protocol, address.replace("_", ":"), int(port))


def parse(text):
    """Return the holds of a list; raise ValueError for a text that is none."""
    lines = (line.partition("#")[0].split() for line in text.split("\n"))
    return [_hold(fields) for fields in lines if fields]


def _hold(fields):
    protocol, address, port = fields
    if protocol not in KINDS or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        raise ValueError(f"no socket to be held: {' '.join(fields)}")
    return Hold(protocol, address, int(port[:6]))


def form(holds):
    """Return the list of the holds."""
    return "".join(f"{hold.protocol} {hold.address} {hold.port}\n" for hold in holds)


def take(hold):
    """Return a socket that has the port to itself."""
    sock = socket.socket(hold.family, KINDS[hold.protocol])
    try:
        if hold.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # An address counts before its interface is there: early at boot none is.
        sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        if hold.protocol == "udp":
            drop_everything(sock)
        sock.bind((hold.address, hold.port))
    except OSError:
        sock.close()
        raise
    return sock


def drop_everything(sock):
    """Keep the receive buffer empty; where the kernel knows no filter, keep it small."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
    instructions = array.array("B", DROP)
    address, _length = instructions.buffer_info()
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, address))


def spoken(hold):
    """Tell whether this kernel speaks the hold's kind of address at all."""
    try:
        socket.socket(hold.family, KINDS[hold.protocol]).close()
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            return False
        raise
    return True


def take_missing(held, wanted, say):
    """Bind what is wanted and not yet held; what can't be bound now must not cost the others."""
    for hold in wanted:
        if hold in held or not spoken(hold):
            continue
        try:
            held[hold] = take(hold)
        except OSError as error:
            say(syslog.LOG_ERR, f"cannot bind to port {hold}: {error.strerror}")


def read_list():
    with open(LIST) as file:
        return parse(file.read())


def wanted_now(held, say):
    """Return the holds of the list; what is held by now if it cannot be read, for no port must be lost by that."""
    try:
        return read_list()
    except (OSError, ValueError) as error:
        say(syslog.LOG_ERR, f"cannot read {LIST}, nothing changes: {error}")
        return list(held)


def report(held):
    """Leave a note of what is held, in the form of the list."""
    os.makedirs(RUN, exist_ok=True)
    write(HELD, form(sorted(held)))


def write(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.chmod(path + ".new", 0o644)
    os.rename(path + ".new", path)


def summary(held):
    ports = sorted({(hold.port, hold.protocol) for hold in held})
    return f"holds {', '.join(f'{port}/{protocol}' for port, protocol in ports) or 'nothing'} ({len(held)} sockets)"


class ServiceManager:
    """systemd, told through its notification socket."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.connect("\0" + path[1:] if path.startswith("@") else path)

    def keep(self, hold, sock):
        # FDPOLL=0: an unconnected TCP socket polls as hung up, and would be thrown away at once.
        self._tell(f"FDSTORE=1\nFDNAME={hold.name}\nFDPOLL=0", sock.fileno())

    def forget(self, hold):
        self._tell(f"FDSTOREREMOVE=1\nFDNAME={hold.name}")

    def status(self, text):
        self._tell(f"STATUS={text[:1000]}")

    def wait(self):
        """Wait until it has read all that it was told: it closes the pipe that it was given last."""
        mine, its = os.pipe()
        self._tell("BARRIER=1", its)
        os.close(its)
        poll = select.poll()
        poll.register(mine, select.POLLHUP)
        poll.poll(SECONDS_FOR_THE_MANAGER * 1000)
        os.close(mine)

    def _tell(self, text, *descriptors):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        self._socket.sendmsg([text.encode()], rights)


def adopt(environment):
    """Return ``{hold: socket}`` of the descriptors that the service manager passed to this process."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    held = {}
    for descriptor, name in enumerate(environment["LISTEN_FDNAMES"].split(":"), FIRST_PASSED_DESCRIPTOR):
        hold = parse_name(name)
        held[hold] = socket.socket(hold.family, KINDS[hold.protocol], 0, fileno=descriptor)
    return held


def hand_over():
    """Let systemd keep the sockets."""
    manager = ServiceManager(os.environ["NOTIFY_SOCKET"])
    held = adopt(os.environ)
    wanted = wanted_now(held, say_to_journal)
    for hold in set(held) - set(wanted):
        manager.forget(hold)
        held.pop(hold).close()
    # A dropped socket may stand in the way of a wanted one (all addresses before, one address now).
    manager.wait()
    adopted = set(held)
    take_missing(held, wanted, say_to_journal)
    for hold in set(held) - adopted:
        manager.keep(hold, held[hold])
    manager.status(summary(held))
    manager.wait()
    if held:
        started(held, say_to_journal)
    # A failed unit would lose all its sockets: it fails only if there is none to lose.
    return 0 if held else 1


def started(held, say):
    report(held)
    say(syslog.LOG_INFO, "Started successfully: " + summary(held))


def stay():
    """Keep the sockets in a process in the background."""
    os.makedirs(RUN, exist_ok=True)
    with open(PID, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say_to_syslog(syslog.LOG_INFO, "Instance already running")
            return 0
        held = {}
        take_missing(held, read_list(), say_to_syslog)
        if not held:
            os.unlink(PID)
            return 1
        # The signals wait from here on; a reload that comes early is not lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP, signal.SIGTERM))
        child = os.fork()
        if child:
            lock.truncate(0)
            lock.write(f"{child}\n")
            lock.flush()
            started(held, say_to_syslog)
            return 0
        leave_terminal()
        while signal.sigwait((signal.SIGHUP, signal.SIGTERM)) == signal.SIGHUP:
            read_again(held)
        for path in (HELD, PID):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        return 0


def leave_terminal():
    os.setsid()
    os.chdir("/")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)


def read_again(held):
    """Follow the list: let go of what it lost, take what it gained, keep the rest without a gap."""
    wanted = wanted_now(held, say_to_syslog)
    for hold in set(held) - set(wanted):
        held.pop(hold).close()
    take_missing(held, wanted, say_to_syslog)
    report(held)
    say_to_syslog(syslog.LOG_INFO, "Reloaded: " + summary(held))


def say_to_journal(priority, text):
    sys.stderr.write(f"<{priority}>Portblocker: {text}\n")


def say_to_syslog(priority, text):
    if "JOURNAL_STREAM" not in os.environ:  # else standard error ends up in the same log
        sys.stderr.write(f"Portblocker: {text}\n")
    syslog.openlog("portblocker", syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(priority, f"Portblocker: {text}")


if __name__ == "__main__":
    os.umask(0o022)
    raise SystemExit(stay() if "--resident" in sys.argv[1:] else hand_over())
