# SPDX-License-Identifier: GPL-2.0-only
# "make help" lists the targets; it prints the ## comments.

BUILD	:= build
CACHE	:= $(or $(HVLENS_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hvlens)
HOST	:= $(shell uname -m)
JOBS	?= $(shell nproc)
abs	:= $(abspath $(BUILD))

PREFIX		?= /usr/local
KERNELRELEASE	?= $(shell uname -r)

# On a POWER host everything is built natively. Elsewhere the same target runs again in the build
# root: the module, the tools and the tests are cross-built for the emulated host, and the tools
# are built for this machine as well.
ifeq ($(HOST),ppc64le)
where	:= native
else ifneq ($(wildcard /.hvlens-build-root),)
where	:= root
else
where	:= outside
endif

ifeq ($(where),native)
kernels		:= native
tools		:= native
btf		:= /sys/kernel/btf/vmlinux
test_cc		:= ARCH_CC=$(CC)
else
kernels		:= 64k 4k
tools		:= native ppc64le
sysroot		:= $(CACHE)/sysroot
btf		:= $(CACHE)/kernel-64k/headers/vmlinux
test_cc		:= CFLAGS='-O2 -g --sysroot=$(sysroot)' LDFLAGS=--sysroot=$(sysroot)
endif

ifeq ($(where),outside)

all demo test test-quick test-tools test-unit test-terminal test-setup test-lab test-guests test-sid test-outside \
test-entry test-power8 test-debug coverage soak fuzz lab bench module tools tests lint pictures setup:
	@scripts/setup root
	@+scripts/enter $(MAKE) --no-print-directory $@

else

all: module tools ## the module and the tools

demo: setup-demo module-64k tools-$(lastword $(tools)) tests-linux ## a Linux guest in an emulated POWER9 host, watched by both tools
	@scripts/demo

test: test-unit test-terminal test-setup test-lab test-outside ## all tests

test-quick: setup module tools tests test-unit test-terminal ## the most important tests, in about two minutes
	@scripts/test-lab --quick

test-tools: setup module tools tests ## unit, terminal and lab tests of the tools
	@$(MAKE) -s test-unit test-terminal
	@scripts/test-lab '^tools'

test-unit: setup ## unit tests, on this machine, with ASan and UBSan
	@$(MAKE) -s -C tests/unit -j$(JOBS) OUT=$(abs)/tests/unit run

test-terminal: setup ## kvmexit-top in a terminal (tmux), the README's pictures, installation
	@$(MAKE) -s -C tests/terminal -j$(JOBS) OUT=$(abs)/tests/terminal run

pictures: setup ## draws the README's pictures into docs/pictures
	@$(MAKE) -s -C tests/terminal -j$(JOBS) OUT=$(abs)/tests/terminal draw

test-setup: setup ## tests of set-up, with a small archive made for them
	@prove --exec '' tests/setup/*.t

test-lab: setup-test module tools tests ## lab tests, in the emulated host; T=PATTERN selects some
	@scripts/test-lab $(if $(T),'$(T)')

test-guests: setup-test module tools tests ## all tests of Linux guests under QEMU, in all combinations
	@scripts/guest-pairs
	@scripts/test-lab --all '^guests'

test-sid: setup-test module tools tests ## the tools on Debian's newest kernel, with its stock backend
	@scripts/setup kernel-sid
	@scripts/test-lab --all '@sid'

test-outside: setup module tests # tests that look at the emulated host from outside
	@prove --exec '' tests/outside/*.t

test-entry: setup-test module tools tests ## tests of guest entry and exit
	@scripts/test-lab '^(entry|machine-check|signals|timers|doorbells|events|replay|irq|linux-passthrough)'
	@$(MAKE) -s test-outside

test-power8: setup-test module tools tests ## tests on an emulated POWER8 host and of hash guests
	@scripts/test-lab --all '(powernv8|power8|^hpt|^slb|@(.*-)?hash|^siblings|rm-complete|^linux-realmode)'
	@prove --exec '' tests/fatal/*.t

test-debug: setup-test setup-debug module-debug tools tests ## lab tests, fuzzers and soak on a kernel that checks itself; T=PATTERN: these lab tests
	@scripts/build-module -t debug
	@LAB_KERNEL=debug scripts/test-lab --all $(if $(T),'$(T)')
	@$(if $(T),,LAB_KERNEL=debug scripts/fuzz $(or $(SEED),1) $(or $(STEPS),5000))
	@$(if $(T),,scripts/lab -k debug -g -s 2 -t 7200 -- \
		/lab/soak.sh $(or $(N),10) "'linux-guest -c \$$VCPUS -m 256M -t 1800 -- true'")

coverage: setup-test module tools tests ## which functions and lines of the module the lab tests reach; T=PATTERN: these
	@scripts/coverage $(if $(T),'$(T)')

soak: setup-test module tools tests ## boots a Linux guest 50 times (N=NUMBER) and looks for leaks
	@scripts/lab -g -s 2 -M 3G -t 7200 -- /lab/soak.sh $(or $(N),50) "'linux-guest -c \$$VCPUS -m 256M -t 1800 -- true'"

fuzz: setup module tests ## the fuzzers with new seeds, until stopped; SEED=N STEPS=N runs one
	@scripts/fuzz $(SEED) $(STEPS)

lab: setup-test module tools tests ## a shell in the emulated host
	@scripts/lab -g

bench: setup module tools tests ## counts instructions: hvlens and the stock backend, unwatched and watched
	@scripts/setup perf bpftrace
	@scripts/bench

module: $(kernels:%=module-%) ## kvm-hv.ko

module-%: setup-%
	@scripts/build-module $*

tools: $(tools:%=tools-%) ## kvmexit-top and kvmlat

tools-%: setup-tools
	@$(MAKE) -s -C tools -j$(JOBS) $* OUT=$(abs)/tools/$* SYSROOT=$(sysroot) VMLINUX_BTF=$(btf)

tests: setup # the VMM programs of the lab tests, and the modules that they load
	@set -e; for kernel in $(filter-out native,$(kernels)); do scripts/build-module -t $$kernel; done
	@$(MAKE) -s -C tests -j$(JOBS) O=$(abs)/tests/ppc64le $(test_cc)

tests-linux: setup-tools # only the programs for the demo's Linux guest
	@$(MAKE) -s -C tests -j$(JOBS) O=$(abs)/tests/ppc64le $(test_cc) linux

lint: setup tools tests ## sparse, W=1, checkpatch, shellcheck
	@scripts/setup checkpatch
	@scripts/lint

# What building and running needs. On a POWER host it is only checked, not fetched.
setup: setup-64k setup-4k setup-tools ## fills the cache; the other targets do it by themselves
setup-64k setup-4k setup-debug: setup-%:
	@scripts/setup kernel-$*
setup-native setup-tools:
	@scripts/setup sysroot
setup-demo:
	@scripts/setup kernel-64k sysroot guest linux-64k
setup-test: setup
	@scripts/setup guest linux-64k linux-4k perf

endif

help: ## this list
	@sed -n 's/^\([a-z][a-z0-9-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

test-fresh: ## make demo and make test-quick in minimal Debian 12 and 13 roots
	@scripts/test-fresh

versions: ## prints what the cache holds, for a bug report
	@scripts/setup --versions

install: all ## installs module, tools, manual pages and JSON Schema on a POWER host (DESTDIR, PREFIX)
ifeq ($(where),native)
	install -D -m 644 $(BUILD)/module/native/kvm-hv.ko $(DESTDIR)/lib/modules/$(KERNELRELEASE)/updates/kvm-hv.ko
	strip --strip-debug $(DESTDIR)/lib/modules/$(KERNELRELEASE)/updates/kvm-hv.ko
	$(if $(DESTDIR),,depmod $(KERNELRELEASE))
endif
	install -D -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/tools/native/kvmexit-top $(BUILD)/tools/native/kvmlat
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 docs/man/*.8
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/doc/hvlens docs/hvlens.schema.json
	install -D -m 644 tools/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmlat
	ln -sf kvmlat $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmexit-top

clean: ## removes build/, but not the cache
	rm -rf $(BUILD)

.PHONY: all help demo test test-quick test-tools test-unit test-terminal test-setup test-lab test-guests test-sid test-outside test-entry test-power8 test-debug test-fresh coverage soak fuzz lab bench module tools tests tests-linux lint pictures install clean setup setup-64k setup-4k setup-debug setup-native setup-tools setup-demo setup-test versions
