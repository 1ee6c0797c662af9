#include "nnets/devices/synaptic_operations.h"

#include <doctest/doctest.h>

#include "core/random.h"

namespace glint::dynapcnn {
namespace {

/// Every neuron looks at its window.
std::int64_t countedOneByOne(const ChipLayer& layer, const Tensor& spikes) {
  const Shape neurons = layer.neurons();
  std::int64_t sum = 0;
  for (std::int64_t x = 0; x < neurons[1]; ++x) {
    for (std::int64_t y = 0; y < neurons[2]; ++y) {
      for (std::int64_t tap = 0; tap < std::int64_t{layer.kernel.x} * layer.kernel.y; ++tap) {
        const std::int64_t row = x * layer.stride.x - layer.padding.x + tap / layer.kernel.y;
        const std::int64_t column = y * layer.stride.y - layer.padding.y + tap % layer.kernel.y;
        if (row < 0 || column < 0 || row >= layer.in[1] || column >= layer.in[2]) continue;
        for (std::int64_t c = 0; c < layer.in[0]; ++c) {
          sum += spikes.integer((row * layer.in[2] + column) * layer.in[0] + c) * neurons[0];
        }
      }
    }
  }
  return sum;
}

}  // namespace

TEST_CASE("a spike is as many operations as neurons read it") {
  Random random(3);
  const auto pick = [&](int lo, int hi) { return static_cast<int>(random.between(lo, hi)); };
  for (int round = 0; round < 200; ++round) {
    ChipLayer layer;
    layer.in = {pick(1, 3), pick(5, 9), pick(5, 9)};
    layer.features = pick(1, 5);
    layer.kernel = {pick(1, 5), pick(1, 5)};
    layer.stride = {pick(1, 4), pick(1, 4)};
    layer.padding = {pick(0, 3), pick(0, 3)};
    Tensor spikes(DType::I32, {layer.in[1], layer.in[2], layer.in[0]});
    for (std::int32_t& count : spikes.as<std::int32_t>()) count = pick(0, 3);
    CHECK(FanOut(layer).operations(spikes) == countedOneByOne(layer, spikes));
  }
}

}  // namespace glint::dynapcnn
