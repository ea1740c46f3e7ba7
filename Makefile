# SPDX-License-Identifier: GPL-2.0
#
# FIM: the module and its tool, and everything that tests them. "make help"
# lists the targets. Kbuild is what the kernel's build system reads.

# As Debian calls the machine's architecture
DEB_ARCH := $(patsubst aarch64,arm64,$(patsubst x86_64,amd64,$(shell uname -m)))
KDIR ?= $(firstword $(wildcard /lib/modules/$(shell uname -r)/build) \
	$(shell ls -dv /usr/src/linux-headers-*-$(DEB_ARCH) 2>/dev/null | tail -n 1))
PREFIX ?= /usr/local
DESTDIR ?=
KERNEL ?=
SUITE ?=

DKMS_DIR := $(DESTDIR)/usr/src/fim-$(shell cat VERSION)

export PREFIX DESTDIR

all: module tool ## the module and the tool

module: build/kdir ## fim.ko for one kernel (KDIR=its build directory)
	$(if $(KDIR),,$(error no kernel headers here: install \
		linux-headers-$(DEB_ARCH) or set KDIR))
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

# Objects of one kernel are of no use to another.
build/kdir: FORCE
	@mkdir -p build
	@if [ "$(KDIR)" != "$$(cat $@ 2>/dev/null)" ]; then \
		find kmod -name '*.o' -delete; \
		rm -f kmod/compat/probed.h; \
		echo '$(KDIR)' >$@; \
	fi

tool: ## fimctl
	$(MAKE) -C ctl

install: all install-policies ## both, and the policies (PREFIX=, DESTDIR=)
	$(MAKE) -C ctl install
	$(MAKE) -C $(KDIR) M=$(CURDIR) INSTALL_MOD_PATH=$(DESTDIR) \
		modules_install

install-policies: ## the policies alone (PREFIX=, DESTDIR=)
	install -d $(DESTDIR)$(PREFIX)/share/fim/policies
	install -m 644 policies/*.yaml $(DESTDIR)$(PREFIX)/share/fim/policies

install-initramfs-tools: ## what applies policies before init (PREFIX=, DESTDIR=)
	$(MAKE) -C ctl $@

dkms: ## the module's sources to /usr/src, for dkms (DESTDIR=)
	install -d $(DKMS_DIR)
	cp --parents Kbuild VERSION LICENSE dkms.conf \
		$(wildcard kmod/*.[ch] kmod/compat/*.h kmod/compat/*.sh uapi/*.h) \
		$(DKMS_DIR)
	rm -f $(DKMS_DIR)/kmod/compat/probed.h

deb: ## the Debian packages, in build/deb (SUITE=bookworm: in a tree of its own)
	@packaging/deb.sh $(SUITE)

demo: ## boots a VM and shows attacks refused, with their alerts
	@selftests/vm/demo.sh $(KERNEL)

check: ## builds, checks and tests module and tool in VMs (KERNEL=6.1, 7.3, ...)
	@selftests/checks/check.sh $(KERNEL)

check-kernels: ## the tests on every kernel of the table (KERNEL=, DOCS=1)
	@selftests/kernels/kernels.sh $(if $(DOCS),--docs) $(KERNEL)

check-debug: ## the tests on a kernel with KASAN, lockdep, kmemleak, ...
	@selftests/checks/debug.sh $(KERNEL)

attacks: ## runs the catalogue of attacks, prints the outcomes (KERNEL=)
	@selftests/attacks/attacks.sh $(KERNEL)

attacks-docs: ## writes docs/attacks.md from the last runs
	@selftests/attacks/attacks.sh --from-logs --docs $(KERNEL)

check-package: ## packages: built twice, installed in Debian 12 and 13, booted
	@selftests/package/check.sh $(or $(SUITE),bookworm trixie)

bench: ## counts the instructions that FIM adds to system calls (KERNEL=)
	@selftests/bench/bench.sh $(KERNEL)

sizes: ## what module, tool, rules and records take (KERNEL=)
	@selftests/bench/sizes.sh $(KERNEL)

lint: ## style and spelling of the sources
	@selftests/checks/lint.sh

clean: ## removes what was built; the cache of kernels stays
	$(if $(KDIR),-$(MAKE) -C $(KDIR) M=$(CURDIR) clean)
	-$(MAKE) -C ctl clean
	rm -rf build

help: ## this text
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-23s %s\n", $$1, $$2 }' \
		$(MAKEFILE_LIST)
	@echo
	@echo "  Kernels and build trees are kept in \$$FIM_CACHE (~/.cache/fim)."

FORCE:
.PHONY: all module tool install install-policies install-initramfs-tools dkms deb demo check check-kernels check-debug check-package attacks attacks-docs bench sizes lint clean help FORCE
