# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What ``lsnim -l`` prints: a stanza for each object of the NIM database, with an attribute on each line.

An attribute can stand there several times (``serves``), so each has a list of values. Lines of any other form say
nothing to us and are passed over.
"""

import re
from collections import OrderedDict

_NAME = re.compile(r"(\S+):")
_ATTRIBUTE = re.compile(r"\s+(\S+)\s*=")


def objects(text):
    """Return ``{name: {attribute: [value, …]}}``, in the order of the text."""
    found = OrderedDict()
    attributes = {}  # what stands above the first name belongs to nobody
    for line in text.splitlines():
        name = _NAME.fullmatch(line.rstrip())
        if name:
            attributes = found.setdefault(name.group(1), {})
            continue
        attribute = _ATTRIBUTE.match(line)
        if attribute:
            attributes.setdefault(attribute.group(1), []).append(line[attribute.end():].strip())
    return found
