# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which command restarts a daemon, and which service manager is asked."""

import os

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError
from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_services
from ansible_collections.fleet.ports.tests.unit.fakes.commands import FakeCommands

UNKNOWN = "Failed to connect to bus: No such file or directory\n"


@pytest.mark.parametrize("state, unit", [
    ("active", "nfs-server.service"), ("reloading", "nfs-server.service"), ("inactive", None), ("failed", None),
])  # fmt: skip
def test_systemd_says_whether_the_service_runs(state, unit):
    run = FakeCommands({"systemctl show": (0, f"ActiveState={state}\n", "")})
    assert nfs_services.Systemd(run, None).unit("lockd") == unit
    assert run.run == ["systemctl show --property=ActiveState nfs-server.service"]


def test_a_failing_systemctl_does_not_mean_that_the_service_is_down():
    with pytest.raises(HostError, match="failed: Failed to connect to bus: No such file or directory.$"):
        nfs_services.Systemd(FakeCommands({"systemctl show": (1, "", UNKNOWN)}), None).unit("lockd")


def test_systemd_restarts_mountd_without_the_server():
    run = FakeCommands()
    services = nfs_services.Systemd(run, None)
    services.restart("rpc-statd.service")
    services.restart("nfs-mountd.service")
    assert run.run == [
        "systemctl restart rpc-statd.service",
        "systemctl restart --job-mode=ignore-dependencies nfs-mountd.service",
    ]


def test_systemd_reads_the_variables_of_the_old_release_again():
    run = FakeCommands()
    nfs_services.Systemd(run, "nfs-config.service").restart("nfs-mountd.service")
    assert run.run[0] == "systemctl start nfs-config.service"


def test_a_failure_is_one_sentence():
    run = FakeCommands({"systemctl restart": (1, "", "Job for rpc-statd.service failed.\n")})
    with pytest.raises(HostError) as caught:
        nfs_services.Systemd(run, None).restart("rpc-statd.service")
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
    run = FakeCommands()
    services = nfs_services.InitScripts(run)
    assert services.unit("statd") == str(scripts / "nfs-common")
    assert services.unit("mountd") == str(scripts / "nfs-kernel-server")
    services.restart(services.unit("statd"))
    assert run.run == [str(scripts / "nfs-common") + " restart"]


@pytest.mark.parametrize("threads, name", [(None, None), ("0\n", None), ("8\n", "nfs-kernel-server")])
def test_lockd_moves_with_a_running_server_only(scripts, threads, name):
    if threads is not None:
        (scripts / "threads").write_text(threads)
    unit = nfs_services.InitScripts(FakeCommands()).unit("lockd")
    assert (unit and os.path.basename(unit)) == name


def test_no_init_script(scripts):
    (scripts / "nfs-common").unlink()
    assert nfs_services.InitScripts(FakeCommands()).unit("statd") is None
