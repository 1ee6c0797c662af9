#include "nnets/devices/dynapcnn_chip.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <string_view>

namespace glint::dynapcnn {
namespace {

constexpr std::int64_t kKi = 1024;

/// Which chip a name stands for.
struct Named {
  std::string_view name;
  bool mini = false;
};
constexpr std::array<Named, 9> kNames{{{"dynapcnndevkit", false},
                                       {"speck2b", false},
                                       {"speck2btiny", false},
                                       {"speck2cmini", true},
                                       {"speck2dmini", true},
                                       {"speck2e", false},
                                       {"speck2edevkit", false},
                                       {"speck2fdevkit", false},
                                       {"speck2fmodule", false}}};

std::vector<CoreMemory> nineCores() {
  const CoreMemory large{16 * kKi, 64 * kKi, kKi}, middle{32 * kKi, 32 * kKi, kKi},
      deep{64 * kKi, 16 * kKi, kKi}, small{16 * kKi, 16 * kKi, kKi};
  return {large, large, large, middle, middle, deep, deep, small, small};
}

std::vector<CoreMemory> fiveCores() {
  return {{16 * kKi, 64 * kKi, 0},
          {32 * kKi, 32 * kKi, 0},
          {32 * kKi, 32 * kKi, 0},
          {64 * kKi, 16 * kKi, kKi},
          {16 * kKi, 16 * kKi, kKi}};
}

int ceilLog2(std::int64_t n) {
  return static_cast<int>(std::bit_width(static_cast<std::uint64_t>(n - 1)));
}

int positions(int extent, int kernel, int padding, int stride) {
  return (extent + 2 * padding - kernel) / stride + 1;
}

}  // namespace

std::string toText(const CoreMemory& memory) {
  return "kernel " + std::to_string(memory.kernel) + ", neuron " + std::to_string(memory.neuron) +
         ", bias " + std::to_string(memory.bias);
}

std::vector<std::string> chipNames() {
  std::vector<std::string> names;
  for (const Named& named : kNames) names.emplace_back(named.name);
  return names;
}

Result<ChipDevice> findChip(const std::string& nameAndIndex) {
  const std::size_t colon = nameAndIndex.find(':');
  const std::string_view name = std::string_view(nameAndIndex).substr(0, colon);
  const auto named = std::find_if(kNames.begin(), kNames.end(),
                                  [&](const Named& known) { return known.name == name; });
  if (named == kNames.end()) {
    std::string names;
    for (const Named& known : kNames) {
      names += (names.empty() ? "" : ", ") + std::string(known.name);
    }
    return Error{Errc::Value, "no chip '" + std::string(name) + "', legal: " + names +
                                  ", each with an index behind a colon if there are several"};
  }
  ChipDevice device{{std::string(name), named->mini ? fiveCores() : nineCores()}, 0};
  if (colon == std::string::npos) return device;
  const char* const begin = nameAndIndex.data() + colon + 1;
  const char* const end = nameAndIndex.data() + nameAndIndex.size();
  const auto [after, failure] = std::from_chars(begin, end, device.index);
  if (failure != std::errc() || after != end || device.index < 0) {
    return Error{Errc::Value, "'" + nameAndIndex + "': the index behind the colon is no number"};
  }
  return device;
}

Shape ChipLayer::neurons() const {
  return {features, positions(static_cast<int>(in[1]), kernel.x, padding.x, stride.x),
          positions(static_cast<int>(in[2]), kernel.y, padding.y, stride.y)};
}

Shape ChipLayer::out() const {
  const Shape at = neurons();
  return {at[0], at[1] / pool.x, at[2] / pool.y};
}

ChipLayer chipLayerOf(const SpikingLayer& layer, const TensorType& input) {
  ChipLayer facts;
  facts.name = layer.name;
  facts.in = {input.channels(), input.x(), input.y()};
  facts.features = layer.filters;
  facts.kernel = layer.kernelSize;
  facts.stride = layer.stride;
  facts.padding = layer.padding;
  facts.pool = layer.pool;
  facts.bias = layer.hasVariable("bias");
  return facts;
}

CoreMemory memoryOf(const ChipLayer& layer) {
  const Shape neurons = layer.neurons();
  const std::int64_t f = layer.features;
  return {layer.in[0] << (ceilLog2(std::int64_t{layer.kernel.x} * layer.kernel.y) + ceilLog2(f)),
          f << (ceilLog2(neurons[1]) + ceilLog2(neurons[2])), layer.bias ? f : 0};
}

std::vector<int> fittingCores(const Chip& chip, const CoreMemory& memory) {
  std::vector<int> fits;
  for (std::size_t core = 0; core < chip.cores.size(); ++core) {
    const CoreMemory& has = chip.cores[core];
    if (memory.kernel <= has.kernel && memory.neuron <= has.neuron && memory.bias <= has.bias) {
      fits.push_back(static_cast<int>(core));
    }
  }
  return fits;
}

}  // namespace glint::dynapcnn
