# The workshop of fleet.ports. Each target sets up what it needs; "make" alone lists them.

MAKEFLAGS += --no-print-directory
export PYTHONDONTWRITEBYTECODE = 1

# Debian's own interpreter where there is one: what stands first on PATH may be a shim.
python = $(firstword $(wildcard /usr/bin/python3) python3)
tools = $(python) -m tests.tools
# The interpreter that has the newest ansible-core which this machine can run.
with_ansible = bin=$$($(tools) bin) && "$$bin/python"

.DEFAULT_GOAL := help
.PHONY: help setup setup-lab setup-browser test sanity units managed-node fuzz exports lint integration lab worlds soak \
	conformance faults awx browser docs build docs-rows picture demo bench mutants lab-up lab-down clean

help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-14s %s\n' "$$name" "$$text"; done

setup:
	@tests/tools/install.sh tests/requirements/debian.txt

setup-lab: setup
	@tests/tools/install.sh tests/lab/packages.txt

setup-browser: setup
	@tests/tools/install.sh tests/browser/packages.txt

test: setup-lab setup-browser ## Run every suite; of those that take hours, a part
	@$(tools) test

fuzz: export FUZZ_INPUTS ?= 10000
sanity units integration soak: export EVERY_CORE = 1
sanity units managed-node fuzz exports lint integration docs build: setup
	@$(tools) test $@

sanity: ## ansible-test sanity on each ansible-core
units: ## ansible-test units on each ansible-core
managed-node: ## Managed-node code on Python 3.6
fuzz: ## Hostile input for every reader and writer, for half an hour or more
exports: ## What is written for network firewalls and for hosts without Ansible
lint: ## ansible-lint, import contracts, changelog and documentation
integration: ## ansible-test integration on each ansible-core
docs: ## The documentation site, into tests/output/docs, and what it says against the code
build: ## Build the archive into tests/output/build, and look at it as Galaxy does

worlds conformance faults: setup-lab
	@$(tools) test $@

lab: setup-lab
	@$(tools) test lab waiting oldest-core

soak: export WORLDS ?= 2000
soak: export STRIDE = 1
soak: setup-lab ## What takes hours: all that make test tries a part of, and random rulesets by the thousand (WORLDS=N tries N)
	@$(tools) test sanity units integration worlds conformance faults

lab: ## The tests against the lab's real hosts
worlds: ## What firewall_flows says on real and random rulesets, against packets
faults: ## Steps of every module, killed, failing and hanging
conformance: ## Packets and real software between the lab's hosts against the matrix

browser: setup-browser ## The matrix as a page, in a real browser
	@$(tools) test $@

picture: setup-browser ## Take the documentation's pictures of the page anew
	@$(python) -m tests.browser

awx: setup-lab ## AWX's objects, what its image is built from, and its jobs
	@$(tools) test awx awx-jobs

docs-rows: setup ## Compute the rows of the documentation's examples anew
	@$(with_ansible) -m tests.docs rows

demo: setup-lab ## Bring a small fleet up and its ports in order, before your eyes
	@$(with_ansible) -m tests.lab.demo

bench: setup-lab ## Measure what the README claims about speed; PARTS="floor plan" measures only these parts
	@bin=$$($(tools) bin bench) && "$$bin/python" -m tests.bench $(PARTS)

mutants: setup ## Break the code on which a host's safety hangs, and see whether a test notices
	@bin=$$($(tools) bin mutants) && "$$bin/python" -m tests.mutants $(MUTANTS_OF)

lab-up: setup-lab ## Bring the lab up and leave it running
	@$(with_ansible) -m tests.lab up

lab-down: ## Tear the lab down
	@$(python) -m tests.lab down

clean: ## Remove what tests leave in the tree and in the cache
	rm -rf tests/output "$${XDG_CACHE_HOME:-$$HOME/.cache}/fleet.ports"
