# SPDX-License-Identifier: GPL-2.0-only
# Every entry point. "make help" lists them: a target's line there is its ## comment.

BUILD	:= build
CACHE	:= $(or $(HVLENS_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/hvlens)
HOST	:= $(shell uname -m)
JOBS	?= $(shell nproc)
abs	:= $(abspath $(BUILD))

# On a POWER host all is native and nothing gets installed on the way. Elsewhere the
# module, the tools and the tests are cross-built for the emulated host, and the tools
# for this machine as well.
ifeq ($(HOST),ppc64le)
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

PREFIX		?= /usr/local
KERNELRELEASE	?= $(shell uname -r)

all: module tools ## the module and the tools

help: ## this list
	@sed -n 's/^\([a-z][a-z-]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

demo: setup module tools tests ## a guest's exits on an emulated POWER9 host, measured
	@scripts/demo

test: test-unit test-terminal test-lab test-outside ## all tests

test-tools: setup module tools tests ## what concerns the tools: unit, terminal and lab tests
	@$(MAKE) -s -C tests/unit -j$(JOBS) OUT=$(abs)/tests/unit run
	@$(MAKE) -s -C tests/terminal -j$(JOBS) OUT=$(abs)/tests/terminal run
	@scripts/test-lab '^tools'

test-unit: setup ## unit tests, on this machine, with ASan and UBSan
	@$(MAKE) -s -C tests/unit -j$(JOBS) OUT=$(abs)/tests/unit run

test-terminal: setup ## kvmexit-top's screen, in a terminal (tmux)
	@$(MAKE) -s -C tests/terminal -j$(JOBS) OUT=$(abs)/tests/terminal run

test-lab: setup module tools tests ## tests in the emulated host; T=PATTERN for some of them
	@scripts/setup perf
	@scripts/test-lab $(if $(T),'$(T)')

test-guests: setup module tools tests ## Linux guests under QEMU, all combinations of "make test-lab" and more
	@scripts/guest-pairs
	@scripts/test-lab --all '^guests'

test-sid: setup module tools tests ## the tools on the newest kernel that Debian has, with its stock backend
	@scripts/setup kernel-sid
	@scripts/test-lab --all '@sid'

test-outside: setup module tests # tests that look at the emulated host from outside
	@prove --exec '' tests/outside/*.t

test-entry: setup module tools tests ## tests of the way in and out
	@scripts/test-lab '^(entry|early-test|machine-check|signals|timers|doorbells|events|replay|irq|linux-passthrough)'
	@$(MAKE) -s test-outside

test-power8: setup module tools tests ## tests on an emulated POWER8 host, and of hash guests
	@scripts/setup guest perf
	@scripts/test-lab --all '(powernv8|power8|^hash|@(.*-)?hash|^siblings|^tools-completions|^rm-complete|^irq-realmode|^linux-realmode)'
	@prove --exec '' tests/fatal/*.t

soak: setup module tools tests ## 50 boots of a Linux guest, and nothing left behind; N=NUMBER
	@scripts/setup guest
	@scripts/lab -g -s 2 -M 3G -t 7200 -- /lab/soak.sh $(or $(N),50) "'linux-guest -c \$$VCPUS -m 256M -t 1800 -- true'"

fuzz: setup module tests ## the fuzzers with new seeds, until stopped; SEED=N STEPS=N for one
	@scripts/fuzz $(SEED) $(STEPS)

lab: setup module tools tests ## a shell in the emulated host
	@scripts/lab

bench: setup module tools tests ## instructions for each round trip, against the stock backend, and what watching costs
	@scripts/setup perf bpftrace
	@scripts/bench

module: setup ## kvm-hv.ko
	@set -e; for kernel in $(kernels); do scripts/build-module $$kernel; done

tools: setup ## kvmexit-top and kvmlat
	@set -e; for arch in $(tools); do \
		$(MAKE) -s -C tools -j$(JOBS) $$arch OUT=$(abs)/tools/$$arch SYSROOT=$(sysroot) VMLINUX_BTF=$(btf); done

tests: setup # the VMM programs of the lab tests, and the modules that they load
	@set -e; for kernel in $(filter-out native,$(kernels)); do scripts/build-module -t $$kernel; done
	@$(MAKE) -s -C tests -j$(JOBS) O=$(abs)/tests/ppc64le $(test_cc)

lint: setup tools tests ## sparse, W=1, checkpatch, shellcheck
	@scripts/setup checkpatch
	@scripts/lint

install: all ## on a POWER host: module, tools, manual pages (DESTDIR, PREFIX)
ifeq ($(HOST),ppc64le)
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

setup: # what building needs; make does it by itself
	@scripts/setup

.PHONY: all help demo test test-tools test-unit test-terminal test-lab test-guests test-sid test-outside test-entry test-power8 fuzz lab bench module tools tests lint install clean setup soak
