# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What every simulated program starts from: the host's state, its arguments, and two streams to write to."""

import getopt


class Exit(Exception):
    """A program ends early, with a message on standard error."""

    def __init__(self, message, code=1):
        Exception.__init__(self, message)
        self.code = code


class Program:
    """One start of a program."""

    def __init__(self, name, state):
        self.name = name
        self.state = state
        self.output = []
        self.errors = []

    def say(self, text):
        """Write a line to standard output."""
        self.output.append(text + "\n")

    def complain(self, text):
        """Write a line to standard error."""
        self.errors.append(text + "\n")

    def fail(self, message, code=1):
        """End with a message. The wording of messages without a number is ours: IBM doesn't document it."""
        raise Exit(f"{self.name}: {message}", code)

    def options(self, arguments, letters):
        """Return ``{letter: value}`` and the operands; several of one letter: the last one holds."""
        try:
            found, operands = getopt.getopt(arguments, letters)
        except getopt.GetoptError as error:
            raise Exit(f"{self.name}: {error}\nUsage: {self.name} [-{letters.replace(':', ' arg -').rstrip('- ')}]")
        return {flag[1:]: value for flag, value in found}, operands

    def must_be_root(self):
        """End if the caller isn't root."""
        if not self.state["is_root"]:
            self.fail("you must be root to run this command.")
