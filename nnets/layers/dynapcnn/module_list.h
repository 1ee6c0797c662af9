#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/result.h"
#include "nnets/layers/dynapcnn/modules.h"

/// From a list of modules to what each DynapcnnLayer is made of.
namespace glint::dynapcnn {

struct LayerModules {
  Weights weights;
  IafSqueeze spk;
  std::optional<Pair> pool;
  float rescale = 1;      ///< what its weights are divided by
  std::size_t first = 0;  ///< its first module
};

struct ModuleList {
  std::optional<Dvs> dvs;
  std::vector<LayerModules> layers;
};

/// Groups the modules; see DynapcnnNetwork::create.
Result<ModuleList> groupModules(std::span<const Module> modules, bool dvsInput);

}  // namespace glint::dynapcnn
