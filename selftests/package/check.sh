#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh - everything about packages ("make check-package"): what is made of the
# sources by hand, dkms by itself, the Debian packages, and what they do on a
# machine.
#
#   check.sh [SUITE]...
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
status=0

selftests/package/source.sh "$@" || status=1
selftests/package/images.sh || status=1
selftests/package/dkms.sh "$@" || status=1
selftests/package/deb.sh "$@" || status=1
selftests/package/install.sh "$@" || status=1
exit $status
