# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Attributes of files that a test sets, and what of them a file has."""

import os
import stat
import struct

import pytest

ACCESS_LIST, DEFAULT_ACCESS_LIST = "system.posix_acl_access", "system.posix_acl_default"
_NO_ID = 0xFFFFFFFF


def access_list(user_id):
    """Return the access list user::rw-, user:ID:rw-, group::r--, mask::rw-, other::---."""
    entries = [(0x01, 6, _NO_ID), (0x02, 6, user_id), (0x04, 4, _NO_ID), (0x10, 6, _NO_ID), (0x20, 0, _NO_ID)]
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", *entry) for entry in entries)


# Attributes of each name space: users', root's, security modules', and an access list.
EXTENDED = {
    "user.fleet": b"a \0 and a \xff",
    "trusted.fleet": b"only root sees it",
    "security.fleet": b"a label",
    ACCESS_LIST: access_list(12),
}
MODE, USER_ID, GROUP_ID = 0o660, 12, 34


def give(path):
    """Give the file at the path the mode, owner and extended attributes above."""
    if os.geteuid() != 0 or not hasattr(os, "setxattr"):
        pytest.skip("needs root and extended attributes")
    os.chown(str(path), USER_ID, GROUP_ID)
    try:
        for name, value in EXTENDED.items():
            os.setxattr(str(path), name, value)
    except OSError as error:
        pytest.skip(f"this file system lacks attributes: {error}")
    assert of(path) == GIVEN


def of(path):
    """Return mode, owner and extended attributes of the file at the path."""
    status = os.stat(str(path))
    extended = {name: os.getxattr(str(path), name) for name in os.listxattr(str(path))}
    return stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, extended


GIVEN = (MODE, USER_ID, GROUP_ID, EXTENDED)
