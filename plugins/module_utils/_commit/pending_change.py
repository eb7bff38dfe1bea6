# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The change that waits for its confirmation, as it is noted on the host.

The note says what the former state was, which run changed it, and until when a confirmation is accepted. The deadline
is one of the clock that runs from boot on and cannot be set. After a reboot it has passed: the run that would confirm is
not connected any more.
"""

import json
import os
import time

from ansible_collections.fleet.ports.plugins.module_utils._host import atomic_file, file_attributes, records
from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

JOB = "rollback"
BOOT_ID = "/proc/sys/kernel/random/boot_id"

SHORTEST, LONGEST = 5, 3600  # seconds


class Pending:
    """A change that is confirmed by its ``token``.

    ``parts`` are the former states in the order of the change, ``[{owner, files, live}]``: the owner's name, notes as
    :mod:`file_changes` makes them, and what the owner's ``restore`` takes. ``records`` are the former records,
    ``{concern: text}``, None for one that did not exist. ``complete`` says whether the whole change was made: one whose
    run died half way can only be undone.
    """

    def __init__(self, token, seconds, who, pid, records, parts, complete=False, deadline=None, boot=None):
        self.token = token
        self.seconds = seconds
        self.who = who
        self.pid = pid
        self.records = records
        self.parts = parts
        self.complete = complete
        self.deadline = deadline
        self.boot = boot

    def save(self):
        """Write it to disk; the time to confirm begins anew."""
        self.deadline = time.monotonic() + self.seconds
        self.boot = _boot()
        records.make_private_folder(records.FOLDER)
        records.make_private_folder(os.path.dirname(_path()))
        atomic_file.write(_path(), json.dumps(vars(self)).encode(), mode=0o600)

    def left(self):
        """Return for how many seconds a confirmation is still accepted."""
        if self.boot != _boot():
            return 0
        left = self.deadline - time.monotonic()
        # More than the whole time is left where the clock began anew, on a system without numbers for its boots.
        return left if 0 < left <= self.seconds else 0


def check_seconds(seconds):
    """Raise HostError for a time to confirm that is neither 0 nor within the limits."""
    if seconds and not SHORTEST <= seconds <= LONGEST:
        raise HostError(f"confirm_timeout is {seconds}; set it to {SHORTEST} to {LONGEST} seconds, or to 0.")


def noted_records(concerns):
    """Return the records of these concerns as they are now, ``{concern: text}``."""
    contents = {concern: atomic_file.read(records.Record(concern).path) for concern in concerns}
    return {concern: None if data is None else data.decode("utf-8") for concern, data in contents.items()}


def load():
    """Return the change that waits for its confirmation, or None."""
    data = atomic_file.read(_path())
    if data is None:
        return None
    try:
        return Pending(**_in_this_form(json.loads(data.decode("utf-8"))))
    except (KeyError, ValueError, TypeError, RecursionError):
        raise HostError(
            f"{_path()} is not a valid record of an unconfirmed change; check that the host's rules are right,"
            f" and remove {os.path.dirname(_path())}."
        )


def forget():
    """Remove the note: from now on the change is confirmed, or undone."""
    atomic_file.remove(_path())


def _in_this_form(found):
    """Return the note of release 1.0.0 in the form of this one: it had one record, and of attributes the mode only."""
    if "record" not in found:
        return found
    parts = [dict(part, files=[_with_attributes(note) for note in part["files"]]) for part in found["parts"]]
    others = {name: value for name, value in found.items() if name != "record"}
    return dict(others, parts=parts, records={"flows": found["record"]})


def _with_attributes(note):
    """Return the note of a file with what the file that stands there now has besides."""
    others = {name: value for name, value in dict(note, new_folder=False).items() if name != "mode"}
    if note["mode"] is None:
        return dict(others, attributes=None)
    present = file_attributes.read(note["path"]) or file_attributes.created(note["mode"])
    return dict(others, attributes=dict(present, mode=note["mode"]))


def _path():
    return os.path.join(records.FOLDER, JOB, "pending.json")


def _boot():
    """Return the number of this boot, empty on a system that does not number its boots."""
    return (atomic_file.read(BOOT_ID) or b"").decode("ascii").strip()
