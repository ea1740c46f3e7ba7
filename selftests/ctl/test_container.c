// SPDX-License-Identifier: GPL-2.0
/*
 * test_container.c - tests of ctl/identity.c, bundle.c, cgroup.c and runtimes.c:
 * what a container is, whom a policy means, and what runtimes write down
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bundle.h"
#include "cgroup.h"
#include "container.h"
#include "helper.h"
#include "identity.h"
#include "mem.h"
#include "runtimes.h"

#include "kselftest_harness.h"

static char *text_of(const struct identity *id)
{
	struct buf out = { 0 };

	identity_write(id, &out);
	return out.data;
}

/* @text with @dir where it says "DIR"; NULL if it is */
static char *with_dir(const char *text, const char *dir)
{
	const char *at = text ? strstr(text, "DIR") : NULL;
	struct buf out = { 0 };

	if (!at)
		return mem_string(text);
	buf_add(&out, text, at - text);
	buf_addf(&out, "%s%s", dir, at + strlen("DIR"));
	return out.data;
}

/* What the annotations of a bundle come to */
TEST(annotations)
{
	static const struct {
		const char *json;
		const char *identity;
	} cases[] = {
		{ "{}", "{}" },
		{ "[]", "{}" },
		{ "{\"app\":\"mysql\",\"n\":5}", "{\"labels\":{\"app\":\"mysql\"}}" },
		/* containerd */
		{ "{\"io.kubernetes.cri.container-name\":\"c\","
		  "\"io.kubernetes.cri.container-type\":\"container\","
		  "\"io.kubernetes.cri.image-name\":\"i:1\","
		  "\"io.kubernetes.cri.sandbox-name\":\"p\","
		  "\"io.kubernetes.cri.sandbox-namespace\":\"n\"}",
		  "{\"name\":\"c\",\"image\":\"i:1\",\"namespace\":\"n\",\"pod\":\"p\"}" },
		/* CRI-O */
		{ "{\"io.kubernetes.container.name\":\"c\","
		  "\"io.kubernetes.pod.name\":\"p\","
		  "\"io.kubernetes.pod.namespace\":\"n\","
		  "\"io.kubernetes.cri-o.ImageName\":\"i\","
		  "\"io.kubernetes.cri-o.Labels\":\"{\\\"app\\\":\\\"a\\\","
		  "\\\"io.kubernetes.pod.name\\\":\\\"p\\\"}\"}",
		  "{\"name\":\"c\",\"image\":\"i\",\"namespace\":\"n\",\"pod\":\"p\","
		  "\"labels\":{\"app\":\"a\"}}" },
		{ "{\"io.kubernetes.cri-o.Labels\":\"{\"}", "{}" },
		/* fim's own go before. */
		{ "{\"app\":\"b\",\"fim/labels\":\"app=a,x=\",\"fim/owner\":\"Job/j\","
		  "\"io.kubernetes.pod.name\":\"p\",\"fim/pod-name\":\"q\"}",
		  "{\"pod\":\"q\",\"owner\":{\"ref\":\"Job\",\"name\":\"j\"},"
		  "\"labels\":{\"app\":\"a\",\"x\":\"\"}}" },
		{ "{\"fim/owner\":\"x\"}", "{}" },
		{ "{\"fim/owner\":\"/x\"}", "{}" },
		/* podman's own are no labels. */
		{ "{\"io.podman.annotations.userns\":\"\","
		  "\"io.container.manager\":\"libpod\","
		  "\"org.opencontainers.image.stopSignal\":\"15\"}", "{}" },
	};
	struct identity id;
	cJSON *json;
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		id = (struct identity){ 0 };
		json = cJSON_Parse(cases[i].json);
		ASSERT_NE(NULL, json);
		identity_take_annotations(&id, json);
		text = text_of(&id);
		EXPECT_STREQ(cases[i].identity, text) {
			TH_LOG("case %zu", i);
		}
		free(text);
		cJSON_Delete(json);
		identity_free(&id);
	}
}

TEST(docker_and_storage)
{
	static const char docker[] =
		"{\"Name\":\"/db\",\"Config\":{\"Image\":\"mysql:5.6\","
		"\"Labels\":{\"app\":\"mysql\"}}}";
	static const char storage[] =
		"[{\"id\":\"a\",\"metadata\":\"{}\"},{\"id\":\"b\",\"metadata\":"
		"\"{\\\"image-name\\\":\\\"i\\\",\\\"name\\\":\\\"db\\\"}\"}]";
	struct identity id = { 0 };
	cJSON *json = cJSON_Parse(docker);
	char *text;

	identity_take_docker(&id, json);
	text = text_of(&id);
	EXPECT_STREQ("{\"name\":\"db\",\"image\":\"mysql:5.6\","
		     "\"labels\":{\"app\":\"mysql\"}}", text);
	free(text);
	identity_free(&id);
	cJSON_Delete(json);

	json = cJSON_Parse(storage);
	identity_take_storage(&id, json, "a");
	EXPECT_EQ(NULL, id.name);
	identity_take_storage(&id, json, "c");
	EXPECT_EQ(NULL, id.name);
	identity_take_storage(&id, json, "b");
	EXPECT_STREQ("db", id.name);
	EXPECT_STREQ("i", id.image);
	identity_free(&id);
	cJSON_Delete(json);
	identity_take_docker(&id, NULL);
	identity_take_storage(&id, NULL, "a");
	EXPECT_EQ(NULL, id.name);
}

/* What made a pod */
TEST(owner)
{
	static const struct {
		const char *pod;
		const char *labels;
		const char *ref;
		const char *name;
	} cases[] = {
		{ "mysql-74775b4bf4-65nqf", "pod-template-hash=74775b4bf4",
		  "Deployment", "mysql" },
		{ "a-b-74-65nqf", "pod-template-hash=74", "Deployment", "a-b" },
		{ "a-75-65nqf", "pod-template-hash=74", NULL, NULL },
		{ "74-65nqf", "pod-template-hash=74", NULL, NULL },
		{ "db-0", "statefulset.kubernetes.io/pod-name=db-0,"
		  "controller-revision-hash=db-5", "StatefulSet", "db" },
		{ "agent-x7z9q", "controller-revision-hash=5", "DaemonSet", "agent" },
		{ "j-x7z9q", "batch.kubernetes.io/job-name=j", "Job", "j" },
		{ "mysql", "app=mysql", NULL, NULL },
		{ "mysql", "controller-revision-hash=5", NULL, NULL },
		{ NULL, "pod-template-hash=74", NULL, NULL },
	};
	struct identity id;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		id = (struct identity){
			.pod = cases[i].pod ? strdup(cases[i].pod) : NULL,
		};
		EXPECT_TRUE(identity_add_labels(&id, cases[i].labels));
		identity_find_owner(&id);
		EXPECT_STREQ(cases[i].ref ?: "", id.owner_ref ?: "") {
			TH_LOG("case %zu", i);
		}
		EXPECT_STREQ(cases[i].name ?: "", id.owner_name ?: "");
		identity_free(&id);
	}
}

TEST(labels)
{
	struct identity id = { 0 };

	EXPECT_TRUE(identity_add_labels(&id, "a=1,b=2=3"));
	EXPECT_STREQ("2=3", id.labels.v[1].value);
	EXPECT_TRUE(identity_add_labels(&id, "a=4"));
	EXPECT_EQ(2, id.labels.nr);
	EXPECT_STREQ("1", id.labels.v[0].value);
	EXPECT_FALSE(identity_add_labels(&id, ""));
	EXPECT_FALSE(identity_add_labels(&id, "a"));
	EXPECT_FALSE(identity_add_labels(&id, "=a"));
	identity_free(&id);
}

/* What was written is read again; what others wrote does no harm. */
TEST(kept_identity)
{
	static const char *const foreign[] = {
		"", "x", "[]", "5", "{\"name\":5,\"owner\":[],\"labels\":[1]}",
		"{\"labels\":{\"a\":5}}",
	};
	static const char whole[] =
		"{\"name\":\"c\",\"image\":\"i\",\"namespace\":\"n\",\"pod\":\"p\","
		"\"owner\":{\"ref\":\"Job\",\"name\":\"j\"},\"labels\":{\"a\":\"b\"}}";
	struct identity id;
	char *text;
	size_t i;

	identity_read(&id, whole, strlen(whole));
	text = text_of(&id);
	EXPECT_STREQ(whole, text);
	free(text);
	identity_free(&id);
	for (i = 0; i < ARRAY_SIZE_OF(foreign); i++) {
		identity_read(&id, foreign[i], strlen(foreign[i]));
		text = text_of(&id);
		EXPECT_STREQ("{}", text);
		free(text);
		identity_free(&id);
	}
}

#define HEAD "apiVersion: security.kubearmor.com/v1\nkind: %s\n" \
	"metadata: {name: p%s}\nspec:\n  action: Block\n" \
	"  file: {matchPaths: [{path: /a}]}\n  selector: %s\n"
#define POD "KubeArmorPolicy"
#define CLUSTER "KubeArmorClusterPolicy"

/* Which containers a policy means: here, one of name db with labels app=a, t=1 */
TEST(selectors)
{
	static const struct {
		const char *kind;
		const char *policy_namespace;
		const char *selector;
		const char *namespace;
		bool matches;
	} cases[] = {
		{ POD, "", "{matchLabels: {app: a}}", NULL, true },
		{ POD, "", "{matchLabels: {app: b}}", NULL, false },
		{ POD, "", "{matchLabels: {app: a, t: '1'}}", NULL, true },
		{ POD, "", "{matchLabels: {app: a, x: y}}", NULL, false },
		{ POD, "", "{matchLabels: {kubearmor.io/container.name: db}}", NULL, true },
		{ POD, "", "{matchLabels: {kubearmor.io/container.name: 'x,db'}}", NULL, true },
		{ POD, "", "{matchLabels: {kubearmor.io/container.name: '*'}}", NULL, true },
		{ POD, "", "{matchLabels: {kubearmor.io/container.name: d}}", NULL, false },
		{ POD, "", "{matchLabels: {app: a}}", "n", true },
		{ POD, ", namespace: n", "{matchLabels: {app: a}}", "n", true },
		{ POD, ", namespace: n", "{matchLabels: {app: a}}", "m", false },
		{ POD, ", namespace: n", "{matchLabels: {app: a}}", NULL, true },
		{ POD, "", "{matchExpressions: [{key: label, operator: In, "
		  "values: [app=b, app=a]}]}", NULL, true },
		{ POD, "", "{matchExpressions: [{key: label, operator: NotIn, "
		  "values: [app=a]}]}", NULL, false },
		{ POD, "", "{matchExpressions: [{key: label, operator: NotIn, "
		  "values: [app=b, ap=a]}]}", NULL, true },
		{ CLUSTER, "", "{matchExpressions: [{key: namespace, operator: In, "
		  "values: [n]}]}", "n", true },
		{ CLUSTER, "", "{matchExpressions: [{key: namespace, operator: In, "
		  "values: [n]}]}", NULL, false },
		{ CLUSTER, "", "{matchExpressions: [{key: namespace, operator: In, "
		  "values: ['*']}]}", NULL, true },
		{ CLUSTER, "", "{matchExpressions: [{key: namespace, operator: NotIn, "
		  "values: [n]}]}", "n", false },
		{ CLUSTER, "", "{matchExpressions: [{key: namespace, operator: In, "
		  "values: [n]}, {key: label, operator: In, values: [app=b]}]}", "n", false },
	};
	struct identity id = { .name = (char *)"db" };
	struct parsed p;
	char text[1024];
	size_t i;

	ASSERT_TRUE(identity_add_labels(&id, "app=a,t=1"));
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		snprintf(text, sizeof(text), HEAD, cases[i].kind,
			 cases[i].policy_namespace, cases[i].selector);
		parse_text(&p, text);
		ASSERT_EQ(0, p.diags.errors) {
			TH_LOG("case %zu: %s", i, print_diags(&p));
		}
		id.namespace = (char *)cases[i].namespace;
		EXPECT_EQ(cases[i].matches,
			  identity_matches(&id, &p.set.v[0])) {
			TH_LOG("case %zu", i);
		}
		parsed_free(&p);
	}
	id.name = NULL;
	id.namespace = NULL;
	identity_free(&id);
}

/* Whoever writes labels does not end the one that adds containers. */
TEST(too_long)
{
	struct identity id = { 0 };
	char text[20000] = "";
	struct link l = { 0 };

	memset(text, 'x', sizeof(text) - 1);
	EXPECT_EQ(-E2BIG, container_add(&l, text, 1, "/", &id));
	EXPECT_STREQ("its id is longer than 253 bytes", l.error.text);
	EXPECT_EQ(-E2BIG, container_delete(&l, text));
	identity_set_label(&id, "k", text);
	EXPECT_EQ(-E2BIG, container_add(&l, "a", 1, "/", &id));
	EXPECT_EQ(-E2BIG, l.error.code);
	EXPECT_STREQ("its labels are longer than 16384 bytes", l.error.text);
	identity_free(&id);
}

TEST(state)
{
	static const struct {
		const char *json;
		const char *why;
	} cases[] = {
		{ "{\"id\":\"a\",\"status\":\"created\",\"pid\":7,\"bundle\":\"/b\"}", NULL },
		{ "{\"id\":\"a\",\"status\":\"stopped\"}", NULL },
		{ "", "it is no JSON object" },
		{ "{", "it is no JSON object" },
		{ "[]", "it is no JSON object" },
		{ "{\"status\":\"created\"}", "it has no valid 'id'" },
		{ "{\"id\":\"../x\",\"status\":\"stopped\"}", "it has no valid 'id'" },
		{ "{\"id\":\"a/b\",\"status\":\"stopped\"}", "it has no valid 'id'" },
		{ "{\"id\":\"\",\"status\":\"stopped\"}", "it has no valid 'id'" },
		{ "{\"id\":\"a\"}", "it has no 'status'" },
		{ "{\"id\":\"a\",\"status\":\"created\",\"bundle\":\"/b\"}", "it has no 'pid'" },
		{ "{\"id\":\"a\",\"status\":\"created\",\"pid\":1e99,\"bundle\":\"/b\"}",
		  "it has no 'pid'" },
		{ "{\"id\":\"a\",\"status\":\"created\",\"pid\":-1,\"bundle\":\"/b\"}",
		  "it has no 'pid'" },
		{ "{\"id\":\"a\",\"status\":\"created\",\"pid\":7,\"bundle\":\"b\"}",
		  "it has no absolute 'bundle'" },
		{ "{\"id\":\"a\",\"status\":\"created\",\"pid\":7}",
		  "it has no absolute 'bundle'" },
	};
	struct oci_state state;
	const char *why;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		why = oci_state_parse(&state, cases[i].json,
				      strlen(cases[i].json));
		EXPECT_STREQ(cases[i].why ?: "", why ?: "") {
			TH_LOG("case %zu", i);
		}
		if (!why && !state.stopped) {
			EXPECT_EQ(7, state.pid);
			EXPECT_STREQ("/b", state.bundle);
		}
		oci_state_free(&state);
	}
}

TEST(root)
{
	static const struct {
		const char *json;
		const char *root;
	} cases[] = {
		{ "{\"root\":{\"path\":\"rootfs\"}}", "/b/rootfs" },
		{ "{\"root\":{\"path\":\"/r\"}}", "/r" },
		{ "{\"root\":{\"path\":\"\"}}", NULL },
		{ "{\"root\":\"r\"}", NULL },
		{ "x", NULL },
	};
	struct buf root, why;
	cJSON *json;
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		root = (struct buf){ 0 };
		why = (struct buf){ 0 };
		json = cJSON_Parse(cases[i].json);
		EXPECT_EQ(!!cases[i].root, bundle_root(json, "/b", &root, &why));
		EXPECT_EQ(!cases[i].root, !!why.len);
		EXPECT_STREQ(cases[i].root ?: "", root.data ?: "");
		buf_free(&root);
		buf_free(&why);
		cJSON_Delete(json);
	}
}

/* What is said in files beside the bundle is read, or the container refused. */
TEST(beside_the_bundle)
{
	static const struct {
		const char *config;
		const char *bundle;
		const char *identity;
		const char *why;
	} cases[] = {
		/* docker's directory, wherever it is: beside what it mounts */
		{ "{\"mounts\":[{\"destination\":\"/etc/hosts\","
		  "\"source\":\"DIR/containers/c1/hosts\"}]}", "/run/moby/c1",
		  "{\"name\":\"db\",\"image\":\"mysql\",\"labels\":{\"app\":\"a\"}}" },
		/* another container's network */
		{ "{\"mounts\":[{\"destination\":\"/x\"},"
		  "{\"destination\":\"/etc/resolv.conf\","
		  "\"source\":\"DIR/containers/c2/resolv.conf\"}]}", "/run/moby/c1",
		  "{\"name\":\"db\",\"image\":\"mysql\",\"labels\":{\"app\":\"a\"}}" },
		{ "{\"mounts\":[{\"destination\":\"/etc/hosts\","
		  "\"source\":\"DIR/none/c1/hosts\"}]}", "/run/moby/c1", NULL,
		  "DIR/none/c1/config.v2.json can't be read" },
		{ "{\"mounts\":[{\"destination\":\"/etc/hosts\","
		  "\"source\":\"DIR/containers/longer/hosts\"}]}", "/run/moby/c1",
		  NULL, "/var/lib/docker/containers/c1/config.v2.json can't be read" },
		{ "{}", "/run/moby/c1", NULL,
		  "/var/lib/docker/containers/c1/config.v2.json can't be read" },
		/* podman's, from its bundle */
		{ "{\"annotations\":{\"io.container.manager\":\"libpod\"}}",
		  "DIR/vfs-containers/c1/userdata",
		  "{\"name\":\"p\",\"image\":\"i\"}" },
		{ "{\"annotations\":{\"io.container.manager\":\"libpod\"}}",
		  "DIR/none/c1/userdata", NULL,
		  "DIR/none/containers.json can't be read" },
		/* A bundle of nobody's has nothing beside it. */
		{ "{}", "/b", "{\"name\":\"c1\"}" },
		{ "{\"annotations\":{\"app\":\"b\"}}", NULL,
		  "{\"name\":\"c1\",\"labels\":{\"app\":\"b\"}}" },
		{ "x", "/b", NULL, "the bundle's config.json can't be read" },
	};
	char dir[] = "/tmp/fim-test.XXXXXX";
	char *config, *bundle, *text, *want;
	struct identity id;
	struct buf why;
	cJSON *json;
	size_t i;

	ASSERT_NE(NULL, mkdtemp(dir));
	ASSERT_EQ(0, sh(dir, "mkdir -p containers/c1 vfs-containers\n"
		"echo '{\"Name\":\"/db\",\"Config\":{\"Image\":\"mysql\","
		"\"Labels\":{\"app\":\"a\"}}}' >containers/c1/config.v2.json\n"
		"echo '[{\"id\":\"c1\",\"metadata\":\"{\\\"name\\\":\\\"p\\\","
		"\\\"image-name\\\":\\\"i\\\"}\"}]' >vfs-containers/containers.json"));
	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		id = (struct identity){ 0 };
		why = (struct buf){ 0 };
		config = with_dir(cases[i].config, dir);
		bundle = with_dir(cases[i].bundle, dir);
		want = with_dir(cases[i].why, dir);
		json = cJSON_Parse(config);
		EXPECT_EQ(!want, bundle_identity(json, bundle, "c1", &id, &why));
		EXPECT_STREQ(want ?: "", why.data ?: "");
		text = text_of(&id);
		if (!want)
			EXPECT_STREQ(cases[i].identity, text);
		free(text);
		free(config);
		free(bundle);
		free(want);
		cJSON_Delete(json);
		identity_free(&id);
		buf_free(&why);
	}
	EXPECT_EQ(0, sh("/", "rm -rf /tmp/fim-test.??????"));
}

TEST(cgroups)
{
	static const char unified[] =
		"22 1 0:20 / /sys rw - sysfs sysfs rw\n"
		"29 22 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
	static const char hybrid[] =
		"30 22 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
		"29 22 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
	static const char part[] =
		"29 22 0:26 /a/b /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";
	static const char v1[] =
		"30 22 0:27 / /sys/fs/cgroup/cgroup2 rw - cgroup cgroup rw,cpu\n";
	struct buf dir = { 0 };
	const char *path;

	EXPECT_TRUE(cgroup_find_mount(unified, strlen(unified), &dir));
	EXPECT_STREQ("/sys/fs/cgroup", dir.data);
	buf_clear(&dir);
	EXPECT_TRUE(cgroup_find_mount(hybrid, strlen(hybrid), &dir));
	EXPECT_STREQ("/sys/fs/cgroup/unified", dir.data);
	EXPECT_FALSE(cgroup_find_mount(part, strlen(part), &dir));
	EXPECT_FALSE(cgroup_find_mount(v1, strlen(v1), &dir));
	EXPECT_FALSE(cgroup_find_mount("", 0, &dir));
	buf_free(&dir);

	path = cgroup_find_path("12:cpu:/x\n0::/a/b\n");
	ASSERT_NE(NULL, path);
	EXPECT_STREQ("/a/b\n", path);
	EXPECT_EQ(NULL, cgroup_find_path("12:cpu:/x\n"));
	EXPECT_EQ(NULL, cgroup_find_path(""));
}

/* A container's tasks are told from others by its cgroup, so it has one. */
TEST(cgroup_of_its_own)
{
	static const struct {
		const char *cgroup;
		const char *other;
		bool holds;
	} cases[] = {
		{ "/", "/\n", true },
		{ "/\n", "/a\n", true },
		{ "/a", "/a\n", true },
		{ "/a\n", "/a", true },
		{ "/a", "/a/b\n", true },
		{ "/a", "/ab\n", false },
		{ "/a/b", "/a\n", false },
		{ "/a/c", "/a/b\n", false },
		{ "/a", "/\n", false },
		{ "/machine.slice/libpod-1.scope", "/user.slice/session-1.scope\n",
		  false },
	};
	const char *why = "";
	size_t i;

	for (i = 0; i < ARRAY_SIZE_OF(cases); i++) {
		EXPECT_EQ(cases[i].holds,
			  cgroup_holds(cases[i].cgroup, cases[i].other)) {
			TH_LOG("case %zu", i);
		}
	}
	EXPECT_EQ(-EOPNOTSUPP, cgroup_open(getpid(), &why));
	EXPECT_TRUE(strstr(why, "none of its own") || strstr(why, "no cgroup v2")) {
		TH_LOG("%s", why);
	}
}

TEST(running)
{
	static const char runc[] =
		"{\"id\":\"a\",\"init_process_pid\":7,\"config\":{\"labels\":"
		"[\"x\",5,\"bundle=/b\"]}}";
	struct runnings all = { 0 };
	cJSON *json = cJSON_Parse(runc);

	EXPECT_TRUE(runtimes_take_runc(&all, json));
	cJSON_Delete(json);
	json = cJSON_Parse("{\"pid\":8,\"bundle\":\"/c\"}");
	EXPECT_TRUE(runtimes_take_crun(&all, json, "b"));
	EXPECT_FALSE(runtimes_take_runc(&all, json));
	cJSON_Delete(json);
	EXPECT_FALSE(runtimes_take_crun(&all, NULL, "b"));
	ASSERT_EQ(2, all.nr);
	EXPECT_STREQ("a", all.v[0].id);
	EXPECT_EQ(7, all.v[0].pid);
	EXPECT_STREQ("/b", all.v[0].bundle);
	EXPECT_STREQ("b", all.v[1].id);
	EXPECT_EQ(8, all.v[1].pid);
	EXPECT_STREQ("/c", all.v[1].bundle);
	runtimes_free(&all);
}

TEST_HARNESS_MAIN
