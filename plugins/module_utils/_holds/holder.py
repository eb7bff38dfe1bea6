# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The holder: it binds ports so that no other program can, and does nothing else with them.

This file is a program of its own, which the module ``port_holds`` installs on the host; it imports the standard library
only. It reads a list of sockets and binds each of them exclusively: neither SO_REUSEADDR nor SO_REUSEPORT is set, so
that no other socket can be bound beside it. TCP sockets never listen, so connections are refused. UDP sockets drop all
packets before they are queued.

Without an argument it stores the sockets in systemd's file descriptor store and ends. systemd passes the sockets that
it keeps to the next start, so that a port that stays in the list is never released. With ``--resident`` the holder
stays in the background, for service managers that cannot keep sockets; SIGHUP makes it read the list again.
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
    """One socket, which is one line of the list."""

    @property
    def family(self):
        return socket.AF_INET6 if ":" in self.address else socket.AF_INET

    @property
    def name(self):
        """The name of its descriptor, which cannot contain a colon."""
        return f"{self.protocol}-{self.address.replace(':', '_')}-{self.port}"

    def __str__(self):
        return f"{self.port}/{self.protocol} on {self.address}"


def parse_name(name):
    """Return the hold of the descriptor with this name."""
    protocol, address, port = name.split("-")
    return Hold(protocol, address.replace("_", ":"), int(port))


def parse(text):
    """Return the holds of a list; raise ValueError for an invalid line."""
    lines = (line.partition("#")[0].split() for line in text.split("\n"))
    return [_hold(fields) for fields in lines if fields]


def _hold(fields):
    protocol, address, port = fields
    if protocol not in KINDS or not port.isdigit() or not 0 < int(port[:6]) < 65536:
        raise ValueError(f"invalid line: {' '.join(fields)}")
    return Hold(protocol, address, int(port[:6]))


def form(holds):
    """Return the holds as a list: one line each with protocol, address and port."""
    return "".join(f"{hold.protocol} {hold.address} {hold.port}\n" for hold in holds)


def bind(hold):
    """Return a socket that is bound to the port exclusively."""
    sock = socket.socket(hold.family, KINDS[hold.protocol])
    try:
        if hold.family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        # The holder starts before any interface is up.
        sock.setsockopt(socket.IPPROTO_IP, IP_FREEBIND, 1)
        if hold.protocol == "udp":
            drop_everything(sock)
        sock.bind((hold.address, hold.port))
    except OSError:
        sock.close()
        raise
    return sock


def drop_everything(sock):
    """Keep the receive buffer empty by a filter, and small in case the kernel supports no filters."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
    instructions = array.array("B", DROP)
    address, _length = instructions.buffer_info()
    with contextlib.suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, address))


def is_supported(hold):
    """Tell whether this kernel supports the address family of the hold."""
    try:
        socket.socket(hold.family, KINDS[hold.protocol]).close()
    except OSError as error:
        if error.errno == errno.EAFNOSUPPORT:
            return False
        raise
    return True


def bind_missing(held, wanted, log):
    """Bind all wanted holds that are not held yet; one that fails does not prevent the others."""
    for hold in wanted:
        if hold in held or not is_supported(hold):
            continue
        try:
            held[hold] = bind(hold)
        except OSError as error:
            log(syslog.LOG_ERR, f"cannot bind to port {hold}: {error.strerror}")


def read_list():
    with open(LIST) as file:
        return parse(file.read())


def wanted_holds(held, log):
    """Return the holds of the list; if it cannot be read, those that are held now, so that no port is released."""
    try:
        return read_list()
    except (OSError, ValueError) as error:
        log(syslog.LOG_ERR, f"cannot read {LIST}, nothing changes: {error}")
        return list(held)


def report(held):
    """Note the holds that are held, in the format of the list."""
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
    """systemd, which receives messages through its notification socket."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.connect("\0" + path[1:] if path.startswith("@") else path)

    def keep(self, hold, sock):
        # FDPOLL=0: poll() reports an unconnected TCP socket as hung up, and systemd would close it at once.
        self._send(f"FDSTORE=1\nFDNAME={hold.name}\nFDPOLL=0", sock.fileno())

    def release(self, hold):
        self._send(f"FDSTOREREMOVE=1\nFDNAME={hold.name}")

    def status(self, text):
        self._send(f"STATUS={text[:1000]}")

    def wait(self):
        """Wait until it has read all messages: then it closes the pipe that comes with the last one."""
        reading, writing = os.pipe()
        self._send("BARRIER=1", writing)
        os.close(writing)
        poll = select.poll()
        poll.register(reading, select.POLLHUP)
        poll.poll(SECONDS_FOR_THE_MANAGER * 1000)
        os.close(reading)

    def _send(self, text, *descriptors):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
        self._socket.sendmsg([text.encode()], rights)


def adopt(environment):
    """Return ``{hold: socket}`` for the descriptors that the service manager passed to this process."""
    if environment.get("LISTEN_PID") != str(os.getpid()):
        return {}
    held = {}
    for descriptor, name in enumerate(environment["LISTEN_FDNAMES"].split(":"), FIRST_PASSED_DESCRIPTOR):
        hold = parse_name(name)
        held[hold] = socket.socket(hold.family, KINDS[hold.protocol], 0, fileno=descriptor)
    return held


def store_sockets():
    """Bind the sockets and let systemd keep them."""
    manager = ServiceManager(os.environ["NOTIFY_SOCKET"])
    held = adopt(os.environ)
    wanted = wanted_holds(held, log_to_journal)
    for hold in set(held) - set(wanted):
        manager.release(hold)
        held.pop(hold).close()
    # A socket that is released may conflict with a wanted one (all addresses before, one address now).
    manager.wait()
    adopted = set(held)
    bind_missing(held, wanted, log_to_journal)
    for hold in set(held) - adopted:
        manager.keep(hold, held[hold])
    manager.status(summary(held))
    manager.wait()
    if held:
        started(held, log_to_journal)
    # systemd closes the sockets of a unit that fails, so the holder fails only without any socket.
    return 0 if held else 1


def started(held, log):
    report(held)
    log(syslog.LOG_INFO, "Started successfully: " + summary(held))


def stay_resident():
    """Keep the sockets in a process in the background."""
    os.makedirs(RUN, exist_ok=True)
    with open(PID, "a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            log_to_syslog(syslog.LOG_INFO, "Instance already running")
            return 0
        held = {}
        bind_missing(held, read_list(), log_to_syslog)
        if not held:
            os.unlink(PID)
            return 1
        # Blocked signals stay pending, so that an early reload is not lost.
        signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGHUP, signal.SIGTERM))
        child = os.fork()
        if child:
            lock.truncate(0)
            lock.write(f"{child}\n")
            lock.flush()
            started(held, log_to_syslog)
            return 0
        detach()
        while signal.sigwait((signal.SIGHUP, signal.SIGTERM)) == signal.SIGHUP:
            read_again(held)
        for path in (HELD, PID):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
        return 0


def detach():
    os.setsid()
    os.chdir("/")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)


def read_again(held):
    """Follow the list: release what it no longer has, bind what is new, and keep the rest bound."""
    wanted = wanted_holds(held, log_to_syslog)
    for hold in set(held) - set(wanted):
        held.pop(hold).close()
    bind_missing(held, wanted, log_to_syslog)
    report(held)
    log_to_syslog(syslog.LOG_INFO, "Reloaded: " + summary(held))


def log_to_journal(priority, text):
    sys.stderr.write(f"<{priority}>Portblocker: {text}\n")


def log_to_syslog(priority, text):
    if "JOURNAL_STREAM" not in os.environ:  # systemd logs standard error to the journal as well
        sys.stderr.write(f"Portblocker: {text}\n")
    syslog.openlog("portblocker", syslog.LOG_PID, syslog.LOG_DAEMON)
    syslog.syslog(priority, f"Portblocker: {text}")


if __name__ == "__main__":
    os.umask(0o022)
    raise SystemExit(stay_resident() if "--resident" in sys.argv[1:] else store_sockets())
