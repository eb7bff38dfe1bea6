# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The services database after a change: an independent parser finds the entries, and all former content."""

from __future__ import annotations

from hypothesis import given, strategies as st

from ansible_collections.fleet.ports.plugins.module_utils._services import edit, entry as _services_entry, lines

from .attempts import attempt
from .parsers import sample
from .texts import mostly, texts, words

NAMES = mostly(st.sampled_from(["rmcp", "rmcps", "nimreg", "shell", "who", "new.one"]), words)

ENTRIES = st.lists(
    st.fixed_dictionaries(
        {
            "name": NAMES,
            "port": mostly(st.integers(1, 65535), st.integers()),
            "protocol": mostly(st.sampled_from(["udp", "tcp"]), texts),
            "aliases": st.lists(NAMES, max_size=2),
            "comment": st.one_of(st.none(), st.just("a comment"), texts),
        }
    ),
    max_size=3,
)


BEFORE = sample("services").decode("latin-1")


def _settled(options: list[dict]) -> tuple[list[_services_entry.Entry], str, dict | None]:
    entries = _services_entry.wanted(options)
    outcome = edit.compute(BEFORE, None, entries, replace=True)
    return entries, outcome.text, outcome.record


@given(ENTRIES)
def test_the_database_has_the_entries_and_no_others(options: list[dict]) -> None:
    answer = attempt(_settled, options)
    if answer is None:
        return
    entries, text, record = answer
    before, after = _read(BEFORE), _read(text)
    for entry in entries:
        name, *aliases = ((name.encode(), entry.protocol.encode()) for name in entry.names)
        assert after[name] == entry.port
        # A line of others that has the name already is left as it is; else no alias is lost, or left with another port.
        for alias in aliases if before.get(name) != entry.port else ():
            assert after.get(alias, None if alias in before else entry.port) == entry.port
    named = {(name.encode(), entry.protocol.encode()) for entry in entries for name in entry.names}
    assert {key: port for key, port in after.items() if key not in named} == {
        key: port for key, port in before.items() if key not in named
    }
    assert text.count("\n") - BEFORE.count("\n") <= len(entries)
    assert edit.compute(text, record, []).text == BEFORE


def _read(text: str) -> dict[tuple[bytes, bytes], int]:
    """Read it like getservbyname(3): the first line with the name is used."""
    found: dict[tuple[bytes, bytes], int] = {}
    for line in text.encode(lines.ENCODING).split(b"\n"):
        fields = line.split(b"#")[0].split()
        if len(fields) > 1 and b"/" in fields[1]:
            port, _slash, protocol = fields[1].partition(b"/")
            for name in fields[:1] + fields[2:]:
                found.setdefault((name, protocol), int(port))
    return found
