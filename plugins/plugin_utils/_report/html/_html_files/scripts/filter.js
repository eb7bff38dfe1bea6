// Copyright (c) 2026 fleet.ports contributors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// The filter: what the form says, as the part of the page's address after "#", so that a link keeps it.

const FIELDS = ["search", "host", "role", "protocol", "domain"];

const filter = {
  form: byId("filter"),

  // The domain is asked for only where there are several.
  fields() {
    return FIELDS.filter((name) => this.form.elements[name]);
  },

  read() {
    const form = new FormData(this.form);
    return {
      ...Object.fromEntries(FIELDS.map((name) => [name, (form.get(name) || "").trim()])),
      phases: form.getAll("phase"),
      begins: form.has("begins"),
    };
  },

  toHash() {
    const { phases, begins, ...texts } = this.read();
    const words = new URLSearchParams(Object.entries(texts).filter(([, text]) => text));
    if (phases.length) words.set("phase", phases.join(","));
    if (begins) words.set("begins", "yes");
    return `#${words}`;
  },

  fromHash(hash) {
    const words = new URLSearchParams(hash.slice(1));
    for (const name of this.fields()) this.form.elements[name].value = words.get(name) || "";
    const phases = (words.get("phase") || "").split(",");
    for (const box of this.form.elements.phase) box.checked = phases.includes(box.value);
    this.form.elements.begins.checked = words.get("begins") === "yes";
  },

  // What is asked for, in words.
  inWords() {
    const { phases, begins, ...texts } = this.read();
    return [
      ...Object.entries(texts).filter(([, text]) => text).map(([name, text]) => `${name} ${text}`),
      ...(phases.length ? [`phase ${phases.join(", ")}`] : []),
      ...(begins ? ["only what begins"] : []),
    ].join("; ");
  },
};

// An address that leads to a place on the page has no filter in it.
const hasFilter = (hash) => hash.includes("=");
