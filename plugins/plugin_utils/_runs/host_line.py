# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a run did on one host, in one line: ``opened 3 flows, pinned mountd; 1 concern unchanged; 2 flows blocked``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import join_limited

_MOST_NAMES = 4
# Past tense, and what follows "would" in check mode.
_WORDS = {"services": ("named", "name"), "holds": ("held", "hold"), "pins": ("pinned", "pin"), "flows": ("opened", "open")}
_RESTORED = ("restored", "restore")


def line(
    answers: Mapping[str, Mapping[str, object]], wanted: Mapping[str, Mapping[str, object]], predicted: bool
) -> str:
    """Return the line.

    :param answers: the result of each concern that was looked at.
    :param wanted: the options of each concern that the host has.
    :param predicted: whether the run was in check mode.
    """
    changed = {name: answer for name, answer in answers.items() if answer["changed"]}
    unchanged = sum(not answer["changed"] and not answer.get("failed") for answer in answers.values())
    done = [_done(name, wanted.get(name), predicted) for name in changed]
    blocked = len({each["flow"] for each in answers.get("flows", {}).get("blocked", [])})
    failed = [name for name, answer in answers.items() if answer.get("failed")]
    parts = [
        *([f"{'would ' if predicted else ''}{', '.join(done)}"] if done else []),
        *([f"{_counted(unchanged, 'concern')} unchanged"] if unchanged else []),
        *([f"{_counted(blocked, 'flow')} blocked"] if blocked else []),
        *([f"failed: {', '.join(failed)}"] if failed else []),
    ]
    return "; ".join(parts) or "nothing to do"


def _done(name: str, options: Mapping[str, object] | None, predicted: bool) -> str:
    if options is None:
        return f"{_RESTORED[predicted]} {name}"
    return f"{_WORDS[name][predicted]} {_OBJECTS[name](options)}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _names(names: Sequence[str]) -> str:
    found = list(dict.fromkeys(names))
    if 1 < len(found) <= _MOST_NAMES:
        return f"{', '.join(found[:-1])} and {found[-1]}"
    return join_limited(found, _MOST_NAMES)


_OBJECTS = {
    "services": lambda options: _names([entry["name"] for entry in options["entries"]]),
    "holds": lambda options: _names([f"{hold['port']}/{hold['protocol']}" for hold in options["holds"]]),
    "pins": lambda options: _names(list(options)),
    "flows": lambda options: _counted(len(options["flows"]), "flow"),
}
