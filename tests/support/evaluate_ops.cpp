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

std::int64_t at(const OpGraph& graph, const std::vector<Map>& maps, int value, std::int64_t x,
                std::int64_t y, std::int64_t c) {
  const auto index = static_cast<std::size_t>(value);
  const TensorType& t = graph.values[index].type;
  return maps[index][static_cast<std::size_t>((x * t.y() + y) * t.channels() + c)];
}

/// One sum of products of two values.
std::int64_t multiplied(const OpGraph& graph, const std::vector<Map>& maps, const Op& op,
                        std::int64_t x, std::int64_t y, std::int64_t f) {
  const int a = op.inputs[0].value, b = op.inputs[1].value;
  std::int64_t sum = 0;
  switch (op.product.kind) {
    case Product::Kind::Each:
      return at(graph, maps, a, x, y, f) * at(graph, maps, b, x, y, f);
    case Product::Kind::Scores: {
      const std::int64_t n = productsOf(graph, op);
      for (std::int64_t c = x * n; c < (x + 1) * n; ++c) {
        sum += at(graph, maps, a, 0, y, c) * at(graph, maps, b, 0, f, c);
      }
      return sum;
    }
    case Product::Kind::Mixture: {
      const std::int64_t channels = graph.values[static_cast<std::size_t>(b)].type.channels();
      const std::int64_t head = f / (channels / op.product.heads);
      for (std::int64_t j = 0; j < productsOf(graph, op); ++j) {
        sum += at(graph, maps, a, head, y, j) * at(graph, maps, b, 0, j, f);
      }
      return sum;
    }
  }
  return sum;
}

std::int64_t reduced(const OpGraph& graph, const std::vector<Map>& maps, const Op& op,
                     std::int64_t x, std::int64_t y, std::int64_t f, std::int64_t filters) {
  if (op.reduce == Op::Reduce::Product) return multiplied(graph, maps, op, x, y, f);
  if (op.reduce == Op::Reduce::Widest) {
    const int value = op.inputs[0].value;
    std::int64_t most = at(graph, maps, value, x, y, 0);
    const std::int64_t channels = graph.values[static_cast<std::size_t>(value)].type.channels();
    for (std::int64_t c = 1; c < channels; ++c) {
      most = std::max(most, at(graph, maps, value, x, y, c));
    }
    return most;
  }
  const bool isMax = op.reduce == Op::Reduce::Max;
  std::int64_t acc = isMax ? std::numeric_limits<std::int64_t>::min() : 0;
  for (const SumInput& input : op.inputs) {
    const auto index = static_cast<std::size_t>(input.value);
    const Value& value = graph.values[index];
    const std::int64_t channels = value.type.channels();
    const bool lined = op.geometry.kind == WindowGeometry::Kind::Lined;
    if (lined && &input == &op.inputs.front()) {
      const std::int64_t p = y - op.geometry.lead, columns = value.type.y();
      if (p >= 0)
        acc += input.weights[static_cast<std::size_t>(f)] *
               loaded(value, maps[index], input, p / columns, p % columns, f);
      continue;
    }
    for (const Tap& tap : tapsAt(op.geometry, value.type, x, y)) {
      if (isMax) {
        acc = std::max(acc, loaded(value, maps[index], input, tap.x, tap.y, f));
        continue;
      }
      if (op.reduce == Op::Reduce::Saturated) {
        const std::int64_t v = loaded(value, maps[index], input, tap.x, tap.y, f);
        acc =
            fixed_point::saturate(acc + fixed_point::saturate(v, op.saturateBits), op.saturateBits);
        continue;
      }
      const std::int64_t row = input.sameAtEveryTap ? 0 : tap.weight;
      for (std::int64_t c = 0; c < channels; ++c) {
        if (input.diagonal && c != f) continue;
        const std::int64_t w =
            input.diagonal ? row * channels + c : (row * channels + c) * filters + f;
        acc += input.weights[static_cast<std::size_t>(w)] *
               loaded(value, maps[index], input, tap.x, tap.y, c);
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
  for (std::size_t v = 0; v < maps.size(); ++v) {
    if (graph.values[v].data.empty()) continue;
    maps[v].assign(graph.values[v].data.begin(), graph.values[v].data.end());
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
