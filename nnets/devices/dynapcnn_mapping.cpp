#include <algorithm>
#include <deque>
#include <string>

#include "nnets/devices/dynapcnn_chip.h"

namespace glint::dynapcnn {
namespace {

Error limitError(const ChipLayer& layer, const std::string& what, const std::string& legal) {
  return {Errc::Unsupported, "layer '" + layer.name + "': " + what + ", legal: " + legal};
}

Status checkPair(const ChipLayer& layer, const char* what, Pair pair, bool square,
                 const std::vector<int>& legal) {
  const auto allowed = [&](int v) {
    return std::find(legal.begin(), legal.end(), v) != legal.end();
  };
  if (allowed(pair.x) && allowed(pair.y) && (!square || pair.x == pair.y)) return {};
  std::string list;
  for (const int v : legal) list += (list.empty() ? "" : ", ") + std::to_string(v);
  return limitError(layer, what + (" " + pair.toString()), list + (square ? ", square" : ""));
}

/// The flow from layers to cores: each layer sends one, each core takes one.
class Flow {
 public:
  Flow(const std::vector<std::vector<int>>& fits, int cores)
      : fits_(fits), coreOf_(fits.size(), -1), layerAt_(static_cast<std::size_t>(cores), -1) {}

  std::optional<std::vector<int>> run() {
    while (augment()) {
    }
    if (std::find(coreOf_.begin(), coreOf_.end(), -1) != coreOf_.end()) return {};
    return coreOf_;
  }

 private:
  /// Breadth first from the layers that send nothing, in their order, to a core that is free: the
  /// first that is found takes the flow, and layers on the way move on to their next core.
  bool augment() {
    std::deque<int> layers;
    std::vector<int> from(layerAt_.size(), -1);  ///< the layer from which a core was reached
    for (std::size_t i = 0; i < coreOf_.size(); ++i) {
      if (coreOf_[i] < 0) layers.push_back(static_cast<int>(i));
    }
    for (; !layers.empty(); layers.pop_front()) {
      const int layer = layers.front();
      for (const int core : fits_[static_cast<std::size_t>(layer)]) {
        const auto c = static_cast<std::size_t>(core);
        if (from[c] >= 0) continue;
        from[c] = layer;
        if (layerAt_[c] < 0) return take(core, from);
        layers.push_back(layerAt_[c]);
      }
    }
    return false;
  }

  bool take(int core, const std::vector<int>& from) {
    while (core >= 0) {
      const int layer = from[static_cast<std::size_t>(core)];
      const int before = coreOf_[static_cast<std::size_t>(layer)];
      coreOf_[static_cast<std::size_t>(layer)] = core;
      layerAt_[static_cast<std::size_t>(core)] = layer;
      core = before;
    }
    return true;
  }

  const std::vector<std::vector<int>>& fits_;
  std::vector<int> coreOf_;   ///< by layer; -1: none
  std::vector<int> layerAt_;  ///< by core; -1: free
};

}  // namespace

Status checkLimits(const ChipLayer& layer) {
  std::vector<int> kernels, paddings;
  for (int i = 1; i <= 16; ++i) kernels.push_back(i);
  for (int i = 0; i <= 7; ++i) paddings.push_back(i);
  GLINT_TRY(checkPair(layer, "kernel", layer.kernel, true, kernels));
  GLINT_TRY(checkPair(layer, "stride", layer.stride, false, {1, 2, 4, 8}));
  GLINT_TRY(checkPair(layer, "padding", layer.padding, false, paddings));
  GLINT_TRY(checkPair(layer, "pool", layer.pool, true, {1, 2, 4}));
  const Shape neurons = layer.neurons();
  if (std::max(layer.in[1], layer.in[2]) > 128) {
    return limitError(layer, "an input " + layer.in.toString(), "up to 128 rows and columns");
  }
  if (std::max(neurons[1], neurons[2]) > 64) {
    return limitError(layer, "neurons " + neurons.toString(), "up to 64 rows and columns");
  }
  if (std::max(layer.in[0], neurons[0]) > 1024) {
    return limitError(layer, std::to_string(std::max(layer.in[0], neurons[0])) + " features",
                      "up to 1024");
  }
  return {};
}

std::optional<std::vector<int>> assignCores(const std::vector<std::vector<int>>& fits, int cores) {
  return Flow(fits, cores).run();
}

Result<ChipMapping> mapOnChip(const std::vector<ChipLayer>& layers, const Chip& chip) {
  ChipMapping mapping;
  std::string lonely;
  for (const ChipLayer& layer : layers) {
    mapping.memory.push_back(memoryOf(layer));
    mapping.fits.push_back(fittingCores(chip, mapping.memory.back()));
    if (!mapping.fits.back().empty()) continue;
    lonely += "; layer '" + layer.name + "' (" + toText(mapping.memory.back()) + ") fits no core";
  }
  const auto cores = assignCores(mapping.fits, static_cast<int>(chip.cores.size()));
  if (!cores) {
    if (lonely.empty()) {
      lonely = "; each of the " + std::to_string(layers.size()) +
               " layers fits some core, but not all at once";
    }
    return Error{Errc::Unsupported, "No valid mapping found on the " +
                                        std::to_string(chip.cores.size()) + " cores of " +
                                        chip.name + lonely};
  }
  mapping.cores = *cores;
  return mapping;
}

}  // namespace glint::dynapcnn
