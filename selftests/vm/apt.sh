# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# apt.sh - packages of Debian suites that this machine does not run, by an apt
# configuration of our own. The archive's address is the machine's: it is asked
# of apt, whatever form the sources have. Sourced after lib.sh.

KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# Archives in the machine's sources: "URI SUITE" per line. The release decides
# what is Debian's own; the machine may have other sources as well.
archives() {
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' \
		'Created-By: Packages' | sort -u
}

# archive_of SUITE: where its packages are. FIM_MIRROR and
# FIM_MIRROR_SECURITY say it on machines whose sources do not.
archive_of() {
	local debian='bullseye|bookworm|trixie|forky|sid|oldstable|stable|testing'
	local uri

	case $1 in
	*-security)
		uri=${FIM_MIRROR_SECURITY:-}
		debian="($debian)(-security|/updates)"
		;;
	*)
		uri=${FIM_MIRROR:-}
		;;
	esac
	[ -n "$uri" ] ||
		uri=$(archives | awk -v re="^($debian)\$" '$2 ~ re { print $1; exit }')
	[ -n "$uri" ] || die "no Debian archive for $1 in this machine's apt" \
		"sources; set FIM_MIRROR and FIM_MIRROR_SECURITY"
	printf '%s\n' "$uri"
}

# apt_sources SUITES: the lines of a sources.list for these (with commas).
apt_sources() {
	local suite uri
	for suite in ${1//,/ }; do
		uri=$(archive_of "$suite") || exit 1
		printf 'deb [signed-by=%s] %s %s main\n' "$KEYRING" "$uri" "$suite"
	done
}

# The machine's own settings that reaching its archive may need: proxies,
# https, and how old an index may be.
apt_acquire_options() {
	apt-config dump Acquire |
		grep -iE '^Acquire::(https?|ftp|check-|max-|retries|forceipv)' || :
}

# apt_write_config DIR SUITES ARCH
apt_write_config() {
	local dir=$1

	mkdir -p "$dir/state/lists/partial" "$dir/cache/archives/partial"
	apt_sources "$2" >"$dir/sources.list"
	{
		cat <<-EOF
		Dir::Etc::main "/dev/null";
		Dir::Etc::parts "/dev/null";
		Dir::Etc::sourcelist "$dir/sources.list";
		Dir::Etc::sourceparts "/dev/null";
		Dir::Etc::preferences "/dev/null";
		Dir::Etc::preferencesparts "/dev/null";
		Dir::State "$dir/state";
		Dir::State::status "/dev/null";
		Dir::Cache "$dir/cache";
		APT::Architecture "$3";
		APT::Architectures { "$3"; };
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		EOF
		apt_acquire_options
	} >"$dir/apt.conf"
}

# apt_private SUITES ARCH: makes APT_CONFIG stand for these suites. The lists
# are fetched once a day; old ones still serve when the archive is out of
# reach.
apt_private() {
	local dir=$FIM_CACHE/apt/${1//,/_}-$2

	[ -n "$(find "$dir/updated" -mtime -1 2>/dev/null)" ] ||
		locked "apt-${1%%,*}-$2" apt_update "$dir" "$1" "$2"
	export APT_CONFIG=$dir/apt.conf
}

# In a subshell: APT_CONFIG is nobody else's until the lists are there.
apt_update() (
	dir=$1

	[ -z "$(find "$dir/updated" -mtime -1 2>/dev/null)" ] || exit 0
	apt_write_config "$dir" "$2" "$3"
	export APT_CONFIG=$dir/apt.conf
	say "reading the package lists of ${2//,/, }"
	if apt-get -qq update >"$dir/update.log" 2>&1; then
		touch "$dir/updated"
	elif [ -e "$dir/updated" ]; then
		warn "could not refresh the package lists; the old ones serve"
	else
		cat "$dir/update.log" >&2
		die "could not read the package lists of $2"
	fi
)

# apt_fetch DIR PACKAGE...: downloads them into DIR. apt checks what it gets.
apt_fetch() {
	local dir=$1
	shift
	mkdir -p "$dir"
	(cd "$dir" && apt-get -qq download "$@" >"$dir/log" 2>&1) && return
	cat "$dir/log" >&2
	die "could not download $*"
}

# apt_bootstrap VARIANT PACKAGES SUITE DIR [ARCH]: a small Debian of it, by
# mmdebstrap.
apt_bootstrap() {
	local sources
	local options=()

	sources=$(apt_sources "$3")
	mapfile -t options < <(apt_acquire_options)
	APT_CONFIG='' quietly "$FIM_BUILD/log/${4##*/}.log" mmdebstrap \
		--variant="$1" --include="$2" \
		--architectures="${5:-$HOST_ARCH}" "${options[@]/#/--aptopt=}" \
		"$3" "$4" "$sources"
}

# kernel_packages PACKAGE: it and the packages of the same kernel that it needs
# for its files: from 6.13 on a kernel is spread over several.
kernel_packages() {
	local todo=("$1") done=' ' package

	while [ ${#todo[@]} -gt 0 ]; do
		package=${todo[0]}
		todo=("${todo[@]:1}")
		case $done in *" $package "*) continue ;; esac
		done+="$package "
		mapfile -t -O ${#todo[@]} todo < <(
			apt-cache show --no-all-versions "$package" |
			sed -n 's/^Depends: //p' | tr -s ' ,|' '\n' |
			sed -nE '/^linux-(binary|modules|base|headers|kbuild)-[0-9]/p')
	done
	printf '%s\n' "$done"
}
