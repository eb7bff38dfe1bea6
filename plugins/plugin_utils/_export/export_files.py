# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The export formats and the files of each.

A format is for network firewalls, with the flows of all hosts, or for hosts without Ansible, with a script for each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping

import yaml

from ansible_collections.fleet.ports.plugins.plugin_utils._common import private_file
from ansible_collections.fleet.ports.plugins.plugin_utils._common.messages import MatrixError
from ansible_collections.fleet.ports.plugins.plugin_utils._export import (
    aerleon,
    aerleon_policy,
    genfilt_script,
    nft_script,
)
from ansible_collections.fleet.ports.plugins.plugin_utils._export.aerleon_policy import PLATFORMS
from ansible_collections.fleet.ports.plugins.plugin_utils._export.terms import Term, terms_of
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory import values
from ansible_collections.fleet.ports.plugins.plugin_utils._inventory.settings import read_value
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.plan import Plan
from ansible_collections.fleet.ports.plugins.plugin_utils._plan.rows import rows_of_fleet

WHERE = "policy_export"
ARGUMENT_SPEC = {
    "hosts": {"type": "raw", "required": True},
    "formats": {"type": "raw", "required": True},
    "dest": {"type": "path", "required": True},
}

Files = Iterator[tuple[str, str]]

_POLICY = "aerleon"
_ENDINGS = {
    "cisco_asa": "cfg", "cisco_ios": "cfg", "juniper_srx": "conf", "palo_alto": "xml", "fortinet": "conf",
    "nftables": "nft",
}  # fmt: skip
# The system of the hosts that get such scripts, and the compiler of the scripts.
_SCRIPTS: dict[str, tuple[str, Callable[[], Callable[[Plan], str | None]]]] = {
    "host_nft": ("linux", lambda: nft_script.script),
    "host_genfilt": ("aix", lambda: genfilt_script.Compiler().script),
}
FORMATS = (_POLICY, *PLATFORMS, *_SCRIPTS)

_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def read_formats(value: object) -> tuple[str, ...]:
    """Return the option ``formats``. Raise MatrixError if it has an unknown format."""
    return read_value(WHERE, "formats", value, values.choices(*FORMATS))


class Exports:
    """The exports of the hosts with these plans; ``system_of`` returns the system of a host."""

    def __init__(self, formats: Collection[str], plans: Mapping[str, Plan], system_of: Callable[[str], str]) -> None:
        self._formats = formats
        self._plans = plans
        self._system_of = system_of
        self._terms = terms_of(rows_of_fleet(plans.values())) if set(formats).difference(_SCRIPTS) else []

    def files(self) -> Files:
        """Yield path and text of each file. Raise MatrixError if a format has nothing to write."""
        for name in self._formats:
            if name in _SCRIPTS:
                yield from self._scripts(name)
            elif name == _POLICY:
                yield from self._policy()
            else:
                terms = self._supported_terms(name)
                yield f"{name}.{_ENDINGS[name]}", aerleon.rules(name, PLATFORMS[name], terms)

    def notes(self) -> list[str]:
        """Return a sentence for everything that the plans ask for and the files do not contain."""
        left_out = {
            name: [term for term in self._terms if term.permission.family not in platform.options]
            for name, platform in PLATFORMS.items()
            if name in self._formats
        }
        return [
            f"aerleon has no IPv6 support for {name}; {len(terms)} terms were skipped."
            for name, terms in left_out.items()
            if terms
        ]

    def _supported_terms(self, name: str) -> list[Term]:
        aerleon.require(name)
        terms = aerleon_policy.terms_for(PLATFORMS[name], self._terms)
        if not terms:
            raise _nothing(name, "no flow of these hosts passes such a network firewall")
        return terms

    def _policy(self) -> Files:
        if not self._terms:
            raise _nothing(_POLICY, "no flow of these hosts passes a network firewall")
        policy = aerleon_policy.policy(list(PLATFORMS.values()), self._terms)
        yield os.path.join(_POLICY, "policies", "pol", "fleet_ports.yaml"), _yaml(policy)
        yield os.path.join(_POLICY, "def", "fleet_ports.yaml"), _yaml(aerleon_policy.definitions(self._terms))

    def _scripts(self, name: str) -> Files:
        system, writer = _SCRIPTS[name]
        script = writer()
        texts = {host: script(plan) for host, plan in self._plans.items() if self._system_of(host) == system}
        if not any(texts.values()):
            raise _nothing(name, f"none of these hosts has the system {system} (fleet_ports_system) and flows")
        for host, text in texts.items():
            if text is not None:
                yield os.path.join(name, f"{private_file.name_for(host)}.sh"), text


def _nothing(name: str, why: str) -> MatrixError:
    return MatrixError(f"{WHERE}: nothing to write for {name}: {why}. Remove {name} from formats.")


def _yaml(document: Mapping[str, object]) -> str:
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False)
