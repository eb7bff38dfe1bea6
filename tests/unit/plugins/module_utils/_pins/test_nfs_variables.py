# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we write for nfs-utils 1.3 is read by a real shell here, as ``nfs-config.service`` reads it."""

import subprocess

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_variables

PINS = {"mountd": 20048, "lockd": 4045, "statd": 4046}


def shell(blocks, contents, variables, folder):
    """Return the variables after a shell has read the files, each with our block in it."""
    paths = []
    for block in blocks:
        path = folder / block.path.replace("/", "-")
        path.write_bytes(block.put(contents[block.path], block.text))
        paths.append(str(path))
    script = "".join(f". {path}\n" for path in paths) + "".join(f'echo "${name}"\n' for name in variables)
    return [line.strip() for line in subprocess.check_output(["sh", "-euc", script]).decode().splitlines()]


def test_debian(tmp_path):
    contents = {
        "/etc/default/nfs-common": b"NEED_STATD=\nSTATDOPTS=\n",
        "/etc/default/nfs-kernel-server": b'RPCMOUNTDOPTS="--manage-gids --port 892"',
    }
    statd, mountd = shell(nfs_variables.defaults(PINS), contents, ["STATDOPTS", "RPCMOUNTDOPTS"], tmp_path)
    assert statd == "--port 4046 --nlm-port 4045 --nlm-udp-port 4045"
    assert mountd == "--manage-gids --port 892 --port 20048"


def test_debians_files():
    paths = {block.text.partition("=")[0]: block.path for block in nfs_variables.defaults(PINS)}
    assert paths == {"STATDOPTS": "/etc/default/nfs-common", "RPCMOUNTDOPTS": "/etc/default/nfs-kernel-server"}


@pytest.mark.parametrize(
    "pins, files",
    [
        ({"mountd": 20048}, ["/etc/default/nfs-kernel-server"]),
        ({"lockd": 4045}, ["/etc/default/nfs-common"]),
        ({"statd": 4046}, ["/etc/default/nfs-common"]),
    ],
)
def test_debian_with_one_pin_touches_one_file(pins, files):
    assert [block.path for block in nfs_variables.defaults(pins)] == files


def test_red_hat(tmp_path):
    before = b'STATDARG="--name me"\nRPCMOUNTDOPTS=""\nLOCKD_TCPPORT=32803\nLOCKD_UDPPORT=32769\n'
    names = ["STATDARG", "RPCMOUNTDOPTS", "LOCKD_TCPPORT", "LOCKD_UDPPORT"]
    assert shell(nfs_variables.sysconfig(PINS), {"/etc/sysconfig/nfs": before}, names, tmp_path) == [
        "--name me --port 4046", "--port 20048", "4045", "4045",
    ]  # fmt: skip


def test_red_hat_with_one_pin(tmp_path):
    (block,) = nfs_variables.sysconfig({"statd": 4046})
    assert block.path == "/etc/sysconfig/nfs"
    assert block.text == 'STATDARG="$STATDARG --port 4046"\n'
