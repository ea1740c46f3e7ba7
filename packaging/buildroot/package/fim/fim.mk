################################################################################
#
# fim
#
################################################################################

# SPDX-License-Identifier: GPL-2.0

# The sources that this is a part of, without what was built in them, which git is
# told to leave out as well.
FIM_VERSION = 0.1.0
FIM_SITE = $(BR2_EXTERNAL_FIM_PATH)/../..
FIM_SITE_METHOD = local
FIM_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --filter=':- .gitignore'
FIM_LICENSE = GPL-2.0, GPL-2.0 with Linux-syscall-note (uapi)
FIM_LICENSE_FILES = LICENSE
FIM_DEPENDENCIES = host-pkgconf cjson libnl libyaml

FIM_CTL_MAKE = $(TARGET_MAKE_ENV) $(TARGET_CONFIGURE_OPTS) $(MAKE) -C $(@D)/ctl \
	CFLAGS="$(TARGET_CFLAGS)" $(if $(BR2_STATIC_LIBS),STATIC=1)

define FIM_BUILD_CMDS
	$(FIM_CTL_MAKE) fimctl
endef

define FIM_INSTALL_TARGET_CMDS
	$(FIM_CTL_MAKE) install DESTDIR=$(TARGET_DIR) PREFIX=/usr
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) install-policies \
		DESTDIR=$(TARGET_DIR) PREFIX=/usr
	$(INSTALL) -D -m 644 $(@D)/packaging/fim.conf $(TARGET_DIR)/etc/fim/fim.conf
	mkdir -p $(TARGET_DIR)/etc/fim/policies.d $(TARGET_DIR)/etc/fim/early.d
	$(if $(call qstrip,$(BR2_PACKAGE_FIM_POLICIES)), \
		$(INSTALL) -m 644 $(call qstrip,$(BR2_PACKAGE_FIM_POLICIES))/*.yaml \
			$(TARGET_DIR)/etc/fim/policies.d)
endef

define FIM_INSTALL_INIT_SYSV
	$(INSTALL) -D -m 755 $(@D)/packaging/busybox/S01fim \
		$(TARGET_DIR)/etc/init.d/S01fim
endef

define FIM_INSTALL_INIT_OPENRC
	$(INSTALL) -D -m 755 $(@D)/packaging/openrc/fim $(TARGET_DIR)/etc/init.d/fim
	mkdir -p $(TARGET_DIR)/etc/runlevels/boot
	ln -sf ../../init.d/fim $(TARGET_DIR)/etc/runlevels/boot/fim
endef

define FIM_LINUX_CONFIG_FIXUPS
	$(call KCONFIG_ENABLE_OPT,CONFIG_MODULES)
	$(call KCONFIG_ENABLE_OPT,CONFIG_NET)
	$(call KCONFIG_ENABLE_OPT,CONFIG_SECURITY)
	$(call KCONFIG_ENABLE_OPT,CONFIG_KPROBES)
	$(call KCONFIG_ENABLE_OPT,CONFIG_TMPFS)
	$(call KCONFIG_ENABLE_OPT,CONFIG_FUNCTION_TRACER)
	$(call KCONFIG_ENABLE_OPT,CONFIG_FTRACE)
	$(call KCONFIG_ENABLE_OPT,CONFIG_DYNAMIC_FTRACE)
endef

$(eval $(kernel-module))
$(eval $(generic-package))
