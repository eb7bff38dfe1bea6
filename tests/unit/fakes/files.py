# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stands on a host, to be compared before and after."""

import os


def tree(folder):
    """Return what :func:`content` does, and each folder as ``{path: None}``."""
    folders = {os.path.relpath(place, str(folder)): None for place, _folders, _names in os.walk(str(folder))}
    return dict(content(folder), **folders)


def content(folder):
    """Return the content of every file below a folder as ``{path relative to the folder: bytes}``."""
    found = {}
    for place, _folders, names in os.walk(str(folder)):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, str(folder))] = file.read()
    return found
