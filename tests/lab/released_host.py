# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an earlier release wrote on a host, as released/README.md says; unit tests on Python 3.6 read it as well."""

import collections
import os
import re
import time

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "released")

_HEAD = re.compile("^==> ", re.MULTILINE)
_NO_NEWLINE = "\n\\ No newline at end of file\n"

# kind: file, appended, prepended, own, link or rules; mode: a number; content: text, of a link its target
Part = collections.namedtuple("Part", "kind mode path content")


def parts(release, state, host, opened=0.0, seconds=1728000):
    """Return the parts of a host, those that it had before the release came first.

    :param release: version, such as ``1.0.0``.
    :param state: folder below it: ``site``, ``window`` or ``pending``.
    :param host: name of the host.
    :param opened: when its windows were opened, in seconds since the epoch.
    :param seconds: how long its windows are.
    """
    with open(os.path.join(FOLDER, release, state, host + ".txt"), newline="") as file:
        text = file.read()
    until = int(opened) + seconds
    for mark, value in (
        ("@OPENED@", str(int(opened))),
        ("@UNTIL@", str(until)),
        ("@UNTIL_UTC@", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(until))),
    ):
        text = text.replace(mark, value)
    return [_part(section) for section in _HEAD.split(text)[1:]]


def _part(section):
    head, _newline, content = section.partition("\n")
    kind, _space, rest = head.partition(" ")
    if content.endswith(_NO_NEWLINE):
        content = content[: -len(_NO_NEWLINE)]
    if kind == "rules":
        return Part(kind, None, None, content)
    if kind == "link":
        path, target = rest.split(" -> ")
        return Part(kind, None, path, target)
    mode, path = rest.split(" ")
    return Part(kind, int(mode, 8), path, content)


def lay(found, root="/"):
    """Write these parts, but for rules, below a folder; files that they add to have to be there."""
    for kind, mode, path, content in found:
        if kind == "rules":
            continue
        path = os.path.join(root, path.lstrip("/"))
        folder = os.path.dirname(path)
        if not os.path.isdir(folder):
            os.makedirs(folder, 0o700 if "/var/lib/fleet.ports" in folder else 0o755)
        if kind == "link":
            os.symlink(content, path)
            continue
        before, added = b"", content.encode()
        if kind in ("appended", "prepended"):
            with open(path, "rb") as file:
                before = file.read()
        with open(path, "wb") as file:
            file.write(added + before if kind == "prepended" else before + added)
        os.chmod(path, mode)


def rules(found):
    """Return the rules of AIX's filters among these parts, each as a list of the fields of ``lsfilt -O``."""
    return [line.split("|") for part in found if part.kind == "rules" for line in part.content.splitlines()]
