"""Self-test of tools/check_layers.py and tools/check_sizes.py."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))

import check_layers  # noqa: E402
import check_sizes  # noqa: E402


class Layers(unittest.TestCase):
    def refused(self, path, target, bracket='"'):
        self.assertIsNotNone(check_layers.complaint(path, bracket, target), f"{path} > {target}")

    def allowed(self, path, target, bracket='"'):
        self.assertIsNone(check_layers.complaint(path, bracket, target), f"{path} > {target}")

    def test_downward(self):
        self.allowed("core/a.cpp", "core/a.h")
        self.allowed("shaders/codegen/a.cpp", "core/a.h")
        self.allowed("gpu/context/a.h", "gpu/texture.h")
        self.allowed("nnets/layers/akida_v2/conv2d.h", "nnets/graph/layer.h")
        self.allowed("nnets/layers/akida_v2/conv2d_lower.cpp", "shaders/codegen/plan.h")
        self.allowed("nnets/schedule/a.cpp", "nnets/passes/fuse.h")
        self.allowed("nnets/runtime/a.cpp", "gpu/texture.h")
        self.allowed("nnets/runtime/a.cpp", "nnets/schedule/order.h")
        self.allowed("nnets/nnets.h", "nnets/graph/model.h")
        self.allowed("platform/egl/a.cpp", "gpu/context/context.h")
        self.allowed("platform/egl/a.cpp", "platform/power/a.h")
        self.allowed("apps/glint/main.cpp", "nnets/runtime/session.h")
        self.allowed("tests/core/a.cpp", "platform/egl/a.h")
        self.allowed("tests/core/a.cpp", "tests/support/skip.h")

    def test_upward(self):
        self.refused("core/a.h", "shaders/a.h")
        self.refused("core/a.h", "tests/support/skip.h")
        self.refused("shaders/a.h", "gpu/a.h")
        self.refused("gpu/a.h", "platform/egl/a.h")
        self.refused("gpu/a.h", "shaders/a.h")
        self.refused("gpu/a.h", "nnets/graph/model.h")
        self.refused("nnets/graph/model.cpp", "nnets/passes/fuse.h")
        self.refused("nnets/graph/model.cpp", "nnets/layers/layers.def")
        self.refused("nnets/layers/akida_v1/a.cpp", "nnets/passes/fuse.h")
        self.refused("nnets/passes/fuse.cpp", "nnets/schedule/order.h")
        self.refused("nnets/schedule/a.cpp", "nnets/runtime/session.h")
        self.refused("nnets/nnets.h", "nnets/runtime/session.h")
        self.refused("nnets/formats/a.cpp", "gpu/texture.h")
        self.refused("platform/egl/a.cpp", "nnets/graph/model.h")
        self.refused("nnets/runtime/a.cpp", "platform/egl/a.h")

    def test_not_from_the_root(self):
        self.refused("core/a.cpp", "a.h")
        self.refused("core/a.cpp", "../core/a.h")

    def test_outside(self):
        self.allowed("core/json.cpp", "nlohmann/json.hpp", "<")
        self.refused("core/json.h", "nlohmann/json.hpp", "<")
        self.allowed("gpu/context/gl.h", "GLES3/gl32.h", "<")
        self.refused("nnets/runtime/a.cpp", "GLES3/gl32.h", "<")
        self.allowed("platform/egl/a.cpp", "EGL/egl.h", "<")
        self.refused("gpu/a.cpp", "EGL/egl.h", "<")
        self.allowed("core/a.h", "vector", "<")

    def test_tree(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "core").mkdir()
            (root / "core/a.h").write_text('#pragma once\n#  include "gpu/texture.h"\n')
            (root / "core/b.cpp").write_text('// #include "gpu/texture.h"\n#include <vector>\n')
            complaints, files = check_layers.check(root)
            self.assertEqual(files, 2)
            self.assertEqual(complaints, ["core/a.h:2: core may include: core"])


class Sizes(unittest.TestCase):
    def test_limits(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "core").mkdir()
            for name, lines in (("ok.h", 150), ("long.h", 151), ("ok.cpp", 300), ("long.cpp", 500),
                                ("hard.cpp", 501)):
                (root / "core" / name).write_text("\n" * lines)
            warnings, errors, totals = check_sizes.check(root)
            self.assertEqual([w.split(":")[0] for w in warnings], ["core/long.cpp", "core/long.h"])
            self.assertEqual([e.split(":")[0] for e in errors], ["core/hard.cpp"])
            self.assertEqual(totals, {"core": (5, 1602)})


if __name__ == "__main__":
    unittest.main()
