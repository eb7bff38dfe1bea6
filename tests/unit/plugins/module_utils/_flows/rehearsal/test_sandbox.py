# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The child with a network of its own: what it answers, and that nothing is left of it, whatever ends it."""

import ctypes
import errno
import os
import random
import signal
import socket
import subprocess
import sys
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal import sandbox
from ansible_collections.fleet.ports.plugins.module_utils._flows.rehearsal.sandbox import NotRehearsed, inside
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

LINGERING = 2.0  # seconds within which the kernel has ended everything


@pytest.fixture(name="allowed")
def fixture_allowed():
    """A host that allows such children."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("needs root on Linux")
    try:
        inside(lambda: None)
    except NotRehearsed as error:
        pytest.skip(str(error))


def survivors(session):
    """Return the processes of a session that still run."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % pid) as stream:
                state, _parent, _group, its_session = stream.read().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(its_session) == session and state not in "ZX":
            found.append(int(pid))
    return found


def remaining(session):
    """Return the processes of a session that are left once all have had time to end."""
    deadline = time.monotonic() + LINGERING
    while survivors(session) and time.monotonic() < deadline:
        time.sleep(0.005)
    return survivors(session)


def in_a_session(function):
    """Call the function in a process that leads a session, and return its ID."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        try:
            function()
        finally:
            os._exit(0)
    return pid


def test_what_the_function_returns_comes_out(allowed):
    returned = {"places": [["inet", "filter", "input", "input", True]], "reason": "\udcff and \u00fc", "none": None}
    assert inside(lambda: returned) == returned


def test_much_comes_out_whole(allowed):
    assert inside(lambda: ["x" * 1000] * 2000) == ["x" * 1000] * 2000


def test_inside_there_is_another_network_with_nothing_in_it(allowed):
    def look():
        return os.readlink("/proc/self/ns/net"), [name for _index, name in socket.if_nameindex()]

    network, interfaces = inside(look)
    assert network != os.readlink("/proc/self/ns/net")
    assert interfaces == ["lo"]


def test_inside_there_are_no_other_processes(allowed):
    assert inside(os.getpid) == 1


def test_each_child_has_its_own_network(allowed):
    def look():
        return os.stat("/proc/self/ns/net").st_ino

    assert os.stat("/proc/self/ns/net").st_ino not in (inside(look), inside(look))


def raising(error):
    def function():
        raise error

    return function


@pytest.mark.parametrize(
    "error, reason",
    [
        (NotRehearsed("it has no nft"), "^it has no nft$"),
        (HostError("It hangs."), "^It hangs$"),
        (OSError(errno.ENOBUFS, "No buffer space available"), "^No buffer space available$"),
        (ValueError("x"), r"^of an error in the rehearsal, ValueError\('x',?\)$"),
        (RecursionError(), "^of an error in the rehearsal, RecursionError"),
        (SystemExit(3), "^the rehearsal was ended$"),
        (KeyboardInterrupt(), "^the rehearsal was ended$"),
    ],
)
def test_what_the_function_raises_is_why_nothing_was_rehearsed(allowed, error, reason):
    with pytest.raises(NotRehearsed, match=reason):
        inside(raising(error))


@pytest.mark.parametrize("end", [lambda: os._exit(3), lambda: {1, 2}])
def test_a_child_that_ends_without_an_answer(allowed, end):
    with pytest.raises(NotRehearsed, match="^the rehearsal was ended$"):
        inside(end)


def test_a_child_that_says_too_much(allowed, monkeypatch):
    monkeypatch.setattr(sandbox, "_MOST_BYTES", 100000)
    with pytest.raises(NotRehearsed, match="^the rehearsal says too much$"):
        inside(lambda: "x" * 1000000)


def test_one_that_hangs_is_ended_with_all_that_it_started(allowed):
    def hang():
        subprocess.Popen(["sleep", "60"])
        time.sleep(60)

    def rehearse():
        begin = time.monotonic()
        try:
            inside(hang, seconds=0.3)
        except NotRehearsed as error:
            os.write(writer, ("%s after %d s" % (error, time.monotonic() - begin)).encode())

    reader, writer = os.pipe()
    session = in_a_session(rehearse)
    os.close(writer)
    os.waitpid(session, 0)
    assert remaining(session) == []
    assert os.read(reader, 100) == b"the rehearsal did not end in time after 0 s"
    os.close(reader)


def test_nothing_is_left_after_an_answer(allowed):
    def leave_a_child():
        subprocess.Popen(["sleep", "60"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    session = in_a_session(lambda: inside(leave_a_child))
    os.waitpid(session, 0)
    assert remaining(session) == []


def test_wherever_the_parent_is_killed_nothing_is_left(allowed):
    """Also before its child knows that it has one."""

    def run_programs():
        for _program in range(100):
            subprocess.call(["sleep", "0.05"])

    chance = random.Random(14)
    for attempt in range(60):
        session = in_a_session(lambda: inside(run_programs))
        time.sleep(chance.random() * (0.005 if attempt < 40 else 0.1))
        os.kill(session, signal.SIGKILL)
        os.waitpid(session, 0)
        assert remaining(session) == [], "attempt %d" % attempt


def test_the_child_in_the_middle_can_be_killed_too(allowed):
    def in_the_middle():
        """Return the one process of the session that is neither its leader nor in a network of its own."""
        here = os.readlink("/proc/self/ns/net")
        own = [pid for pid in survivors(session) if pid != session and os.readlink("/proc/%d/ns/pid" % pid) == mine]
        return [pid for pid in own if os.readlink("/proc/%d/ns/net" % pid) != here]

    mine = os.readlink("/proc/self/ns/pid")
    reader, writer = os.pipe()

    def rehearse():
        try:
            inside(lambda: time.sleep(60))
        except NotRehearsed as error:
            os.write(writer, str(error).encode())

    session = in_a_session(rehearse)
    os.close(writer)
    deadline = time.monotonic() + LINGERING
    while not in_the_middle() and time.monotonic() < deadline:
        time.sleep(0.005)
    (middle,) = in_the_middle()
    os.kill(middle, signal.SIGKILL)
    os.waitpid(session, 0)
    assert remaining(session) == []
    assert os.read(reader, 100) == b"the rehearsal was ended"
    os.close(reader)


class Libc:
    """A C library on a system that allows no network namespaces."""

    def __init__(self, *_arguments, **_options):
        pass

    @staticmethod
    def prctl(*_arguments):
        return 0

    @staticmethod
    def unshare(_flags):
        ctypes.set_errno(errno.EPERM)
        return -1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has namespaces")
def test_a_host_that_allows_no_namespaces_says_so(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", Libc)
    with pytest.raises(NotRehearsed) as error:
        inside(lambda: pytest.fail("not here"))
    assert str(error.value) == "this host does not allow network namespaces (Operation not permitted)"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has namespaces")
def test_a_child_without_its_parent_ends_before_it_does_anything():
    pid = os.fork()
    if pid == 0:
        sandbox._die_with_parent(lambda: False)
        os._exit(9)
    assert os.waitpid(pid, 0)[1] == 0


def test_without_rights_the_reason_is_the_systems():
    if not sys.platform.startswith("linux") or os.geteuid() == 0:
        pytest.skip("needs Linux without root")
    with pytest.raises(NotRehearsed, match="^this host does not allow network namespaces"):
        inside(lambda: None)


def test_where_no_process_can_be_started_nothing_is_rehearsed(monkeypatch):
    def fork():
        raise OSError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", fork)
    with pytest.raises(NotRehearsed, match="no room for another process"):
        inside(lambda: None)
