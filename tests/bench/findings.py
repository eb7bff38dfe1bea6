# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What each part found, kept as JSON, so that one part can be measured without the others."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable

from .figures import Curve, Figure
from .playbook import REPOSITORY

FOLDER = REPOSITORY / "tests" / "output" / "bench"
KINDS = {kind.__name__: kind for kind in (Figure, Curve)}


def save(part: str, found: Iterable[Figure | Curve]) -> None:
    """Keep what a part found, and nothing of what it found before if it fails."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{part}.json"
    file.unlink(missing_ok=True)
    plain = [[type(each).__name__, dataclasses.asdict(each)] for each in found]
    file.write_text(json.dumps(plain, indent=1) + "\n", encoding="utf-8")


def load(part: str) -> list[Figure | Curve]:
    """What a part found, nothing if it was not measured."""
    file = FOLDER / f"{part}.json"
    if not file.exists():
        return []
    return [KINDS[kind](**fields) for kind, fields in json.loads(file.read_text(encoding="utf-8"))]
