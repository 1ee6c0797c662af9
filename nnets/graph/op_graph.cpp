#include "nnets/graph/op_graph.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "core/fixed_point.h"

namespace glint {
namespace {

template <typename... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <typename... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

constexpr std::int64_t kLutBias = 1024;

std::int64_t spikesOf(const SpikeStep& s, std::int64_t v) {
  const std::int64_t fits = v > 0 ? v / s.threshold : 0;
  return s.most > 0 ? std::min(fits, s.most) : fits;
}

std::int64_t membraneAfter(const MembraneStep& s, std::int64_t v) {
  const std::int64_t count = spikesOf(s.spikes, v);
  if (s.toValue) return detail::bounded(detail::Wide{count > 0 ? 0 : v} + s.value);
  return detail::bounded(v - detail::Wide{count} * s.value);
}

/// Between two counts the membrane follows v; so what is left is least or most at an end of `in` or
/// of a count's interval, and among these ends, where it is linear in the count, at the outer ones.
Interval membraneAfter(const MembraneStep& s, Interval in) {
  Interval all{membraneAfter(s, in.lo), membraneAfter(s, in.lo)};
  const std::int64_t first = std::max<std::int64_t>(in.lo, 0) / s.spikes.threshold + 1;
  std::int64_t last = std::max<std::int64_t>(in.hi, 0) / s.spikes.threshold;
  if (s.spikes.most > 0) last = std::min(last, s.spikes.most);
  for (std::int64_t count : {first, last}) {
    if (count < first || count > last) continue;
    for (std::int64_t v : {count * s.spikes.threshold - 1, count * s.spikes.threshold}) {
      all = hull(all, {membraneAfter(s, v), membraneAfter(s, v)});
    }
  }
  return hull(all, {membraneAfter(s, in.hi), membraneAfter(s, in.hi)});
}

}  // namespace

Interval Value::seen(std::size_t channel) const {
  const Interval all = hull(range[channel], {fill[channel], fill[channel]});
  return history > 0 ? hull(all, {0, 0}) : all;
}

Interval Value::seen() const {
  Interval all = seen(0);
  for (std::size_t c = 1; c < range.size(); ++c) all = hull(all, seen(c));
  return all;
}

std::vector<int> valuesRead(const Op& op) {
  std::vector<int> values;
  for (const SumInput& input : op.inputs) {
    if (std::find(values.begin(), values.end(), input.value) == values.end()) {
      values.push_back(input.value);
    }
  }
  return values;
}

bool isDiagonal(const Op& op, std::size_t input) {
  return op.reduce != Op::Reduce::Sum || op.inputs[input].diagonal;
}

Interval possibleWeight(const SumInput& input, std::size_t i) {
  return input.weightRange ? *input.weightRange : Interval{input.weights[i], input.weights[i]};
}

bool hasChangingWeights(const Op& op) {
  return std::any_of(op.inputs.begin(), op.inputs.end(),
                     [](const SumInput& input) { return input.weightRange.has_value(); });
}

int writerOf(const OpGraph& graph, int value) {
  const auto found = std::find_if(graph.ops.begin(), graph.ops.end(),
                                  [&](const Op& op) { return op.output == value; });
  return found == graph.ops.end() ? -1 : static_cast<int>(found - graph.ops.begin());
}

std::int64_t apply(const Step& step, std::size_t c, std::int64_t v) {
  return std::visit(
      Overloaded{
          [&](const ClampStep& s) { return std::clamp(v, s.lo[c], s.hi[c]); },
          [&](const OffsetStep& s) { return detail::bounded(detail::Wide{v} + s.value[c]); },
          [&](const RescaleStep& s) {
            const std::int64_t product = detail::bounded(detail::Wide{v} * s.scale[c]);
            const std::int64_t post = fixed_point::saturate(product, s.postBits);
            return std::clamp(fixed_point::rescale(post, s.shift[c]), s.out.lo, s.out.hi);
          },
          [&](const LutStep& s) {
            return std::int64_t{s.table[static_cast<std::size_t>(v + kLutBias)]};
          },
          [&](const ThresholdStep& s) {
            return std::int64_t{std::count_if(s.bounds.begin(), s.bounds.end(),
                                              [&](const auto& bound) { return v >= bound[c]; })};
          },
          [&](const SpikeStep& s) { return spikesOf(s, v); },
          [&](const MembraneStep& s) { return membraneAfter(s, v); },
      },
      step);
}

Interval apply(const Step& step, std::size_t c, Interval in) {
  if (const auto* membrane = std::get_if<MembraneStep>(&step)) return membraneAfter(*membrane, in);
  const auto* lut = std::get_if<LutStep>(&step);
  if (lut == nullptr) return {apply(step, c, in.lo), apply(step, c, in.hi)};
  const auto first = lut->table.begin() + (in.lo + kLutBias);
  const auto [lo, hi] = std::minmax_element(first, lut->table.begin() + (in.hi + kLutBias + 1));
  return {*lo, *hi};
}

bool isMonotone(const Step& step) {
  return !std::holds_alternative<LutStep>(step) && !std::holds_alternative<MembraneStep>(step);
}

void OpBuilder::setFill(int value, const std::vector<int>& fill) {
  Value& v = graph_.values[static_cast<std::size_t>(value)];
  const auto channels = static_cast<std::size_t>(v.type.channels());
  v.fill = fill.size() == 1 ? std::vector<int>(channels, fill[0]) : fill;
  assert(v.fill.size() == channels);
}

int OpBuilder::addInner(const std::string& suffix, TensorType type) {
  Value value;
  value.name = layerName_ + "." + suffix;
  value.type = type;
  value.fill.assign(static_cast<std::size_t>(type.channels()), 0);
  value.layer = layer_;
  graph_.values.push_back(std::move(value));
  return static_cast<int>(graph_.values.size()) - 1;
}

void OpBuilder::keep(const std::string& stateName, int value, int maps) {
  graph_.states.push_back({layer_, stateName, value, maps});
  int& history = graph_.values[static_cast<std::size_t>(value)].history;
  history = std::max(history, maps);
}

void OpBuilder::beginScan(int steps, int every) {
  scan_ = static_cast<int>(graph_.scans.size());
  graph_.scans.push_back({steps, every});
}

int OpBuilder::addRecurrent(const std::string& stateName, TensorType type) {
  const int value = addInner(stateName, type);
  keep(stateName, value, 1);
  Value& kept = graph_.values[static_cast<std::size_t>(value)];
  kept.history = 2;
  kept.scan = scan_;
  kept.recurrent = true;
  return value;
}

void OpBuilder::add(Op op) {
  op.layer = layer_;
  op.scan = scan_;
  op.emits = emits_;
  if (op.output < 0) {
    op.output = addInner("", output_);
    graph_.values.back().name = layerName_;
    graph_.layerValue[static_cast<std::size_t>(layer_)] = op.output;
  }
  graph_.ops.push_back(std::move(op));
}

void OpBuilder::forward(int value) { graph_.layerValue[static_cast<std::size_t>(layer_)] = value; }

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
  const auto accumulate = [&](std::size_t o, Interval x, Interval weight) {
    if (weight == Interval{}) return;
    const Interval once = hull(x * weight.lo, x * weight.hi);
    bounds.product = std::max(bounds.product, once.magnitude());
    const Interval product = once * repeat;
    // A border may leave any tap out of a transposed sum; a fill is part of x already.
    bounds.sum[o] =
        bounds.sum[o] +
        (op.geometry.kind == WindowGeometry::Kind::Transposed ? hull(product, {0, 0}) : product);
    bounds.partial[o] = (Interval{0, bounds.partial[o]} + Interval{0, product.magnitude()}).hi;
  };
  for (const SumInput& input : op.inputs) {
    const TensorType& type = graph.values[static_cast<std::size_t>(input.value)].type;
    const auto cin = static_cast<std::size_t>(type.channels());
    std::vector<Interval> x(cin);
    for (std::size_t c = 0; c < cin; ++c) x[c] = loadedRange(graph, input, c);
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

void inferRanges(OpGraph& graph) {
  // What a recurrence reads of the step before can be all of its type.
  for (Value& value : graph.values) {
    value.range.assign(static_cast<std::size_t>(value.type.channels()), value.type.range());
  }
  for (const Op& op : graph.ops) {
    Value& out = graph.values[static_cast<std::size_t>(op.output)];
    std::vector<Interval> range;
    if (op.reduce == Op::Reduce::Max) {
      range = graph.values[static_cast<std::size_t>(op.inputs[0].value)].range;
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
