# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""``python3 -m …`` on a host: takes a walk from its standard input, as JSON, walks, and says what it found."""

from __future__ import annotations

import json
import sys

from .trial import Program
from .walk import Walk, Walker


def main() -> None:
    """Walk, and say how much was tried, and what was wrong after what."""
    given = json.load(sys.stdin)
    one = {key: Program(*given[key]) for key in ("operation", "back")}
    several = {key: [Program(*each) for each in given[key]] for key in ("before", "then", "job")}
    plain = {key: given[key] for key in ("name", "live", "ready", "only", "goes_on", "offset", "stride")}
    walker = Walker(Walk(**one, **several, **plain))
    getattr(walker, given["what"])()
    json.dump({"tried": walker.tried, "faults": walker.faults}, sys.stdout)


if __name__ == "__main__":
    main()
