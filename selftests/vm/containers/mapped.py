#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""mapped.py - has a bundle's root be uid 100000, in the host's network namespace

    mapped.py CONFIG
"""
import json
import sys

with open(sys.argv[1], encoding="utf-8") as f:
    config = json.load(f)
linux = config["linux"]
linux["namespaces"] = [n for n in linux["namespaces"] if n["type"] != "network"]
linux["namespaces"].append({"type": "user"})
for ids in "uidMappings", "gidMappings":
    linux[ids] = [{"containerID": 0, "hostID": 100000, "size": 65536}]
# sysfs takes a network namespace of its own
config["mounts"] = [m for m in config["mounts"] if not m["destination"].startswith("/sys")]
del linux["maskedPaths"]
with open(sys.argv[1], "w", encoding="utf-8") as f:
    json.dump(config, f)
