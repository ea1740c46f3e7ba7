#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""spec.py - whether uapi/fim.yaml says what uapi/fim.h says

    spec.py HEADER SPEC

Every command, attribute with its type, and value, by name and number, both
ways. The types are those that the header's comments name. Reports TAP.
"""
import re
import sys

import yaml

HEADER, SPEC = sys.argv[1:3]
header = open(HEADER, encoding="utf-8").read()
spec = yaml.safe_load(open(SPEC, encoding="utf-8"))

# What the comments of the header call a type, and what YNL calls it.
TYPES = [
    (r"nested ", "nest"), (r"six u64", "binary"), (r"up to .*u32", "binary"), (r"\d+ bytes", "binary"),
    (r"bytes", "binary"), (r"string", "string"), (r"flag\b", "flag"),
    (r"(u8|u16|u32|u64|s32|s64)\b", None), (r"padding", "pad"),
]

number = failed = 0


def check(name, problems):
    global number, failed
    number += 1
    problems = list(problems)
    for problem in problems:
        print("#", problem)
    failed += bool(problems)
    print("not ok" if problems else "ok", number, name)


def enums():
    """Of each enum of the header, name and number of each constant."""
    for name, body in re.findall(r"^enum (\w+) \{\n(.*?)^\};", header, re.M | re.S):
        value, members = -1, {}
        for member, given in re.findall(r"^\t(\w+)(?: = ([^,\n]+))?,", body, re.M):
            if given and "<<" not in given:
                continue
            if given and given.startswith("("):
                continue  # all bits of the others
            value = eval(given.replace("1U", "1")) if given else value + 1
            members[member] = value
        yield name, members


def comment(constant):
    found = re.search(r"^ \* @%s:(.*)$" % constant, header, re.M)
    return found[1].strip() if found else ""


def header_type(constant):
    text = comment(constant)
    for pattern, name in TYPES:
        found = re.match(pattern, text)
        if found:
            return name or found[1]
    return "u32" if not text else text


def constant(prefix, name):
    return (prefix + name).replace("-", "_").upper()


def sentinel(name):
    return name.startswith("__")


ENUMS = dict(enums())


def compare(what, want, have):
    for name in want:
        if name not in have:
            yield "%s: %s is not in the specification" % (what, name)
        elif want[name] != have[name]:
            yield "%s: %s is %r, not %r" % (what, name, have[name], want[name])
    for name in have:
        if name not in want:
            yield "%s: %s is not in the header" % (what, name)


def definitions():
    for item in spec["definitions"]:
        if item["type"] == "const":
            found = re.search(r"^#define %s\s+(\d+)$" % constant("FIM_", item["name"]),
                              header, re.M)
            if not found or int(found[1]) != item["value"]:
                yield "%s is not in the header as %r" % (item["name"], item["value"])
            continue
        flags = item["type"] == "flags"
        have, value = {}, item.get("value-start", 0)
        for entry in item["entries"]:
            name = entry if isinstance(entry, str) else entry["name"]
            have[constant(item["name-prefix"], name)] = \
                1 << value if flags else value
            value += 1
        want = {name: number for name, number in
                ENUMS.get(item["enum-name"].replace("-", "_"), {}).items()
                if not sentinel(name) and number >= item.get("value-start", 0)}
        yield from compare(item["name"], want, have)


def attributes():
    for item in spec["attribute-sets"]:
        have, value = {}, 0
        for attr in item["attributes"]:
            value = attr.get("value", value + 1)
            name = constant(item["name-prefix"], attr["name"])
            have[name] = (value, attr["type"])
        want = {name: (number, header_type(name)) for name, number in
                ENUMS.get(item["enum-name"].replace("-", "_"), {}).items()
                if not sentinel(name) and not name.endswith("_UNSPEC")}
        yield from compare(item["name"], want, have)


def references():
    sets = {item["name"] for item in spec["attribute-sets"]}
    enum = {item["name"] for item in spec["definitions"]}
    for item in spec["attribute-sets"]:
        for attr in item["attributes"]:
            name = constant(item["name-prefix"], attr["name"])
            if attr["type"] == "nest" and attr["nested-attributes"] not in sets:
                yield "%s nests nothing that is there" % name
            if "enum" in attr and attr["enum"] not in enum:
                yield "%s has no enum" % name
            found = re.search(r"enum fim_(\w+?)(?:_attr)?\b", comment(name))
            # commands are YNL's operations, and no enum
            if found and attr["type"] != "nest" and found[1] != "cmd":
                said = found[1].replace("_", "-")
                if attr.get("enum") != said:
                    yield "%s is of %r, not of %s" % (name, attr.get("enum"), said)


def commands():
    have, value = {}, 0
    for item in spec["operations"]["list"]:
        value = item.get("value", value + 1)
        have[constant("FIM_CMD_", item["name"])] = value
    want = {name: number for name, number in ENUMS["fim_cmd"].items()
            if not sentinel(name) and not name.endswith("_UNSPEC")}
    yield from compare("commands", want, have)


def all_enums():
    said = {item["enum-name"].replace("-", "_")
            for part in ("definitions", "attribute-sets") for item in spec[part]
            if "enum-name" in item}
    yield from ("enum %s is not in the specification" % name for name in ENUMS
                if name not in said and name != "fim_cmd")


def family():
    if '#define FIM_GENL_NAME\t\t"%s"' % spec["name"] not in header:
        yield "the name is %r" % spec["name"]
    if '#define FIM_MCGRP_EVENTS\t"%s"' % spec["mcast-groups"]["list"][0]["name"] not in header:
        yield "the group is %r" % spec["mcast-groups"]["list"]


check("family and group", family())
check("commands", commands())
check("attributes", attributes())
check("values", definitions())
check("what attributes refer to", references())
check("no enum is left out", all_enums())
print("1..%d" % number)
sys.exit(1 if failed else 0)
