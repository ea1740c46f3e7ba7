// SPDX-License-Identifier: GPL-2.0
/*
 * test_cli.c - tests of fimctl as a user runs it, without the module
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "buf.h"
#include "helper.h"

#include "kselftest_harness.h"

#define POLICIES "../../policies/"
#define GOOD POLICIES "system-binaries.yaml"
#define CONTAINER POLICIES "harden-mysql-file-integrity-monitoring.yaml"

#define HEAD "<<'end'\n"                              \
	"apiVersion: security.kubearmor.com/v1\n"      \
	"kind: KubeArmorHostPolicy\n"                  \
	"metadata:\n"                                  \
	"  name: p\n"                                  \
	"spec:\n"                                      \
	"  nodeSelector:\n"                            \
	"    matchLabels:\n"                           \
	"      kubernetes.io/hostname: nowhere\n"
#define FILES                                          \
	"  file:\n"                                    \
	"    matchDirectories:\n"                      \
	"    - dir: /etc/x/\n"                         \
	"      readOnly: true\n"
#define PROCESSES                                      \
	"  process:\n"                                 \
	"    matchPaths:\n"                            \
	"    - path: /bin/sh\n"                        \
	"end\n"

/* Some of it is about files, and none. */
#define FOREIGN "- " HEAD FILES PROCESSES
#define PROCESS "- " HEAD PROCESSES

/* Runs "fimctl ARGS" in a shell. Return: exit status; @out has all output. */
static int run(struct buf *out, const char *args)
{
	struct buf command = { 0 };
	char chunk[4096];
	FILE *f;
	size_t n;

	buf_addf(&command, "F=${FIMCTL:-build/fimctl}; { %s\n} 2>&1", args);
	buf_clear(out);
	buf_adds(out, "");
	f = popen(command.data, "r");
	buf_free(&command);
	while ((n = fread(chunk, 1, sizeof(chunk), f)))
		buf_add(out, chunk, n);
	return WEXITSTATUS(pclose(f));
}

/**
 * struct use - a command line
 * @args: what the shell runs
 * @code: the exit status
 * @out: part of the output
 */
static const struct use {
	const char *args;
	int code;
	const char *out;
} uses[] = {
	{ "$F", 2, "usage: fimctl COMMAND" },
	{ "$F help", 0, "usage: fimctl COMMAND" },
	{ "$F --help", 0, "usage: fimctl COMMAND" },
	{ "$F help apply", 0, "--prune" },
	{ "$F apply --help", 0, "--prune" },
	{ "$F help nothing", 2, "there is no command 'nothing'" },
	{ "$F nothing", 2, "there is no command 'nothing'" },
	{ "$F version", 0, "fimctl " },
	{ "$F version x", 2, "unexpected argument 'x'" },
	{ "$F check", 2, "give a policy with -f" },
	{ "$F check -f", 2, "option -f takes an argument" },
	{ "$F check -f " GOOD " x", 2, "unexpected argument 'x'" },
	{ "$F check -f " GOOD, 0, "valid: 1 policy, 6 rules" },
	{ "$F check --file=" GOOD, 0, "valid: 1 policy, 6 rules" },
	{ "$F check -f - <" GOOD, 0, "valid: 1 policy, 6 rules" },
	{ "cat " GOOD " | $F check -f /dev/stdin", 0, "valid: 1 policy" },
	{ "$F check -f " GOOD " -f " GOOD, 2, "is given twice, first at " },
	{ "$F check -f " CONTAINER, 0, "valid: 1 policy, 6 rules" },
	{ "$F check -f " POLICIES, 0, "valid: " },
	{ "$F check -f " FOREIGN, 2, "<stdin>:13:3: error: 'process' is not sup" },
	{ "$F check --ignore-unsupported -f " FOREIGN, 0,
	  "<stdin>:13:3: warning: 'process' is left out" },
	{ "$F check -f - --ignore-unsupported " HEAD FILES PROCESSES, 0,
	  "valid: 1 policy, 1 rule" },
	{ "$F check -f /nonexistent", 1, "No such file" },
	{ "$F check -f /dev/null", 2, "/dev/null:1:1: error: there is no pol" },
	{ "$F check -f /dev/zero", 2, "larger than 16 MiB" },
	{ "$F check -f $F", 2, ":1:1: error: byte 0x7f: not valid UTF-8" },
	{ "$F check -f /proc/self/fd", 2, "no *.yaml" },
	{ "printf 'a\\0' | $F check -f -", 2, "<stdin>:1:2: error: a NUL" },
	{ "$F check -f " GOOD " >/dev/full", 1, "can't write: No space left" },
	{ "$F delete", 2, "give the name" },
	{ "$F delete ''", 2, "can't be a policy's name" },
	{ "$F delete x $(printf %0254d 0)", 2, "can't be a policy's name" },
	{ "$F get a b", 2, "one policy at a time" },
	{ "$F get ''", 2, "can't be a policy's name" },
	{ "$F check -f ''", 2, "check: the argument of --file is empty" },
	{ "$F check --file=", 2, "check: the argument of --file is empty" },
	{ "$F recommend --dir ''", 2, "the argument of --dir is empty" },
	{ "$F probe --root ''", 2, "the argument of --root is empty" },
	{ "$F watch --state ''", 2, "the argument of --state is empty" },
	{ "$F pause --reason x", 2, "give the time with --for" },
	{ "$F pause --for 1d --reason x", 2, "'1d' is no time" },
	{ "$F pause --for 25h --reason x", 2, "longer than a window can be, 24 h" },
	{ "$F pause --for 1h", 2, "give the reason" },
	{ "$F apply --try 61m -f " GOOD, 2, "--try takes a time as 90s or 5m, 1h at most" },
	{ "$F apply --try 1d -f " GOOD, 2, "--try takes a time" },
	{ "$F explain ''", 2, "the path is empty" },
	{ "$F explain --as '' /a", 2, "the argument of --as is empty" },
	{ "$F explain /$(printf %04095d 0)", 2, "longer than 4095 bytes" },
	{ "D=$(mktemp -d); F=$(realpath $F); cd $D; rmdir $D; $F explain x", 2,
	  "'x' does not begin with '/', and this directory" },
	{ "$F get -o xml", 2, "there is no format 'xml'" },
	{ "$F watch --since -1", 2, "'-1' is no record number" },
	{ "$F watch --since 1x", 2, "'1x' is no record number" },
	{ "$F watch --since 99999999999999999999", 2, "is no record number" },
	{ "$F watch --limit 0", 2, "'0' is no number above 0" },
	{ "$F watch --since yesterday", 2, "'yesterday' is no record number" },
	{ "$F watch --to nowhere", 2, "there is no place 'nowhere'" },
	{ "$F watch --to syslog://h:99999", 2, "there is no place 'syslog://h:99999'" },
	{ "$F watch --to syslog://h -o text", 2, "takes json, ecs or cef" },
	{ "$F watch --policy 'a('", 2, "'a(' is no regular expression" },
	{ "$F watch --state /dev/null/x", 1, "can't read /dev/null/x" },
	{ "$F watch -o yaml", 2, "there is no format 'yaml'" },
	{ "$F status -o text", 2, "there is no format 'text'" },
	{ "$F explain", 2, "give one path" },
	{ "$F explain a b", 2, "give one path" },
	{ "$F explain --op fly /a", 2, "there is no operation 'fly'" },
	{ "$F explain --uid -1 /a", 2, "'-1' is no user id" },
	{ "$F explain --uid 4294967295 /a", 2, "is no user id" },
	{ "$F explain -o yaml /a", 2, "there is no format 'yaml'" },
	{ "$F apply", 2, "give a policy with -f" },
	{ "$F apply -f " CONTAINER, 3, "the module is not loaded" },
	{ "$F container", 2, "list, add, delete or scan?" },
	{ "$F container purge", 2, "there is no 'purge'" },
	{ "$F container add", 2, "give its process: --pid N" },
	{ "$F container add --pid x", 2, "'x' is no value of that option" },
	{ "$F container add --pid 4294967297", 2, "'4294967297' is no value" },
	{ "$F container add --pid 2147483648", 2, "is no value of that option" },
	{ "$F container add --pid 1 --label a", 2, "'a' is no value of that option" },
	{ "$F container delete", 2, "'delete' takes ids" },
	{ "$F container delete a ''", 2, "an id is empty" },
	{ "$F container list x", 2, "'list' takes no more words" },
	{ "$F container list -o yaml", 2, "there is no format 'yaml'" },
	{ "$F oci-hook x", 2, "the state comes on standard input" },
	{ "echo {} | $F oci-hook", 1, "it has no valid 'id'" },
	{ "echo '{\"id\":\"a\",\"status\":\"stopped\"}' | $F oci-hook", 0, "" },
	{ "echo '{\"id\":\"a\",\"status\":\"created\",\"pid\":1,"
	  "\"bundle\":\"/x\"}' | $F oci-hook", 1,
	  "container a is not started: the module is not loaded" },
	{ "$F apply --keep-going -f /nonexistent", 2, "No such file" },
	{ "$F apply --action Allow -f " GOOD, 2, "--action is Block or Audit" },
	{ "$F recommend --dir " POLICIES, 0,
	  "\nsystem-binaries\n    The programs and libraries of the system, " },
	{ "$F recommend --dir " POLICIES " | grep -c '^[^ ]' | "
	  "grep -x $(ls " POLICIES "*.yaml | wc -l)", 0, "" },
	{ "$F recommend --dir " POLICIES " --tag t1053 | grep '^[^ ]'", 0,
	  "scheduled-tasks\n" },
	{ "$F recommend --dir " POLICIES " --tag t1053 --tag NIST -o json | "
	  "grep -c '\"name\"' | grep -x 1", 0, "" },
	{ "$F recommend --dir " POLICIES " --tag t1053 --tag nosuch -o json",
	  1, "[]" },
	{ "$F recommend --dir " POLICIES " -o json", 0,
	  "\"name\": \"system-binaries\"" },
	{ "$F recommend --dir " POLICIES " system-binaries | diff - " GOOD, 0,
	  "" },
	{ "$F recommend --dir " POLICIES
	  " harden-system-file-integrity-monitoring | diff - " GOOD, 0, "" },
	{ "$F recommend --dir " POLICIES " system-binaries -o json", 0,
	  "\"rules\": 6" },
	{ "$F recommend --dir " POLICIES " none", 1,
	  "there is no policy 'none' in " POLICIES },
	{ "$F recommend --dir /nonexistent", 1, "/nonexistent: No such file" },
	{ "$F recommend a b", 2, "one policy at a time" },
	{ "$F recommend --tag NIST web-roots", 2, "a name or a tag, not both" },
	{ "$F recommend -o yaml", 2, "there is no format 'yaml'" },
	{ "D=$(mktemp -d); mkdir -p $D/sbin $D/share/fim/policies; "
	  "cp $F $D/sbin/fimctl; cp " GOOD " $D/share/fim/policies; "
	  "$D/sbin/fimctl recommend; c=$?; rm -r $D; (exit $c)", 0,
	  "system-binaries\n" },
	{ "D=$(mktemp -d); echo 'kind: x' >$D/bad.yaml; cp " GOOD " $D; "
	  "$F recommend --dir $D; c=$?; rm -r $D; (exit $c)", 2,
	  "/bad.yaml:1:" },
	{ "$F probe x", 2, "unexpected argument 'x'" },
	{ "$F probe -o yaml", 2, "there is no format 'yaml'" },
	{ "$F probe --root /nonexistent", 1, "/nonexistent: there is no such directory" },
	{ "$F probe --root $F", 1, "there is no such directory" },
	{ "D=$(mktemp -d); $F probe --root $D --kernel 9; c=$?; rm -r $D; (exit $c)", 4,
	  "kernel: 9\n  unknown configuration: " },
	{ "D=$(mktemp -d); $F probe --root $D --kernel 9 -o json; c=$?; rm -r $D; (exit $c)",
	  4, "\"verdict\": \"unknown\"" },
	{ "D=$(mktemp -d); mkdir -p $D/lib/modules/8; $F probe --root $D; c=$?; rm -r $D; "
	  "(exit $c)", 4, "kernel: 8\n" },
	{ "D=$(mktemp -d); $F probe --root $D; c=$?; rm -r $D; (exit $c)", 2,
	  "/lib/modules is not of one kernel: say which by --kernel" },
	{ "$F probe --kernel 5.9", 1, "missing version: the module is for Linux 5.10" },
	{ "$F apply --nonsense", 2, "unknown option --nonsense" },
	{ "$F apply --dry-run=x", 2, "unknown option --dry-run=x" },
	{ "$F get -zo json", 2, "unknown option -z" },
	{ "$F get -z", 2, "unknown option -z" },
	{ "$F check --ignore-unsupported -f " PROCESS, 2,
	  "no policy is left" },
	{ "$F recommend --dir " POLICIES " --tag zzz", 1,
	  "no policy in " POLICIES " has a tag like that" },
};

TEST(usage)
{
	struct buf out = { 0 };
	size_t i;
	int code;

	for (i = 0; i < ARRAY_SIZE_OF(uses); i++) {
		code = run(&out, uses[i].args);
		EXPECT_EQ(uses[i].code, code) {
			TH_LOG("%s: %s", uses[i].args, out.data);
		}
		EXPECT_NE(NULL, strstr(out.data, uses[i].out)) {
			TH_LOG("%s: %s", uses[i].args, out.data);
		}
	}
	buf_free(&out);
}

TEST(without_the_module)
{
	static const char *const args[] = {
		"$F apply -f " GOOD, "$F delete x", "$F get", "$F watch",
		"$F explain /",
		"$F status", "$F selftest", "$F status -o prometheus",
	};
	struct buf out = { 0 };
	struct stat st;
	size_t i;

	if (!stat("/sys/module/fim", &st))
		SKIP(return, "the module is loaded");
	for (i = 0; i < ARRAY_SIZE_OF(args); i++) {
		EXPECT_EQ(3, run(&out, args[i]));
		EXPECT_NE(NULL, strstr(out.data, "modprobe fim"));
	}
	EXPECT_EQ(3, run(&out, "$F status -o prometheus"));
	EXPECT_NE(NULL, strstr(out.data, "\nfim_up 0\n"));
	buf_free(&out);
}

FIXTURE(directory) {
	char path[32];
	struct buf out;
	struct buf args;
};

FIXTURE_SETUP(directory)
{
	strcpy(self->path, "/tmp/fimctl.XXXXXX");
	self->out = (struct buf){ 0 };
	self->args = (struct buf){ 0 };
	ASSERT_NE(NULL, mkdtemp(self->path));
}

FIXTURE_TEARDOWN(directory)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", self->path);
	EXPECT_EQ(0, system(command));
	buf_free(&self->out);
	buf_free(&self->args);
}

/*
 * Of two broken files and one that is given twice nothing is left but the good
 * one, which fails for want of the module.
 */
TEST_F(directory, keep_going)
{
	struct stat st;

	if (!stat("/sys/module/fim", &st))
		SKIP(return, "the module is loaded");
	buf_addf(&self->args,
		 "cp " GOOD " %s/a.yaml; cp " GOOD " %s/b.yaml; "
		 "echo 'kind: x' >%s/c.yaml; "
		 "$F apply --keep-going -f %s", self->path, self->path,
		 self->path, self->path);
	EXPECT_EQ(3, run(&self->out, self->args.data));
	EXPECT_NE(NULL, strstr(self->out.data, "/b.yaml:25:9: error: policy "));
	EXPECT_NE(NULL, strstr(self->out.data, "/c.yaml:1:7: error: kind 'x'"));
	EXPECT_EQ(NULL, strstr(self->out.data, "/a.yaml:1"));
	buf_clear(&self->args);
	buf_addf(&self->args, "$F apply -f %s", self->path);
	EXPECT_EQ(2, run(&self->out, self->args.data));
}

/*
 * A host that has no name yet: what does not go by it is put into force, which fails
 * for want of the module, and the rest is not left out in silence.
 */
TEST_F(directory, no_name)
{
	static const struct {
		const char *etc;
		const char *args;
		int code;
		const char *out;
	} cases[] = {
		{ "", "", 2, "/b.yaml:4:9: error: policy 'p' goes by the host's name, which" },
		{ "", "--keep-going", 3, "/b.yaml:4:9: error: policy 'p' goes by" },
		{ "", "--keep-going", 3, "the module is not loaded" },
		{ "nowhere", "", 3, "the module is not loaded" },
		{ "elsewhere", "", 3, "the module is not loaded" },
	};
	struct stat st;
	size_t i;

	if (!stat("/sys/module/fim", &st))
		SKIP(return, "the module is loaded");
	if (system("unshare -rum true 2>/dev/null") ||
	    access("/etc/hostname", F_OK))
		SKIP(return, "can't have another name here");
	buf_addf(&self->args, "cp " GOOD " %s/a.yaml; cat >%s/b.yaml " HEAD FILES
		 "end\n", self->path, self->path);
	ASSERT_EQ(0, run(&self->out, self->args.data));
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		buf_clear(&self->args);
		buf_addf(&self->args,
			 "printf '%s' >%s/name; export F; unshare -rum sh -c '"
			 "mount --bind %s/name /etc/hostname && "
			 "echo \"(none)\" >/proc/sys/kernel/hostname && "
			 "$F apply %s -f %s'", cases[i].etc, self->path,
			 self->path, cases[i].args, self->path);
		EXPECT_EQ(cases[i].code, run(&self->out, self->args.data)) {
			TH_LOG("case %zu: %s", i, self->out.data);
		}
		EXPECT_NE(NULL, strstr(self->out.data, cases[i].out)) {
			TH_LOG("case %zu: %s", i, self->out.data);
		}
	}
}

/* Sorted, and what is no policy file or hidden is left alone. */
TEST_F(directory, order)
{
	buf_addf(&self->args,
		 "cd %s; echo x >b.yaml; echo y >a.yml; echo z >c.json; "
		 "echo q >.d.yaml; echo q >README; echo q >.yaml; "
		 "cd - >/dev/null; $F check -f %s", self->path, self->path);
	EXPECT_EQ(2, run(&self->out, self->args.data));
	buf_clear(&self->args);
	buf_addf(&self->args,
		 "%s/a.yml:1:1: error: a policy is a mapping, this is a string\n"
		 "%s/b.yaml:1:1: error: a policy is a mapping, this is a string\n"
		 "%s/c.json:1:1: error: a policy is a mapping, this is a string\n",
		 self->path, self->path, self->path);
	EXPECT_STREQ(self->args.data, self->out.data);
}

TEST_F(directory, fifo_does_not_block)
{
	buf_addf(&self->args, "mkfifo %s/a.yaml; mkdir %s/b.yaml; "
		 "timeout 20 $F check -f %s", self->path, self->path,
		 self->path);
	EXPECT_EQ(2, run(&self->out, self->args.data));
	EXPECT_NE(NULL, strstr(self->out.data, "a.yaml: error: not a regular"));
	EXPECT_NE(NULL, strstr(self->out.data, "b.yaml: error: not a regular"));
}

TEST_F(directory, hostile_name)
{
	buf_addf(&self->args, "touch \"%s/$(printf 'a\\033[2J').yaml\"; "
		 "$F check -f %s", self->path, self->path);
	EXPECT_EQ(2, run(&self->out, self->args.data));
	EXPECT_EQ(NULL, strchr(self->out.data, '\033'));
	EXPECT_NE(NULL, strstr(self->out.data, "a\\x1b[2J.yaml:1:1:"));
}

TEST_F(directory, hostile_library)
{
	buf_addf(&self->args,
		 "D=%s; E=$(printf '\\033'); "
		 "sed \"1s/.*/# a$E[2Jb/\" " GOOD " >\"$D/e$E[2Jf.yaml\"; "
		 "sed 's/- NIST$/- \"c\\\\e[2Jd\"/' " GOOD " >$D/c.yaml; "
		 "mkfifo $D/a.yaml; truncate -s 65M $D/b.yaml; "
		 "timeout 20 $F recommend --dir $D", self->path);
	EXPECT_EQ(2, run(&self->out, self->args.data));
	EXPECT_EQ(NULL, strchr(self->out.data, '\033'));
	EXPECT_NE(NULL, strstr(self->out.data, "a\\x1b[2Jb\n"));
	EXPECT_NE(NULL, strstr(self->out.data, "c\\x1b[2Jd")) {
		TH_LOG("%s", self->out.data);
	}
	EXPECT_NE(NULL, strstr(self->out.data, "e\\x1b[2Jf\n"));
	EXPECT_NE(NULL, strstr(self->out.data, "a.yaml: error: not a regular"));
	EXPECT_NE(NULL, strstr(self->out.data, "b.yaml: error: larger than"));
}

/* Of a policy without a name nobody can ask. */
TEST_F(directory, library_without_names)
{
	buf_addf(&self->args, "echo 'metadata: {}' >%s/a.yaml; "
		 "$F recommend --dir %s foo", self->path, self->path);
	EXPECT_EQ(1, run(&self->out, self->args.data));
	EXPECT_NE(NULL, strstr(self->out.data, "foo")) {
		TH_LOG("%s", self->out.data);
	}
}

/* No file takes the place of a stream that was closed. */
TEST_F(directory, closed_streams)
{
	struct stat st;

	EXPECT_EQ(1, run(&self->out, "$F help >&-"));
	EXPECT_EQ(0, run(&self->out, "$F help <&-"));
	EXPECT_EQ(0, run(&self->out, "$F check -f - <&-; [ $? != 0 ]"));
	if (!stat("/sys/module/fim", &st))
		SKIP(return, "the module is loaded");
	buf_addf(&self->args, "$F watch --to %s/alerts 2>&-; cat %s/alerts",
		 self->path, self->path);
	run(&self->out, self->args.data);
	EXPECT_EQ(NULL, strstr(self->out.data, "modprobe"));
}

/* What users read says what there is. */
TEST(man_page_and_completion)
{
	struct buf out = { 0 };

	EXPECT_EQ(0, run(&out,
		"$F help | sed -n 's/^  \\([a-z]*\\) .*/\\1/p' | "
		"while read -r c; do "
		"grep -q \"^\\.B fimctl $c\" ../../ctl/man/fimctl.8 && "
		"grep -qw -- \"$c\" ../../ctl/completion/fimctl || exit 1; "
		"$F help $c | sed -n 's/^ .*--\\([a-z-]*\\).*/\\1/p' | "
		"while read -r o; do "
		"grep -q -- \"--$(echo $o | sed 's/-/.*-/')\" ../../ctl/completion/fimctl && "
		"grep -q -- \"$(echo $o | sed 's/-/.*-/')\" ../../ctl/man/fimctl.8 || exit 1; "
		"done || exit 1; done")) {
		TH_LOG("%s", out.data);
	}
	buf_free(&out);
}

TEST_HARNESS_MAIN
