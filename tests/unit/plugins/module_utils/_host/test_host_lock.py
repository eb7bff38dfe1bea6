# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lock: one at a time, bounded waits, no trace, and no harm from those who died with it."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._host.host_lock import Busy, Lock, taken, this_process
from ansible_collections.fleet.ports.tests.unit.fakes.ansible_module import FakeModule
from ansible_collections.fleet.ports.tests.unit.fakes.process import descriptors, failing, umask

HOLD = """
import sys
from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock, records
records.FOLDER = sys.argv[1]
with host_lock.Lock("the other").held(5):
    print("held", flush=True)
    sys.stdin.read()
"""
COUNT = """
import sys, time
from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock, records
records.FOLDER = sys.argv[1]
for _turn in range(20):
    with host_lock.Lock("one of many").held(60):
        with open(sys.argv[2]) as file:
            number = int(file.read())
        time.sleep(0.002)
        with open(sys.argv[2], "w") as file:
            file.write(str(number + 1))
"""


@pytest.fixture(name="folder", autouse=True)
def fixture_folder(record_folder, monkeypatch):
    monkeypatch.setattr(host_lock, "PAUSE", 0.01)
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    return record_folder


def start(program, *arguments):
    path = os.pathsep.join(path for path in sys.path if path)
    return subprocess.Popen(
        [sys.executable, "-c", program] + [str(word) for word in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=path),
    )


def test_nothing_is_left_behind(folder):
    with taken(FakeModule()):
        assert os.listdir(str(folder)) == ["lock"]
        assert os.stat(str(folder / "lock")).st_mode & 0o777 == 0o600
    assert not folder.exists()


def test_only_root_can_read_the_folder_and_the_file(folder):
    with umask(0), Lock("me").held(0):
        assert [path.stat().st_mode & 0o777 for path in (folder, folder / "lock")] == [0o700, 0o600]


def test_records_stay(folder):
    folder.mkdir()
    (folder / "flows.json").write_text("{}")
    with taken(FakeModule()):
        pass
    assert os.listdir(str(folder)) == ["flows.json"]


def test_check_mode_takes_no_lock_and_waits_for_none(folder):
    with taken(FakeModule()), taken(FakeModule(check_mode=True)):
        pass
    with taken(FakeModule(check_mode=True)):
        assert not folder.exists()


def test_the_error_describes_the_holder(folder):
    with Lock(this_process("port_holds")).held(5):
        with pytest.raises(Busy) as error:
            with Lock("me").held(0.05):
                pytest.fail("both have it")
    text = str(error.value)
    who = f"port_holds, process {os.getpid()}, since "
    assert text.startswith(f"Another run of fleet.ports is running on this host ({who}")
    assert text.endswith("UTC) and did not end within 0 s; wait until it ends, or end it, then run again.")


class Frozen:
    """A clock that stands still."""

    def __init__(self):
        self.slept = []

    def monotonic(self):
        return 1000.0

    def sleep(self, seconds):
        self.slept.append(seconds)
        if len(self.slept) == 3:
            raise KeyboardInterrupt


def test_between_two_attempts_it_sleeps(monkeypatch):
    clock = Frozen()
    monkeypatch.setattr(host_lock, "time", clock)
    with Lock("the first").held(5), pytest.raises(KeyboardInterrupt):
        with Lock("me").held(5):
            pytest.fail("both have it")
    assert clock.slept == [host_lock.PAUSE] * 3


def test_without_patience_it_tries_once(monkeypatch):
    clock = Frozen()
    monkeypatch.setattr(host_lock, "time", clock)
    with Lock("the first").held(5), pytest.raises(Busy):
        with Lock("me").held(0):
            pytest.fail("both have it")
    assert clock.slept == []


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EACCES])
def test_both_answers_of_a_kernel_mean_that_it_is_taken(monkeypatch, number):
    monkeypatch.setattr(fcntl, "flock", failing(number))
    with pytest.raises(Busy):
        with Lock("me").held(0):
            pytest.fail("it has what it did not get")


def test_a_kernel_that_cannot_lock_is_named(folder, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", failing(errno.ENOLCK))
    with pytest.raises(HostError) as error:
        with Lock("me").held(5):
            pytest.fail("it has what it did not get")
    assert str(error.value) == f"Cannot lock {folder}/lock: No locks available."


def test_a_lock_whose_file_was_removed_meanwhile_is_taken_anew(folder, monkeypatch):
    flock, removed = fcntl.flock, []

    def last_holder_removes_the_file(descriptor, how):
        flock(descriptor, how)
        if not removed:
            removed.append(True)
            (folder / "lock").unlink()

    monkeypatch.setattr(fcntl, "flock", last_holder_removes_the_file)
    before = descriptors()
    with Lock("me").held(5):
        assert removed and (folder / "lock").read_text() == "me"
    assert descriptors() == before


def test_no_file_stays_open():
    before = descriptors()
    with Lock("the first").held(5), pytest.raises(Busy):
        with Lock("me").held(0):
            pytest.fail("both have it")
    assert descriptors() == before


def test_a_holder_that_has_just_ended_or_begun_has_no_words(folder):
    assert Lock("me").holder() == "it has just ended"
    folder.mkdir()
    (folder / "lock").write_text("")
    assert Lock("me").holder() == "it has just started"


def test_words_that_are_no_text_do_not_keep_it_from_the_lock(folder):
    with Lock("\udcff").held(0):
        assert (folder / "lock").read_text() == "?"


def test_the_second_waits_for_its_turn():
    order = []

    def second():
        with Lock("second").held(10):
            order.append("second")

    with Lock("first").held(5):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_a_killed_holder_releases_the_lock(folder):
    other = start(HOLD, folder)
    assert other.stdout.readline() == b"held\n"
    with pytest.raises(Busy):
        with Lock("me").held(0.05):
            pytest.fail("both have it")
    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert (folder / "lock").read_text() == "the other"
    with Lock("me").held(0):
        assert (folder / "lock").read_text() == "me"
    assert not folder.exists()


def test_what_a_dead_holder_left_unfinished_is_swept_up(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(host_lock, "WRITTEN", str(tmp_path / "etc"))
    left = [folder / ".fleet.ports-1", tmp_path / "etc" / "nfs.conf.d" / ".fleet.ports-2"]
    theirs = tmp_path / "etc" / "nfs.conf.d" / "local.conf"
    for path in left + [theirs]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("half")
    with Lock("one that ends as it should").held(5):
        pass
    assert all(path.exists() for path in left)
    (folder / "lock").write_text("one that was killed")
    with Lock("me").held(5):
        assert not any(path.exists() for path in left)
    assert theirs.read_text() == "half" and not folder.exists()


def test_many_take_turns_and_none_comes_between(folder, tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")
    others = [start(COUNT, folder, counter) for _number in range(4)]
    for other in others:
        other.communicate()
        assert other.returncode == 0
    assert counter.read_text() == "80"
    assert not folder.exists()


HURRY = """
import sys
from ansible_collections.fleet.ports.plugins.module_utils._host import host_lock, records
records.FOLDER, host_lock.WRITTEN, host_lock.PAUSE = sys.argv[1], sys.argv[1], 0.0005
lock = host_lock.Lock("one in a hurry")
for _turn in range(150):
    with lock.held(60):
        assert lock._descriptor is not None, "without the lock"
"""


def test_removing_the_folder_lets_no_other_process_in_without_the_lock(folder):
    others = [start(HURRY, folder) for _number in range(4)]
    for other in others:
        other.communicate()
        assert other.returncode == 0


@pytest.mark.parametrize("code", [errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM])
@pytest.mark.parametrize("call", ["mkdir", "open"])
def test_where_no_file_can_be_made_there_is_nothing_to_lock(monkeypatch, call, code):
    def refuses(path, *_options):
        raise OSError(code, os.strerror(code), path)

    ran = []
    with monkeypatch.context() as patched:
        patched.setattr(os, call, refuses)
        with taken(FakeModule()):
            ran.append(True)
    assert ran


@pytest.mark.parametrize("what, obstacle", [("Not a directory", ""), ("Is a directory", "lock")])
def test_any_other_failure_is_an_error(folder, what, obstacle):
    if obstacle:
        (folder / obstacle).mkdir(parents=True)
    else:
        folder.write_text("")
    with pytest.raises(HostError) as error:
        with Lock("me").held(5):
            pytest.fail("it has what is none")
    assert str(error.value) == f"Cannot create {folder}/lock: {what}."


def test_the_lock_is_free_again_after_a_failure():
    with pytest.raises(ZeroDivisionError):
        with taken(FakeModule()):
            raise ZeroDivisionError
    with Lock("next").held(0):
        pass


def test_the_description_has_the_time_in_utc(monkeypatch):
    monkeypatch.setattr(time, "gmtime", lambda: (2026, 1, 2, 3, 4, 5, 0, 0, 0))
    assert this_process("rpc_ports") == f"rpc_ports, process {os.getpid()}, since 03:04:05 UTC"


def test_the_description_has_user_and_address(monkeypatch):
    monkeypatch.setenv("SUDO_USER", "ops")
    monkeypatch.setenv("SSH_CONNECTION", "192.0.2.254 40000 192.0.2.10 22")
    assert this_process("rpc_ports").endswith("UTC, for ops, from 192.0.2.254")
    monkeypatch.setenv("SUDO_USER", "$(reboot)\nBUSY")
    monkeypatch.setenv("SSH_CONNECTION", "")
    assert this_process("rpc_ports").endswith("UTC")
