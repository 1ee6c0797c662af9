#include "tests/support/evaluate_ops.h"

#include <algorithm>
#include <limits>

#include <doctest/doctest.h>

#include "core/fixed_point.h"

namespace glint::test {
namespace {

using Map = std::vector<std::int64_t>;

struct Tap {
  std::int64_t x, y, weight;
};

/// The input positions, and the weight index of each, that output (x, y) reads.
std::vector<Tap> tapsAt(const WindowGeometry& g, const TensorType& in, std::int64_t x,
                        std::int64_t y) {
  std::vector<Tap> taps;
  if (g.kind == WindowGeometry::Kind::Whole) {
    for (std::int64_t i = 0; i < in.x(); ++i) {
      for (std::int64_t j = 0; j < in.y(); ++j) taps.push_back({i, j, i * in.y() + j});
    }
    return taps;
  }
  for (std::int64_t a = 0; a < g.x.size; ++a) {
    for (std::int64_t b = 0; b < g.y.size; ++b) {
      std::int64_t i = x * g.x.stride - g.before(g.x, in.x()) + a;
      std::int64_t j = y * g.y.stride - g.before(g.y, in.y()) + b;
      if (g.kind == WindowGeometry::Kind::Transposed) {
        const std::int64_t shift = (g.x.size - 2) / 2;
        if ((x + shift - a) % 2 != 0 || (y + shift - b) % 2 != 0) continue;
        i = (x + shift - a) / 2;
        j = (y + shift - b) / 2;
      }
      taps.push_back({i, j, a * g.y.size + b});
    }
  }
  return taps;
}

std::int64_t loaded(const Value& value, const Map& map, const SumInput& input, std::int64_t x,
                    std::int64_t y, std::int64_t c) {
  const TensorType& t = value.type;
  const auto channel = static_cast<std::size_t>(c);
  std::int64_t v = value.fill[channel];
  if (input.age > 0) return 0;  // the first step
  if (x >= 0 && x < t.x() && y >= 0 && y < t.y()) {
    v = map[static_cast<std::size_t>((x * t.y() + y) * t.channels() + c)];
  }
  if (input.shift.empty()) return v;
  v = fixed_point::shiftLeft(v, input.shift[channel]);
  return fixed_point::saturate(v, std::min(input.saturateBits, 62));
}

std::int64_t reduced(const OpGraph& graph, const std::vector<Map>& maps, const Op& op,
                     std::int64_t x, std::int64_t y, std::int64_t f, std::int64_t filters) {
  const bool isMax = op.reduce == Op::Reduce::Max;
  std::int64_t acc = isMax ? std::numeric_limits<std::int64_t>::min() : 0;
  for (const SumInput& input : op.inputs) {
    const auto at = static_cast<std::size_t>(input.value);
    const Value& value = graph.values[at];
    const std::int64_t channels = value.type.channels();
    for (const Tap& tap : tapsAt(op.geometry, value.type, x, y)) {
      if (isMax) {
        acc = std::max(acc, loaded(value, maps[at], input, tap.x, tap.y, f));
        continue;
      }
      const std::int64_t row = input.sameAtEveryTap ? 0 : tap.weight;
      for (std::int64_t c = 0; c < channels; ++c) {
        if (input.diagonal && c != f) continue;
        const std::int64_t w =
            input.diagonal ? row * channels + c : (row * channels + c) * filters + f;
        acc += input.weights[static_cast<std::size_t>(w)] *
               loaded(value, maps[at], input, tap.x, tap.y, c);
      }
    }
  }
  return acc;
}

}  // namespace

std::vector<Map> evaluateOps(const OpGraph& graph, const std::vector<Tensor>& outside,
                             const StepObserver& observe) {
  std::vector<Map> maps(graph.values.size());
  for (std::size_t v = 0; v < outside.size(); ++v) {
    for (std::int64_t i = 0; i < (outside[v].shape() == Shape{0} ? 0 : outside[v].size()); ++i) {
      maps[v].push_back(outside[v].integer(i));
    }
  }
  for (const Op& op : graph.ops) {
    const Value& out = graph.values[static_cast<std::size_t>(op.output)];
    Map& map = maps[static_cast<std::size_t>(op.output)];
    for (std::int64_t x = 0; x < out.type.x(); ++x) {
      for (std::int64_t y = 0; y < out.type.y(); ++y) {
        for (std::int64_t f = 0; f < out.type.channels(); ++f) {
          std::int64_t v = reduced(graph, maps, op, x, y, f, out.type.channels());
          for (std::size_t s = 0; s < op.steps.size(); ++s) {
            const std::int64_t before = v;
            v = apply(op.steps[s], static_cast<std::size_t>(f), v);
            if (observe) observe(op, s, before, v);
          }
          REQUIRE(out.range[static_cast<std::size_t>(f)].contains(v));
          map.push_back(v);
        }
      }
    }
  }
  return maps;
}

}  // namespace glint::test
