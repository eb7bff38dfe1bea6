# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a change of the holder looks like to a person."""

import hashlib

from ansible_collections.fleet.ports.plugins.module_utils._holds import holder_files


def diff(edits, state, holds):
    """Return the differences of the files and, last, of what the holder does; holds is empty if it is to go."""
    found = [_of_file(edit) for edit in edits]
    before, after = _doing(state.held if state.pid else (), state.sound), _doing(holds, True)
    if before != after:
        found.append(dict(before=before, after=after, before_header="the holder", after_header="the holder"))
    return found


def _of_file(edit):
    return dict(
        before=_shown(edit.path, edit.before),
        after=_shown(edit.path, edit.after),
        before_header=edit.path + (" (missing)" if edit.before is None else ""),
        after_header=edit.path + (" (removed)" if edit.after is None else ""),
    )


def _shown(path, data):
    if data is None:
        return ""
    if path == holder_files.PROGRAM:  # that it is another one says enough
        return f"the holder's program, sha256 {hashlib.sha256(data).hexdigest()}\n"
    return data.decode("utf-8", "backslashreplace")


def _doing(holds, sound):
    if not holds:
        return "is stopped\n"
    fault = "" if sound else "does not start at boot, or not as its files say\n"
    return fault + "".join(f"holds {hold}\n" for hold in sorted(holds, key=_by_port))


def _by_port(hold):
    return hold.port, hold.protocol, hold.address
