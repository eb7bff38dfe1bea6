// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The filter: the content of the form, which is also the fragment of the address of the page, so that a link keeps it.

const FIELDS = ["search", "host", "role", "protocol", "domain"];

const filter = {
  form: byId("filter"),

  // There is a field for the domain only if there are several domains.
  fields() {
    return FIELDS.filter((name) => this.form.elements[name]);
  },

  read() {
    const form = new FormData(this.form);
    return {
      ...Object.fromEntries(FIELDS.map((name) => [name, (form.get(name) || "").trim()])),
      phases: form.getAll("phase"),
      initiates: form.has("initiates"),
    };
  },

  toHash() {
    const { phases, initiates, ...texts } = this.read();
    const words = new URLSearchParams(Object.entries(texts).filter(([, text]) => text));
    if (phases.length) words.set("phase", phases.join(","));
    if (initiates) words.set("initiates", "yes");
    return `#${words}`;
  },

  fromHash(hash) {
    const words = new URLSearchParams(hash.slice(1));
    for (const name of this.fields()) this.form.elements[name].value = words.get(name) || "";
    const phases = (words.get("phase") || "").split(",");
    for (const box of this.form.elements.phase) box.checked = phases.includes(box.value);
    this.form.elements.initiates.checked = words.get("initiates") === "yes";
  },

  // The filter in words.
  inWords() {
    const { phases, initiates, ...texts } = this.read();
    return [
      ...Object.entries(texts).filter(([, text]) => text).map(([name, text]) => `${name} ${text}`),
      ...(phases.length ? [`phase ${phases.join(", ")}`] : []),
      ...(initiates ? ["without replies"] : []),
    ].join("; ");
  },
};

// The fragment of a link to a section of the page contains no filter.
const hasFilter = (hash) => hash.includes("=");
