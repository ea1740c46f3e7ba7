# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# package.sh - the machine that has FIM from its packages: its disk is made by
# selftests/package/install.sh; here is the second one. Sourced after image.sh.

# package_disk FILE PAYLOAD
package_disk() {
	local dir

	dir=$(mktemp -d "$RUN_DIR/vm.XXXX")
	chmod 755 "$dir"
	cp -r "$VM_DIR/package-units" "$dir/units"
	cp "$VM_DIR"/{lib-guest.sh,splats} "$dir/"
	cp "$VM_DIR/init-package" "$dir/init"
	cp "$2" "$dir/payload"
	chmod 755 "$dir/init"
	truncate -s 16M "$1"
	mkfs.ext4 -q -F -m 0 -d "$dir" "$1"
	rm -rf "$dir"
}
