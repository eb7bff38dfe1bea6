# Copyright (c) 2026 fleet.ports contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts and values that a user might enter instead of a name, an address or a number."""

from __future__ import annotations

from hypothesis import strategies as st

ATTACKS = (
    "", " ", "\n", "\0", "a\nb", "a\r\nb", "a\u2028b", "a\u2029b", "a\x85b", "a\x0bb", "\u202eabc", "\ud800", "\udc0a",
    "\udcff", "é", "²", "٣", '"', "'", "a\"b", "\\", "a\\", "\\\"", ";", "};", "}", "{", "# x", "x # y", "x|y", "-x",
    "--", "-", "*", "e*", "@x", "$x", "$(id)", "`id`", "%n", "%%", "a b", "a\tb", "..", "../../etc/passwd", "/", "=1+1",
    "+1", "@SUM(1)", "|x", "<script>", "]]>", "&amp;", "&#10;", '"; flush ruleset; "', "} table ip x {",
    "10.0.0.0/8 }; flush ruleset; #", "0.0.0.0/0", "::/0", "10.0.0.1-10.0.0.9", "10.0.0.1/24", "192.0.2.1\n",
    "fe80::1%eth0", "1.2.3.4, 5.6.7.8", "{{ lookup('pipe', 'id') }}", "{% for x in y %}", "[a](http://b)", "# head",
    "1. one", "1" * 5000, "a" * 70000, "None", "null", "true", "True", "0", "-1", "65536", "1e3", "0x10", "1_0", " 7 ",
    "a,b", "[a, b]", "~",
)  # fmt: skip

# Each sign that means something to one of the languages that we write.
_SIGNS = "ab01 \n\r\t\0\x1b\x85\u2028\"'\\;{}()[]<>#|*?$`&%=+-@,.:/!~^_\ud800\udcff٣"

texts = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(alphabet=st.sampled_from(_SIGNS), max_size=24),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=24),
    st.builds("".join, st.lists(st.sampled_from(ATTACKS[:-20]), max_size=3)),
)

# A word that may well pass, so that what stands beside it is seen.
words = st.one_of(st.sampled_from(["rmcp", "nimreg", "eth0", "nim_client", "a-b.c", "x_1"]), texts)

addresses = st.one_of(
    st.ip_addresses().map(str),
    st.sampled_from(
        [
            "10.0.0.0/8",
            "192.0.2.0/24",
            "2001:db8::/32",
            "0.0.0.0/0",
            "::/0",
            "192.0.2.1",
            "255.255.255.255/32",
            "0.0.0.0",
        ]
    ),
    texts,
)

ports = st.one_of(
    st.integers(1, 65535).map(str),
    st.tuples(st.integers(1, 65535), st.integers(1, 65535)).map(lambda pair: "{}-{}".format(*sorted(pair))),
    st.sampled_from(["1-65535", "513-1023", "0", "7-3", "65536", "22; accept", "22 }", "-1", "", "²"]),
)

scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)

# Whatever JSON or YAML can carry.
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=8,
)


def mostly(good: st.SearchStrategy, bad: st.SearchStrategy) -> st.SearchStrategy:
    """Most parts of a request must be valid for the request to be carried out."""
    return st.integers(0, 11).flatmap(lambda luck: bad if luck == 7 else good)
