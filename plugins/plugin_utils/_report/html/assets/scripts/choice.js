// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The selection: the rows and the hosts that match the filter.

const wordsOf = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);

// IPv4 addresses as numbers, so that a search for an address finds the networks that contain it.
const numberOf = (address) => {
  const parts = address.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && part < 256)) return undefined;
  return parts.reduce((number, part) => number * 256 + Number(part), 0);
};
const contains = (network, number) => {
  const [address, length] = network.split("/");
  const size = 2 ** (32 - length), first = numberOf(address);
  return first !== undefined && number >= first && number < first + size;
};

// A complete IPv4 address matches the networks that contain it; any other word matches as a part of the text.
const matcher = (word) => {
  const number = numberOf(word), known = new Map();
  return (group) => {
    if (!known.has(group)) {
      known.set(group, number === undefined
        ? group.text.includes(word)
        : group.addresses.some((network) => contains(network, number)));
    }
    return known.get(group);
  };
};

const chosenRows = (asked) => {
  const host = fleet.hostOf.get(asked.host);
  if (asked.host && !host) return [];
  const words = wordsOf(asked.search).map((word) => [word, matcher(word)]);
  return (host ? fleet.rowsOf(host) : fleet.rows).filter(({ kind, source, destination }) =>
    (!asked.role || kind.source_role === asked.role || kind.destination_role === asked.role)
    && (!asked.protocol || kind.protocol === asked.protocol)
    && (!asked.domain || kind.domain === asked.domain)
    && (!asked.phases.length || asked.phases.includes(kind.phase))
    && (!asked.initiates || kind.initiates)
    && words.every(([word, meets]) => kind.text.includes(word) || meets(source) || meets(destination)));
};

const hostText = ({ name, profile }) => `${name} ${profile.domain} ${profile.roles.join(" ")}`.toLowerCase();

const chosenHosts = (text) => {
  const words = wordsOf(text).map((word) => [word, matcher(word)]);
  if (!words.length) return fleet.hosts;
  return fleet.hosts.filter((host) => {
    const all = hostText(host);
    return words.every(([word, meets]) => all.includes(word) || meets(host.own));
  });
};

// The maximum length of the list of suggestions.
const MOST_NAMES = 20;

const suggestedNames = (text) => {
  const names = [];
  for (const { name } of fleet.hosts) {
    if (name.toLowerCase().includes(text.toLowerCase())) names.push(name);
    if (names.length === MOST_NAMES) break;
  }
  return names;
};
