# SPDX-License-Identifier: GPL-2.0
SUMMARY = "File integrity protection in the kernel: the module"
DESCRIPTION = "Refuses, from inside the kernel, every operation that would \
change what a KubeArmor policy protects, and keeps a record of each refusal."
SECTION = "kernel/modules"
LICENSE = "GPL-2.0-only"

require fim.inc

inherit module

# module.bbclass names the build directory by O=.
EXTRA_OEMAKE += "KDIR=${STAGING_KERNEL_DIR}"
MAKE_TARGETS = "module"

do_install() {
	install -D -m 644 ${S}/fim.ko \
		${D}${nonarch_base_libdir}/modules/${KERNEL_VERSION}/updates/fim.ko
}

RPROVIDES:${PN} += "kernel-module-fim"
