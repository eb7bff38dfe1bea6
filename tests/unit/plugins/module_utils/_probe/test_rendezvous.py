# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The folder of a listener: found by its nonce, visible to other runs, private, and removed with the listener."""

import os
import pathlib
import stat
import subprocess
import sys
import tempfile

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._probe import rendezvous
from ansible_collections.fleet.ports.plugins.module_utils._probe.probes import Endpoint

NONCE = bytes(range(8))
PLACE = Endpoint("udp", "192.0.2.1", 600)


@pytest.fixture(autouse=True)
def parent(monkeypatch):
    # A short path: the name of a socket may have 107 bytes.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr(rendezvous, "PARENT", folder)
        yield pathlib.Path(folder)


@pytest.fixture
def folder():
    folder = rendezvous.of_run(NONCE)
    folder.create()
    return folder


def test_only_its_owner_may_enter_it(folder):
    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700


def test_its_name_does_not_tell_the_nonce(folder):
    assert NONCE.hex() not in folder.path


def test_the_listener_of_a_run_is_found_by_its_nonce(folder):
    folder.write_note(os.getpid(), [PLACE])
    assert rendezvous.of_run(NONCE).listener() == (os.getpid(), {PLACE})
    assert rendezvous.of_run(NONCE[::-1]).listener() == (None, set())


def test_other_runs_see_who_listens_where(folder):
    assert rendezvous.listener_at(PLACE) is None
    folder.write_note(os.getpid(), [PLACE])
    assert rendezvous.listener_at(PLACE) == os.getpid()
    assert rendezvous.listener_at(PLACE._replace(port=601)) is None


def test_a_listener_that_was_killed_is_none_and_its_folder_goes(folder, parent):
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    folder.write_note(process.pid, [PLACE])
    assert rendezvous.listener_at(PLACE) is None
    assert list(parent.iterdir()) == []
    assert folder.listener() == (None, set())


def test_each_network_namespace_has_listeners_of_its_own(folder, monkeypatch, tmp_path):
    folder.write_note(os.getpid(), [PLACE])
    (tmp_path / "net").write_text("")
    monkeypatch.setattr(rendezvous, "NETWORK_NAMESPACE", str(tmp_path / "net"))
    assert rendezvous.of_run(NONCE).path != folder.path
    assert rendezvous.listener_at(PLACE) is None


def test_a_system_without_namespaces(monkeypatch, tmp_path):
    monkeypatch.setattr(rendezvous, "NETWORK_NAMESPACE", str(tmp_path / "net"))
    assert "fleet.ports-probe-0-" in rendezvous.of_run(NONCE).path


def test_a_second_listener_of_the_same_run(folder):
    with pytest.raises(HostError) as caught:
        rendezvous.of_run(NONCE).create()
    assert str(caught.value) == (
        "A listener of this run is running on this host. Collect its results, or use another 'nonce'."
    )


def test_a_folder_that_cannot_be_made(monkeypatch, tmp_path):
    monkeypatch.setattr(rendezvous, "PARENT", str(tmp_path / "nowhere"))
    folder = rendezvous.of_run(NONCE)
    with pytest.raises(HostError) as caught:
        folder.create()
    assert str(caught.value) == f"Cannot create {folder.path}: No such file or directory."


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_is_not_trusted(folder):
    folder.write_note(os.getpid(), [PLACE])
    os.chown(folder.path, 65534, 65534)
    assert folder.listener() == (None, set())
    assert rendezvous.listener_at(PLACE) is None
    with pytest.raises(FileNotFoundError):
        folder.connect(1)


def test_a_link_is_not_trusted(folder, tmp_path):
    folder.write_note(os.getpid(), [PLACE])
    os.rename(folder.path, str(tmp_path / "elsewhere"))
    os.symlink(str(tmp_path / "elsewhere"), folder.path)
    assert folder.listener() == (None, set())


def test_it_goes_with_all_that_is_in_it(folder, parent):
    folder.open().close()
    folder.write_note(os.getpid(), [PLACE])
    folder.remove()
    folder.remove()
    assert list(parent.iterdir()) == []
