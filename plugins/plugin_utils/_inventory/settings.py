# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of one host: its inventory variables, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.schema import VARIABLES

# Returns the variables of a host, by its name.
VariablesOf = Callable[[str], Mapping[str, object]]


@dataclass(frozen=True)
class Settings:
    """The variables of one host; a variable that is not set has its default."""

    given: Mapping[str, object]

    def __getitem__(self, name: str) -> object:
        return self.given[name] if name in self.given else VARIABLES[name].default

    def without(self, *names: str) -> Settings:
        """Return the same settings with these variables unset."""
        return Settings({name: value for name, value in self.given.items() if name not in names})


def read_settings(where: str, variables: Mapping[str, object]) -> Settings:
    """Read the variables that the matrix knows; ``where`` begins the message about an invalid one."""
    given = {name: variables[name] for name in VARIABLES if name in variables}
    return Settings(
        {
            name: read_value(where, name, value, VARIABLES[name].read)
            for name, value in given.items()
            if value != values.UNANSWERED
        }
    )


def read_value(where: str, name: str, value: object, read: values.Reader) -> object:
    """Read one value; raise MatrixError with its place and the remedy if it is invalid."""
    try:
        return read(value)
    except values.UnfitItem as error:
        raise MatrixError(f"{where}: {name} has {quoted(error.item)}; {error}.") from error
    except values.Unfit as error:
        raise MatrixError(f"{where}: {name} is {quoted(value)}; {error}.") from error


def quoted(value: object) -> str:
    """Return a value as a message quotes it."""
    return f"'{value}'" if isinstance(value, str) else str(value)
