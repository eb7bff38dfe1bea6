# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Port ranges in the form of the plan: ``"623"`` or ``"513-1023"``, both ends included."""

import re

from ansible_collections.fleet.ports.plugins.module_utils._host.errors import HostError

LOWEST, HIGHEST = 1, 65535

_FORM = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


def parse(text):
    """Return ``(first, last)`` of a range; raise HostError for invalid text."""
    match = _FORM.fullmatch(str(text).strip())
    if match is None:
        raise HostError(f"Invalid port range {text!r}: use the form '623' or '513-1023'.")
    first = int(match.group(1))
    last = int(match.group(2)) if match.group(2) else first
    if first > last:
        raise HostError(f"Invalid port range {text!r}: the start is greater than the end.")
    if first < LOWEST or last > HIGHEST:
        raise HostError(f"Invalid port range {text!r}: ports are {LOWEST}-{HIGHEST}.")
    return first, last


def form(first, last):
    """Return the text of a range."""
    return str(first) if first == last else f"{first}-{last}"


def merge(ranges):
    """Return the ranges ``[(first, last), …]`` sorted, with overlapping and adjacent ones joined."""
    merged = []
    for first, last in sorted(ranges):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged
