# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What we write into nfs.conf is what the daemons of its generation take, whatever an administrator wrote before."""

import pytest

from ansible_collections.fleet.ports.plugins.module_utils._pins import nfs_conf

PINS = {"mountd": 20048, "lockd": 4045, "statd": 4046}

PINNED = {
    ("mountd", "port"): "20048",
    ("lockd", "port"): "4045",
    ("lockd", "udp-port"): "4045",
    ("statd", "port"): "4046",
}

ADMINS = b"# mine\n[mountd]\nport=892\nmanage-gids=y\n[lockd]\nudp-port = 32769\n[nfsd]\nthreads=8\n"


def words(data):
    """Read a file as nfs-utils does: each word in its section, in the order of the file."""
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


def test_the_drop_in_has_the_last_word():
    (block,) = nfs_conf.drop_in(PINS)
    assert block.path.startswith("/etc/nfs.conf.d/") and block.path.endswith(".conf")
    assert ports(dict(words(ADMINS) + words(block.put(b"", block.text)))) == PINNED


def test_in_the_main_file_the_first_word_wins():
    (block,) = nfs_conf.main_file(PINS)
    assert block.path == "/etc/nfs.conf"
    first_words = dict(reversed(words(block.put(ADMINS, block.text))))
    assert ports(first_words) == PINNED
    assert first_words["mountd", "manage-gids"] == "y"
    assert first_words["nfsd", "threads"] == "8"


@pytest.mark.parametrize("daemon", sorted(PINS))
def test_a_daemon_without_a_pin_is_left_alone(daemon):
    (block,) = nfs_conf.drop_in({daemon: 4000})
    assert {section for (section, _name), _value in words(block.text.encode())} == {daemon}
