# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The configuration of nfs-utils: which one is found, and that the daemons of its generation read the pins from it."""

import subprocess

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_utils

PINS = {"mountd": 20048, "lockd": 4045, "statd": 4046}

PINNED = {
    ("mountd", "port"): "20048",
    ("lockd", "port"): "4045",
    ("lockd", "udp-port"): "4045",
    ("statd", "port"): "4046",
}

ADMINS = b"# mine\n[mountd]\nport=892\nmanage-gids=y\n[lockd]\nudp-port = 32769\n[nfsd]\nthreads=8\n"


def entries(data):
    """Read a file as nfs-utils does: each entry in its section, in the order of the file."""
    section, found = None, []
    for line in data.decode().splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            name, _equals, value = line.partition("=")
            found.append(((section, name.strip()), value.strip()))
    return found


def ports(found):
    return {name: value for name, value in found.items() if name[1].endswith("port")}


def test_the_drop_in_is_the_last_entry():
    (block,) = nfs_utils.drop_in(PINS)
    assert block.path.startswith("/etc/nfs.conf.d/") and block.path.endswith(".conf")
    assert ports(dict(entries(ADMINS) + entries(block.put(b"", block.text)))) == PINNED


def test_in_the_main_file_the_first_entry_wins():
    (block,) = nfs_utils.main_file(PINS)
    assert block.path == "/etc/nfs.conf"
    first_entries = dict(reversed(entries(block.put(ADMINS, block.text))))
    assert ports(first_entries) == PINNED
    assert first_entries["mountd", "manage-gids"] == "y"
    assert first_entries["nfsd", "threads"] == "8"


@pytest.mark.parametrize("daemon", sorted(PINS))
def test_a_daemon_without_a_pin_is_left_alone(daemon):
    (block,) = nfs_utils.drop_in({daemon: 4000})
    assert {section for (section, _name), _value in entries(block.text.encode())} == {daemon}


def shell(blocks, contents, variables, folder):
    """Return the variables after a shell, as in nfs-config.service, has read the files, each with its block."""
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
    statd, mountd = shell(nfs_utils.defaults(PINS), contents, ["STATDOPTS", "RPCMOUNTDOPTS"], tmp_path)
    assert statd == "--port 4046 --nlm-port 4045 --nlm-udp-port 4045"
    assert mountd == "--manage-gids --port 892 --port 20048"


def test_debians_files():
    paths = {block.text.partition("=")[0]: block.path for block in nfs_utils.defaults(PINS)}
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
    assert [block.path for block in nfs_utils.defaults(pins)] == files


def test_red_hat(tmp_path):
    before = b'STATDARG="--name me"\nRPCMOUNTDOPTS=""\nLOCKD_TCPPORT=32803\nLOCKD_UDPPORT=32769\n'
    names = ["STATDARG", "RPCMOUNTDOPTS", "LOCKD_TCPPORT", "LOCKD_UDPPORT"]
    assert shell(nfs_utils.sysconfig(PINS), {"/etc/sysconfig/nfs": before}, names, tmp_path) == [
        "--name me --port 4046", "--port 20048", "4045", "4045",
    ]  # fmt: skip


def test_red_hat_with_one_pin(tmp_path):
    (block,) = nfs_utils.sysconfig({"statd": 4046})
    assert block.path == "/etc/sysconfig/nfs"
    assert block.text == 'STATDARG="$STATDARG --port 4046"\n'


@pytest.fixture
def host(tmp_path, monkeypatch):
    monkeypatch.setattr(nfs_utils, "PROGRAMS", [str(tmp_path / "rpc.statd"), str(tmp_path / "rpc.mountd")])
    monkeypatch.setattr(nfs_utils, "COMMON_DEFAULTS", str(tmp_path / "nfs-common"))
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
    assert nfs_utils.find().name == name


def test_debians_old_release(host):
    (host / "rpc.mountd").write_bytes(b"\x7fELF\0")
    (host / "nfs-common").write_text("STATDOPTS=\n")
    mechanism = nfs_utils.find()
    assert mechanism.name == "defaults" and mechanism.refresh == "nfs-config.service"


def test_no_daemon_at_all(host):
    assert nfs_utils.find() is None
