# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which command restarts a daemon, and which service manager is asked."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_services


class Commands:
    """What is run, and what it answers."""

    def __init__(self, code=0, errors=""):
        self.run = []
        self.code = code
        self.errors = errors

    def __call__(self, command):
        self.run.append(" ".join(command))
        return self.code, "", self.errors


def test_systemd_says_what_runs():
    commands = Commands()
    services = nfs_services.Systemd(commands, None)
    assert services.unit("lockd") == "nfs-server.service"
    assert commands.run == ["systemctl is-active --quiet nfs-server.service"]
    commands.code = 3
    assert services.unit("lockd") is None


def test_systemd_restarts_mountd_without_the_server():
    commands = Commands()
    services = nfs_services.Systemd(commands, None)
    services.restart("rpc-statd.service")
    services.restart("nfs-mountd.service")
    assert commands.run == [
        "systemctl restart rpc-statd.service",
        "systemctl restart --job-mode=ignore-dependencies nfs-mountd.service",
    ]


def test_systemd_reads_the_variables_of_the_old_release_anew():
    commands = Commands()
    nfs_services.Systemd(commands, "nfs-config.service").restart("nfs-mountd.service")
    assert commands.run[0] == "systemctl start nfs-config.service"


def test_a_failure_is_one_sentence():
    services = nfs_services.Systemd(Commands(1, "Job for rpc-statd.service failed.\n"), None)
    with pytest.raises(HostError) as caught:
        services.restart("rpc-statd.service")
    assert str(caught.value) == "'systemctl restart rpc-statd.service' failed: Job for rpc-statd.service failed."


@pytest.fixture
def scripts(tmp_path, monkeypatch):
    monkeypatch.setattr(nfs_services, "INIT_FOLDER", str(tmp_path))
    monkeypatch.setattr(nfs_services, "NFSD_THREADS", str(tmp_path / "threads"))
    for name in ("nfs-common", "nfs-kernel-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    return tmp_path


def test_init_scripts(scripts):
    commands = Commands()
    services = nfs_services.InitScripts(commands)
    assert services.unit("statd") == str(scripts / "nfs-common")
    assert services.unit("mountd") == str(scripts / "nfs-kernel-server")
    services.restart(services.unit("statd"))
    assert commands.run == [str(scripts / "nfs-common") + " restart"]


@pytest.mark.parametrize("threads, name", [(None, None), ("0\n", None), ("8\n", "nfs-kernel-server")])
def test_lockd_moves_with_a_running_server_only(scripts, threads, name):
    if threads is not None:
        (scripts / "threads").write_text(threads)
    unit = nfs_services.InitScripts(Commands()).unit("lockd")
    assert (unit and os.path.basename(unit)) == name


def test_no_init_script(scripts):
    (scripts / "nfs-common").unlink()
    assert nfs_services.InitScripts(Commands()).unit("statd") is None
