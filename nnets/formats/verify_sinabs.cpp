#include <algorithm>
#include <cmath>
#include <utility>

#include "nnets/formats/sinabs_vector.h"
#include "nnets/layers/dynapcnn/channel_order.h"

namespace glint {
namespace {

constexpr double kSpikeMargin = 1e-6;   ///< of v / threshold from an integer
constexpr double kNetTolerance = 1e-4;  ///< of a float network's membranes at the end, thresholds

double elementOf(const Tensor& tensor, std::int64_t i) {
  if (isInteger(tensor.type())) return static_cast<double>(tensor.integer(i));
  if (tensor.type() == DType::F64) return tensor.as<double>()[static_cast<std::size_t>(i)];
  return static_cast<double>(tensor.as<float>()[static_cast<std::size_t>(i)]);
}

/// A map channels first as doubles, whatever its type.
std::vector<double> channelsFirstOf(const Tensor& map) {
  std::vector<double> out(static_cast<std::size_t>(map.size()));
  dynapcnn::forEachElement(dynapcnn::channelsFirst(map.shape()),
                           [&](std::int64_t first, std::int64_t last) {
                             out[static_cast<std::size_t>(first)] = elementOf(map, last);
                           });
  return out;
}

/// Sums of windows of a map, channels first.
std::vector<double> pooled(const std::vector<double>& map, const Shape& shape, Pair pool) {
  std::vector<double> out;
  for (std::int64_t c = 0; c < shape[0]; ++c)
    for (std::int64_t x = 0; x < shape[1] / pool.x; ++x)
      for (std::int64_t y = 0; y < shape[2] / pool.y; ++y) {
        double sum = 0;
        for (std::int64_t i = 0; i < pool.x * pool.y; ++i) {
          const std::int64_t row = x * pool.x + i / pool.y, column = y * pool.y + i % pool.y;
          sum += map[static_cast<std::size_t>((c * shape[1] + row) * shape[2] + column)];
        }
        out.push_back(sum);
      }
  return out;
}

class SinabsVerifier {
 public:
  SinabsVerifier(const SinabsVector& vector, const SpikingRunner& run)
      : vector_(vector), run_(run) {}

  Result<VectorResult> verify() {
    for (const SinabsVector::Fact& fact : vector_.facts) checkFact(fact);
    GLINT_TRY(vector_.isNetwork ? verifyNetwork() : verifyLayer());
    return std::move(result_);
  }

 private:
  const Tensor* recorded(const std::string& name) const {
    const auto found = vector_.tensors.find(name);
    return found == vector_.tensors.end() ? nullptr : &found->second;
  }

  /// Map `index` of a recorded stack of maps.
  std::vector<double> mapOf(const Tensor& stack, std::int64_t index, std::int64_t size) const {
    std::vector<double> out(static_cast<std::size_t>(size));
    for (std::int64_t i = 0; i < size; ++i) {
      out[static_cast<std::size_t>(i)] = elementOf(stack, index * size + i);
    }
    return out;
  }

  void checkFact(const SinabsVector::Fact& fact) {
    std::vector<double> expected, got;
    for (std::int64_t i = 0; i < fact.expected.size(); ++i)
      expected.push_back(elementOf(fact.expected, i));
    for (std::int64_t i = 0; i < fact.got.size(); ++i) got.push_back(elementOf(fact.got, i));
    check(fact.name, 0, expected, got, [](std::size_t) { return 0.; });
  }

  /// Compares; element i may be off by tolerance(i).
  template <typename F>
  void check(const std::string& name, std::int64_t sample, const std::vector<double>& expected,
             const std::vector<double>& got, F&& tolerance) {
    Mismatch mismatch{name, sample, 0, 0, 0, 0};
    result_.values += static_cast<std::int64_t>(expected.size());
    if (expected.size() != got.size()) {
      mismatch.index = -1;
      mismatch.expected = static_cast<double>(expected.size());
      mismatch.got = static_cast<double>(got.size());
      result_.mismatches.push_back(mismatch);
      return;
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      if (std::abs(expected[i] - got[i]) <= tolerance(i)) continue;
      if (mismatch.count++ > 0) continue;
      mismatch.index = static_cast<std::int64_t>(i);
      mismatch.expected = expected[i];
      mismatch.got = got[i];
    }
    if (mismatch.count > 0) result_.mismatches.push_back(mismatch);
  }

  /// The states of all layers, with the membrane `map` of `shape` for each that is no input.
  std::vector<LayerState> statesOf(const std::vector<double>& map, const Shape& shape) const {
    const bool integers = vector_.layers[0].layer().integers;
    Tensor v(integers ? DType::I32 : DType::F32, dynapcnn::channelsLast(shape));
    dynapcnn::forEachElement(shape, [&](std::int64_t first, std::int64_t last) {
      const double x = map[static_cast<std::size_t>(first)];
      if (integers) {
        v.as<std::int32_t>()[static_cast<std::size_t>(last)] = static_cast<std::int32_t>(x);
      } else {
        v.as<float>()[static_cast<std::size_t>(last)] = static_cast<float>(x);
      }
    });
    std::vector<LayerState> states(static_cast<std::size_t>(vector_.model.layerCount()));
    for (std::size_t i = 1; i < states.size(); ++i) states[i]["membrane"] = v;
    return states;
  }

  Status verifyLayer() {
    const dynapcnn::DynapcnnLayer& layer = vector_.layers[0];
    const Shape at = layer.getNeuronShape();
    const Tensor* v = recorded("v_mem");
    const Tensor* in = recorded("conv_out");
    const Tensor* spikes = recorded("spikes");
    const Tensor* output = recorded("output");
    const std::int64_t rows = vector_.batch * vector_.steps;
    const std::int64_t outputs = layer.getOutputShape().size();
    for (const auto& [tensor, size] :
         {std::pair{v, at.size()}, {in, at.size()}, {spikes, at.size()}, {output, outputs}}) {
      if (tensor != nullptr && tensor->size() == rows * size) continue;
      return Error{Errc::Format,
                   "a tensor of v_mem, conv_out, spikes, output is missing or of the "
                   "wrong size, legal: a map a step"};
    }
    const std::vector<double> initial = channelsFirstOfAll(layer.membrane());
    const double threshold = static_cast<double>(layer.spk().threshold);
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::int64_t b = row / vector_.steps, t = row % vector_.steps;
      std::vector<double> before = std::vector<double>(initial.begin() + b * at.size(),
                                                       initial.begin() + (b + 1) * at.size());
      if (t > 0) before = mapOf(*v, row - 1, at.size());
      if (t == 0 || !vector_.exact) GLINT_TRY(run_.setStates(statesOf(before, at)));
      const Tensor feed = dynapcnn::toChannelsLast(*recorded("input"), row * vector_.inShape.size(),
                                                   vector_.inShape);
      GLINT_ASSIGN(const std::vector<Tensor> outs, run_.step(std::span(&feed, 1)));
      GLINT_ASSIGN(const std::vector<LayerState> states, run_.states());
      // Where a sum is so near a multiple of the threshold, rounding decides about a spike.
      const std::vector<double> current = mapOf(*in, row, at.size());
      std::vector<double> close(before.size(), 0);
      for (std::size_t n = 0; n < close.size() && !vector_.exact; ++n) {
        const double ratio = (before[n] + current[n]) / threshold;
        close[n] = std::abs(ratio - std::nearbyint(ratio)) < kSpikeMargin ? 1 : 0;
      }
      const Pair pool = layer.pool().value_or(Pair{});
      const std::vector<double> closeOut = pooled(close, at, pool);
      check("layer0", row, mapOf(*output, row, outputs), channelsFirstOf(outs[1]),
            [&](std::size_t i) { return closeOut[i]; });
      if (outs.size() > 2) {
        check("spikes", row, mapOf(*spikes, row, at.size()), channelsFirstOf(outs[2]),
              [&](std::size_t i) { return close[i]; });
      }
      check("layer0/membrane", row, mapOf(*v, row, at.size()),
            channelsFirstOf(states[1].at("membrane")),
            [&](std::size_t i) { return vector_.tolerance + close[i] * std::abs(threshold); });
    }
    return {};
  }

  static std::vector<double> channelsFirstOfAll(const Tensor& membrane) {
    std::vector<double> out;
    for (float v : membrane.as<float>()) out.push_back(static_cast<double>(v));
    return out;
  }

  /// The counts of step t, from the list of those that are not 0.
  Result<Tensor> feedAt(std::int64_t t) const {
    const Tensor* index = recorded("input_index");
    const Tensor* count = recorded("input_count");
    const std::int64_t size = vector_.inShape.size();
    if (index == nullptr || count == nullptr || index->size() != count->size() ||
        !isInteger(index->type()) || !isInteger(count->type())) {
      return Error{Errc::Format, "tensors input_index and input_count are missing or differ"};
    }
    Tensor map(DType::I32, vector_.inShape);
    for (std::int64_t i = 0; i < index->size(); ++i) {
      const std::int64_t at = index->integer(i) - t * size;
      if (at < 0 || at >= size) continue;
      map.as<std::int32_t>()[static_cast<std::size_t>(at)] =
          static_cast<std::int32_t>(count->integer(i));
    }
    return dynapcnn::toChannelsLast(map, 0, vector_.inShape);
  }

  Status verifyNetwork() {
    const auto zero = [](std::size_t) { return 0.; };
    const std::size_t count = vector_.layers.size();
    std::vector<std::vector<double>> totals(count), perStep(count);
    const Tensor* output = recorded("output");
    for (std::int64_t t = 0; t < vector_.steps; ++t) {
      GLINT_ASSIGN(const Tensor feed, feedAt(t));
      GLINT_ASSIGN(const std::vector<Tensor> outs, run_.step(std::span(&feed, 1)));
      for (std::size_t i = 0; i < count; ++i) {
        const std::vector<double> map = channelsFirstOf(outs[i + 1]);
        totals[i].resize(map.size());
        perStep[i].push_back(0);
        for (std::size_t n = 0; n < map.size(); ++n) {
          totals[i][n] += map[n];
          perStep[i].back() += map[n];
        }
        if (i + 1 < count || output == nullptr) continue;
        const auto size = static_cast<std::int64_t>(map.size());
        if (output->size() != vector_.steps * size) {
          return Error{Errc::Format, "tensor output has the wrong size"};
        }
        check("layer" + std::to_string(i), t, mapOf(*output, t, size), map, zero);
      }
    }
    GLINT_ASSIGN(const std::vector<LayerState> states, run_.states());
    for (std::size_t i = 0; i < count; ++i) {
      GLINT_TRY(checkTotals(i, totals[i], perStep[i], states[i + 1].at("membrane")));
    }
    return {};
  }

  /// Spikes over all steps, all spikes of each step, and the membranes at the end.
  Status checkTotals(std::size_t i, const std::vector<double>& totals,
                     const std::vector<double>& perStep, const Tensor& membrane) {
    const dynapcnn::DynapcnnLayer& layer = vector_.layers[i];
    const std::string file = "l" + std::to_string(i) + "_", name = "layer" + std::to_string(i);
    const Shape at = layer.getNeuronShape();
    const Pair pool = layer.pool().value_or(Pair{});
    const auto zero = [](std::size_t) { return 0.; };
    const Tensor* counts = recorded(file + "spike_counts");
    const Tensor* steps = recorded(file + "spikes_per_step");
    const Tensor* v = recorded(file + "v_mem_end");
    const bool legal = counts != nullptr && steps != nullptr && v != nullptr &&
                       counts->size() == at.size() && v->size() == at.size();
    if (!legal) {
      return Error{Errc::Format, "tensors " + file + "spike_counts, " + file + "spikes_per_step, " +
                                     file + "v_mem_end are missing or wrong"};
    }
    check(name + ", all steps", 0, pooled(mapOf(*counts, 0, at.size()), at, pool), totals, zero);
    // Pooling drops rows and columns that fill no window.
    if (at[1] % pool.x == 0 && at[2] % pool.y == 0) {
      check(name + ", each step", 0, mapOf(*steps, 0, steps->size()), perStep, zero);
    }
    const double tolerance =
        vector_.exact ? 0 : kNetTolerance * static_cast<double>(layer.spk().threshold);
    check(name + "/membrane", vector_.steps - 1, mapOf(*v, 0, at.size()), channelsFirstOf(membrane),
          [&](std::size_t) { return tolerance; });
    return {};
  }

  const SinabsVector& vector_;
  const SpikingRunner& run_;
  VectorResult result_;
};

}  // namespace

Result<VectorResult> verifySinabs(const SinabsVector& vector, const SpikingRunner& run) {
  return SinabsVerifier(vector, run).verify();
}

Result<VectorResult> verifyReference(const SinabsVector& vector) {
  std::vector<LayerState> states;
  const SpikingRunner run{
      [&](std::span<const Tensor> feeds) { return runReference(vector.model, feeds, states); },
      [&]() -> Result<std::vector<LayerState>> { return states; },
      [&](const std::vector<LayerState>& given) {
        states = given;
        return Status();
      }};
  return verifySinabs(vector, run);
}

}  // namespace glint
