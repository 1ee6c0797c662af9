#include "nnets/passes/prove_loads.h"

#include <algorithm>
#include <cstdlib>

#include "core/fixed_point.h"

namespace glint {
std::vector<Proof::InputLoad> proveLoads(const OpGraph& graph, const Op& op) {
  std::vector<Proof::InputLoad> loads;
  for (const SumInput& input : op.inputs) {
    Proof::InputLoad load;
    const Value& value = graph.values[static_cast<std::size_t>(input.value)];
    for (std::size_t c = 0; c < input.shift.size(); ++c) {
      const std::int64_t scale = fixed_point::shiftLeft(1, input.shift[c]);
      const Interval raw = value.seen(c) * scale;
      const Interval loaded = loadedRange(graph, input, c);
      load.clamped = load.clamped || loaded != raw;
      load.scale.push_back(scale);
      load.lo.push_back(loaded.lo);
      load.hi.push_back(loaded.hi);
    }
    loads.push_back(std::move(load));
  }
  return loads;
}

std::int64_t largestLoad(const OpGraph& graph, const Op& op,
                         const std::vector<Proof::InputLoad>& loads) {
  std::int64_t largest = 0;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const Value& value = graph.values[static_cast<std::size_t>(op.inputs[i].value)];
    for (std::size_t c = 0; c < value.range.size(); ++c) {
      const std::int64_t scale = loads[i].clamped ? loads[i].scale[c] : 1;
      largest = std::max(largest, (value.seen(c) * scale).magnitude());
    }
  }
  return largest;
}

std::int64_t largestWeight(const OpGraph& graph, const Op& op,
                           const std::vector<Proof::InputLoad>& loads) {
  std::int64_t largest = 0;
  const auto cout =
      static_cast<std::size_t>(graph.values[static_cast<std::size_t>(op.output)].type.channels());
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const SumInput& input = op.inputs[i];
    const bool folded = !loads[i].clamped && !input.shift.empty();
    if (input.weightRange && !folded) {
      largest = std::max(largest, input.weightRange->magnitude());
      continue;
    }
    for (std::size_t w = 0; w < input.weights.size(); ++w) {
      const std::size_t channel =
          (input.diagonal ? w : w / cout) % (input.shift.empty() ? 1 : input.shift.size());
      const int shift = folded ? input.shift[channel] : 0;
      const std::int64_t reach = possibleWeight(input, w).magnitude();
      largest = std::max(largest, fixed_point::shiftLeft(reach, shift));
    }
  }
  return largest;
}

}  // namespace glint
