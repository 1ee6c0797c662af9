#!/usr/bin/env python3
"""Fails on an #include that points upward: which folder may include which is written in RULES.

    tools/check_layers.py [ROOT]
"""

import pathlib
import re
import sys

# Folder -> what it may include besides itself. The longest folder that contains a file decides.
RULES = {
    "core": (),
    "events": ("core",),
    "events/gpu": ("core", "events", "gpu"),
    "shaders": ("core",),
    "gpu": ("core",),
    "nnets": ("core", "shaders"),
    "nnets/graph": ("core", "shaders"),
    "nnets/layers": ("core", "shaders", "nnets/graph"),
    "nnets/formats": ("core", "shaders", "nnets/graph", "nnets/layers"),
    "nnets/passes": ("core", "shaders", "nnets/graph", "nnets/layers"),
    "nnets/devices": ("core", "shaders", "nnets/graph", "nnets/layers", "nnets/passes"),
    "nnets/schedule": ("core", "shaders", "nnets/graph", "nnets/layers", "nnets/passes",
                       "nnets/devices"),
    "nnets/learning": ("core", "shaders", "nnets/graph", "nnets/layers", "nnets/passes"),
    "nnets/api": ("core", "shaders", "nnets"),
    "nnets/runtime": ("core", "shaders", "gpu", "nnets"),
    "platform": ("core", "gpu"),
    "apps": ("core", "events", "shaders", "gpu", "nnets", "platform", "tests/support"),
    "tests": ("core", "events", "shaders", "gpu", "nnets", "platform", "apps"),
}

# Headers from outside -> the folders that may include them.
OUTSIDE = (
    (re.compile(r"^(GL|GLES\d?|KHR)/"), ("gpu", "tests")),
    (re.compile(r"^EGL/"), ("platform/egl", "tests")),
    (re.compile(r"^doctest/"), ("tests",)),
)
# Packages that users of the library need not have.
PRIVATE = re.compile(r"^(nlohmann/|stb/|stb_|CLI/)")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SOURCES = {".h", ".cpp", ".def"}


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def folder_of(path):
    """The longest folder of RULES that contains the path, or None."""
    found = [folder for folder in RULES if inside(path, folder)]
    return max(found, key=len) if found else None


def complaint(path, bracket, target):
    """Why the file at `path` must not include `target`, or None."""
    folder = folder_of(path)
    if bracket == "<":
        for pattern, allowed in OUTSIDE:
            if pattern.match(target) and not any(inside(path, a) for a in allowed):
                return f"<{target}> belongs to {', '.join(allowed)}"
        if path.endswith(".h") and not inside(path, "apps") and not inside(path, "tests"):
            if PRIVATE.match(target):
                return f"<{target}> in a header: packages stay in .cpp files"
        return None
    if folder_of(target) is None:
        return f'"{target}": includes are written from the root of the repository'
    reach = (folder, *RULES[folder])
    if any(inside(target, allowed) for allowed in reach) and permitted(folder, target):
        return None
    return f"{folder} may include: {', '.join(reach)}"


def permitted(folder, target):
    """nnets/runtime is closed to the rest of nnets even where "nnets" is allowed."""
    return not inside(target, "nnets/runtime") or folder in ("nnets/runtime", "apps", "tests")


def check(root):
    """Returns (complaints, number of files)."""
    complaints, files = [], 0
    for top in sorted({folder.split("/")[0] for folder in RULES}):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in SOURCES or not file.is_file():
                continue
            files += 1
            path = file.relative_to(root).as_posix()
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
                match = INCLUDE.match(line)
                reason = match and complaint(path, *match.groups())
                if reason:
                    complaints.append(f"{path}:{number}: {reason}")
    return complaints, files


def main():
    default = pathlib.Path(__file__).resolve().parent.parent
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    complaints, files = check(root)
    for line in complaints:
        print(line, file=sys.stderr)
    print(f"check_layers: {files} files, {len(complaints)} complaints")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
