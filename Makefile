# SPDX-License-Identifier: GPL-2.0-only
# Every entry point. "make help" lists them: a target's line there is its ## comment.

BUILD	:= build
CACHE	:= $(or $(HVLENS_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hvlens)
HOST	:= $(shell uname -m)
JOBS	?= $(shell nproc)
abs	:= $(abspath $(BUILD))

PREFIX		?= /usr/local
KERNELRELEASE	?= $(shell uname -r)

# On a POWER host all is native. Elsewhere all is made in the build root, in which the same
# target runs again: the module, the tools and the tests are cross-built for the emulated host, the
# tools for this machine as well.
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
test-entry test-power8 soak fuzz lab bench module tools tests lint setup:
	@scripts/setup root
	@+scripts/enter $(MAKE) --no-print-directory $@

else

all: module tools ## the module and the tools

demo: setup-demo module-64k tools-$(lastword $(tools)) tests-linux ## a guest's exits on an emulated POWER9 host, measured
	@scripts/demo

test: test-unit test-terminal test-setup test-lab test-outside ## all tests

test-quick: setup module tools tests test-unit test-terminal ## a core of them, in minutes
	@scripts/test-lab --quick

test-tools: setup module tools tests ## what concerns the tools: unit, terminal and lab tests
	@$(MAKE) -s test-unit test-terminal
	@scripts/test-lab '^tools'

test-unit: setup ## unit tests, on this machine, with ASan and UBSan
	@$(MAKE) -s -C tests/unit -j$(JOBS) OUT=$(abs)/tests/unit run

test-terminal: setup ## kvmexit-top's screen, in a terminal (tmux)
	@$(MAKE) -s -C tests/terminal -j$(JOBS) OUT=$(abs)/tests/terminal run

test-setup: setup ## set-up itself, with an archive made for the test
	@prove --exec '' tests/setup/*.t

test-lab: setup-test module tools tests ## tests in the emulated host; T=PATTERN for some of them
	@scripts/test-lab $(if $(T),'$(T)')

test-guests: setup-test module tools tests ## Linux guests under QEMU, all combinations of "make test-lab" and more
	@scripts/guest-pairs
	@scripts/test-lab --all '^guests'

test-sid: setup-test module tools tests ## the tools on the newest kernel that Debian has, with its stock backend
	@scripts/setup kernel-sid
	@scripts/test-lab --all '@sid'

test-outside: setup module tests # tests that look at the emulated host from outside
	@prove --exec '' tests/outside/*.t

test-entry: setup-test module tools tests ## tests of the way in and out
	@scripts/test-lab '^(entry|machine-check|signals|timers|doorbells|events|replay|irq|linux-passthrough)'
	@$(MAKE) -s test-outside

test-power8: setup-test module tools tests ## tests on an emulated POWER8 host, and of hash guests
	@scripts/test-lab --all '(powernv8|power8|^hpt|^slb|@(.*-)?hash|^siblings|rm-complete|^linux-realmode)'
	@prove --exec '' tests/fatal/*.t

soak: setup-test module tools tests ## 50 boots of a Linux guest, and nothing left behind; N=NUMBER
	@scripts/lab -g -s 2 -M 3G -t 7200 -- /lab/soak.sh $(or $(N),50) "'linux-guest -c \$$VCPUS -m 256M -t 1800 -- true'"

fuzz: setup module tests ## the fuzzers with new seeds, until stopped; SEED=N STEPS=N for one
	@scripts/fuzz $(SEED) $(STEPS)

lab: setup-test module tools tests ## a shell in the emulated host
	@scripts/lab -g

bench: setup module tools tests ## instructions for each round trip, against the stock backend, and what watching costs
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

tests-linux: setup-tools # the programs in the demo's Linux guest, no more of the tests than that
	@$(MAKE) -s -C tests -j$(JOBS) O=$(abs)/tests/ppc64le $(test_cc) linux

lint: setup tools tests ## sparse, W=1, checkpatch, shellcheck
	@scripts/setup checkpatch
	@scripts/lint

# What building and running needs. On a POWER host that is only looked at.
setup: setup-64k setup-4k setup-tools ## fills the cache; make does it by itself
setup-64k setup-4k: setup-%:
	@scripts/setup kernel-$*
setup-native setup-tools:
	@scripts/setup sysroot
setup-demo:
	@scripts/setup kernel-64k sysroot guest linux-64k
setup-test: setup
	@scripts/setup guest linux-64k linux-4k perf

endif

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

test-fresh: ## in minimal Debian 12 and 13 roots: make demo and make test-quick, as root and as a user
	@scripts/test-fresh

versions: ## what the cache holds, for a bug report
	@scripts/setup --versions

install: all ## on a POWER host: module, tools, manual pages (DESTDIR, PREFIX)
ifeq ($(where),native)
	install -D -m 644 $(BUILD)/module/native/kvm-hv.ko $(DESTDIR)/lib/modules/$(KERNELRELEASE)/updates/kvm-hv.ko
	strip --strip-debug $(DESTDIR)/lib/modules/$(KERNELRELEASE)/updates/kvm-hv.ko
	$(if $(DESTDIR),,depmod $(KERNELRELEASE))
endif
	install -D -t $(DESTDIR)$(PREFIX)/bin $(BUILD)/tools/native/kvmexit-top $(BUILD)/tools/native/kvmlat
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 docs/man/*.8
	install -D -m 644 tools/completion.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmlat
	ln -sf kvmlat $(DESTDIR)$(PREFIX)/share/bash-completion/completions/kvmexit-top

clean: ## removes build/; the cache stays
	rm -rf $(BUILD)

.PHONY: all help demo test test-quick test-tools test-unit test-terminal test-setup test-lab test-guests test-sid test-outside test-entry test-power8 test-fresh soak fuzz lab bench module tools tests tests-linux lint install clean setup setup-64k setup-4k setup-native setup-tools setup-demo setup-test versions
