# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A host's programs, without the programs."""


class FakeCommands:
    """What runs commands: remembers them as text in ``run``, and gives the answers that it has been told.

    ``answers`` maps the beginning of a command to its answer (exit status, output, errors), or to a list of answers that
    are given one after the other. Any other command succeeds and prints nothing.
    """

    def __init__(self, answers=None):
        self.run = []
        self.answers = answers or {}

    def __call__(self, command):
        self.run.append(" ".join(command))
        for beginning, answer in self.answers.items():
            if self.run[-1].startswith(beginning):
                return answer.pop(0) if isinstance(answer, list) else answer
        return 0, "", ""
