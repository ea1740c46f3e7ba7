# SPDX-License-Identifier: GPL-2.0
SUMMARY = "File integrity protection in the kernel: the tool and its services"
DESCRIPTION = "fimctl puts KubeArmor policies into force in the module fim and \
prints its alerts."
SECTION = "admin"
LICENSE = "GPL-2.0-only"

require fim.inc

DEPENDS = "libnl libyaml cjson"
inherit pkgconfig systemd update-rc.d

do_compile() {
	oe_runmake -C ctl fimctl
}

do_install() {
	oe_runmake -C ctl install DESTDIR=${D} PREFIX=${prefix} SBINDIR=${sbindir} \
		MANDIR=${mandir} UNITDIR=${systemd_system_unitdir}
	oe_runmake install-policies DESTDIR=${D} PREFIX=${prefix}
	install -D -m 644 packaging/fim.conf ${D}${sysconfdir}/fim/fim.conf
	install -d ${D}${sysconfdir}/fim/policies.d ${D}${sysconfdir}/fim/early.d
	if ${@bb.utils.contains('DISTRO_FEATURES', 'sysvinit', 'true', 'false', d)}; then
		install -D -m 755 packaging/busybox/S01fim ${D}${sysconfdir}/init.d/fim
	fi
}

SYSTEMD_SERVICE:${PN} = "fim.service fim-alerts.service"
# after what mounts filesystems (S35 of rcS is the last) and gives the host its name (S39),
# by which policies may go, before the network (S01 of rc5)
INITSCRIPT_NAME = "fim"
INITSCRIPT_PARAMS = "start 40 S ."

PACKAGES =+ "${PN}-bash-completion"
FILES:${PN} += "${datadir}/fim ${prefix}/lib/fim ${systemd_system_unitdir}"
FILES:${PN}-bash-completion = "${datadir}/bash-completion"
CONFFILES:${PN} = "${sysconfdir}/fim/fim.conf"
RDEPENDS:${PN}-bash-completion = "bash-completion"
RRECOMMENDS:${PN} = "kernel-module-fim"
