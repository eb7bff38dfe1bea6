# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The installed program says what it reads."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_config, nfs_variables


@pytest.fixture
def host(tmp_path, monkeypatch):
    monkeypatch.setattr(nfs_config, "PROGRAMS", [str(tmp_path / "rpc.statd"), str(tmp_path / "rpc.mountd")])
    monkeypatch.setattr(nfs_variables, "COMMON_DEFAULTS", str(tmp_path / "nfs-common"))
    return tmp_path


@pytest.mark.parametrize(
    "program, name",
    [
        (b"\x7fELF\0/etc/nfs.conf\0conf_init_dir: scandir %s\0", "nfs.conf.d"),
        (b"\x7fELF\0/etc/nfs.conf\0conf_parse\0", "nfs.conf"),
        (b"\x7fELF\0nothing\0", "sysconfig"),
    ],
)
def test_what_the_program_reads(host, program, name):
    (host / "rpc.statd").write_bytes(program)
    assert nfs_config.find().name == name


def test_debians_old_release(host):
    (host / "rpc.mountd").write_bytes(b"\x7fELF\0")
    (host / "nfs-common").write_text("STATDOPTS=\n")
    mechanism = nfs_config.find()
    assert mechanism.name == "defaults" and mechanism.refresh == "nfs-config.service"


def test_no_daemon_at_all(host):
    assert nfs_config.find() is None
