#include <algorithm>
#include <cassert>

#include "core/fixed_point.h"
#include "nnets/graph/op_graph.h"

/// What the values of an op graph can hold.
namespace glint {

Interval loadedRange(const OpGraph& graph, const SumInput& input, std::size_t channel) {
  const Value& value = graph.values[static_cast<std::size_t>(input.value)];
  Interval range = value.seen(channel);
  if (input.shift.empty()) return range;
  const int shift = input.shift[channel];
  range = {fixed_point::shiftLeft(range.lo, shift), fixed_point::shiftLeft(range.hi, shift)};
  return input.saturateBits >= 63 ? range : clamp(range, integerRange(input.saturateBits, true));
}

SumBounds sumBounds(const OpGraph& graph, const Op& op) {
  const Value& out = graph.values[static_cast<std::size_t>(op.output)];
  const auto cout = static_cast<std::size_t>(out.type.channels());
  // A transposed window is summed phase by phase; bounding all taps at once is still a bound.
  SumBounds bounds{std::vector<Interval>(cout), std::vector<std::int64_t>(cout, 0), 0};
  std::int64_t repeat = 1;
  bool mayMiss = op.geometry.kind == WindowGeometry::Kind::Transposed;
  const auto accumulate = [&](std::size_t o, Interval x, Interval weight) {
    if (weight == Interval{}) return;
    const Interval once = hull(x * weight.lo, x * weight.hi);
    bounds.product = std::max(bounds.product, once.magnitude());
    const Interval product = once * repeat;
    // A border may leave any tap out of a transposed sum, and what stands in front has no patch; a
    // fill is part of x already.
    bounds.sum[o] = bounds.sum[o] + (mayMiss ? hull(product, {0, 0}) : product);
    bounds.partial[o] = (Interval{0, bounds.partial[o]} + Interval{0, product.magnitude()}).hi;
  };
  for (const SumInput& input : op.inputs) {
    const TensorType& type = graph.values[static_cast<std::size_t>(input.value)].type;
    const auto cin = static_cast<std::size_t>(type.channels());
    std::vector<Interval> x(cin);
    for (std::size_t c = 0; c < cin; ++c) x[c] = loadedRange(graph, input, c);
    if (op.geometry.kind == WindowGeometry::Kind::Lined) {
      mayMiss = op.geometry.lead > 0 && &input == &op.inputs.front();
    }
    repeat = input.sameAtEveryTap ? windowTaps(op.geometry, type) : 1;
    const std::size_t perTap = input.diagonal ? cin : cin * cout;
    assert(perTap > 0);
    const std::size_t taps = input.weights.size() / perTap;
    for (std::size_t t = 0; t < taps; ++t) {
      const std::size_t w = t * perTap;
      for (std::size_t c = 0; c < cin; ++c) {
        if (input.diagonal) {
          accumulate(c, x[c], possibleWeight(input, w + c));
        } else {
          for (std::size_t o = 0; o < cout; ++o) {
            accumulate(o, x[c], possibleWeight(input, w + c * cout + o));
          }
        }
      }
    }
  }
  return bounds;
}

std::vector<Interval> saturatedRange(const OpGraph& graph, const Op& op) {
  const Value& out = graph.values[static_cast<std::size_t>(op.output)];
  std::vector<Interval> range(static_cast<std::size_t>(out.type.channels()));
  for (const SumInput& input : op.inputs) {
    const Value& value = graph.values[static_cast<std::size_t>(input.value)];
    for (std::size_t c = 0; c < range.size(); ++c) {
      const Interval legal = integerRange(op.saturateBits, true);
      range[c] = clamp(range[c] + clamp(value.seen(c), legal), legal);
    }
  }
  return range;
}

std::vector<Interval> maximumRange(const OpGraph& graph, const Op& op) {
  std::vector<Interval> range = graph.values[static_cast<std::size_t>(op.inputs[0].value)].range;
  if (op.reduce != Op::Reduce::Widest) return range;
  Interval all = range.front();
  for (Interval one : range) {
    all = {std::max(all.lo, one.lo), std::max(all.hi, one.hi)};
  }
  return {all};
}

namespace {

/// The interval of the sum of magnitudes and of the sum of products of some channels of a and b.
struct ProductSum {
  Interval sum{0, 0};
  std::int64_t partial = 0;
  void add(Interval a, Interval b) {
    const Interval product = hull(a * b.lo, a * b.hi);
    sum = sum + product;
    partial = (Interval{0, partial} + Interval{0, product.magnitude()}).hi;
  }
};

}  // namespace

SumBounds productBounds(const OpGraph& graph, const Op& op) {
  const Value& a = graph.values[static_cast<std::size_t>(op.inputs[0].value)];
  const Value& b = graph.values[static_cast<std::size_t>(op.inputs[1].value)];
  const auto channels =
      static_cast<std::size_t>(graph.values[static_cast<std::size_t>(op.output)].type.channels());
  const Product& product = op.product;
  SumBounds bounds;
  for (std::size_t o = 0; o < channels; ++o) {
    ProductSum whole;
    if (product.kind == Product::Kind::Each) {
      whole.add(a.seen(o), b.seen(o));
    } else if (product.kind == Product::Kind::Mixture) {
      for (std::size_t j = 0; j < a.range.size(); ++j) whole.add(a.seen(j), b.seen(o));
    } else {
      const std::size_t perHead = a.range.size() / static_cast<std::size_t>(product.heads);
      for (std::size_t first = 0; first < a.range.size(); first += perHead) {
        ProductSum head;
        for (std::size_t c = first; c < first + perHead; ++c) head.add(a.seen(c), b.seen(c));
        whole.sum = first == 0 ? head.sum : hull(whole.sum, head.sum);
        whole.partial = std::max(whole.partial, head.partial);
      }
    }
    if (!product.bound.empty()) {
      whole.partial = std::min(whole.partial, product.bound[o]);
      whole.sum = clamp(whole.sum, {-whole.partial, whole.partial});
    }
    bounds.sum.push_back(whole.sum);
    bounds.partial.push_back(whole.partial);
    bounds.product = std::max(bounds.product, whole.partial);
  }
  return bounds;
}

void inferRanges(OpGraph& graph) {
  // What a recurrence reads of the step before can be all of its type.
  for (Value& value : graph.values) {
    const auto channels = static_cast<std::size_t>(value.type.channels());
    value.range.assign(channels, value.type.range());
    for (std::size_t i = 0; i < value.data.size(); ++i) {
      Interval& range = value.range[i % channels];
      const Interval one{value.data[i], value.data[i]};
      range = i < channels ? one : hull(range, one);
    }
  }
  for (const Op& op : graph.ops) {
    Value& out = graph.values[static_cast<std::size_t>(op.output)];
    std::vector<Interval> range;
    if (op.reduce == Op::Reduce::Max || op.reduce == Op::Reduce::Widest) {
      range = maximumRange(graph, op);
    } else if (op.reduce == Op::Reduce::Product) {
      range = productBounds(graph, op).sum;
    } else if (op.reduce == Op::Reduce::Saturated) {
      range = saturatedRange(graph, op);
    } else {
      range = sumBounds(graph, op).sum;
    }
    for (const Step& step : op.steps) {
      for (std::size_t c = 0; c < range.size(); ++c) range[c] = apply(step, c, range[c]);
    }
    if (out.recurrent && out.scan < 0) continue;  // what the op writes is of its type, too
    out.range = std::move(range);
  }
}

}  // namespace glint
