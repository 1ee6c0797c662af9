#pragma once

#include <string>

#include "core/interval.h"
#include "core/result.h"
#include "nnets/layers/dynapcnn/modules.h"
#include "nnets/layers/dynapcnn/spiking_layer.h"

/// From sinabs' parameters to those of SpikingLayer.
namespace glint::dynapcnn {

struct Discretized {
  Conv2d conv;
  IafSqueeze spk;
  float scale = 1;      ///< everything was multiplied by it and rounded half to even
  std::string warning;  ///< or empty
};

/// sinabs' discretize_conv_spike_, in binary32: one scale for weights and bias (8 bits), threshold,
/// min_v_mem and membrane (16 bits). A membrane without a bound below gets -32768, before the scale
/// is chosen: so the scale is at most 1. Errors (Value): the threshold becomes 0.
Result<Discretized> discretizeConvSpike(const Conv2d& conv, const IafSqueeze& spk);

bool isWhole(float v, Interval range);

/// Whether all parameters are integers that SpikingLayer takes, the membrane included.
bool holdsIntegers(const Conv2d& conv, const IafSqueeze& spk);

/// Sets the variables of `layer`, whose parameters are set; weights go to [rows, columns, in, out].
void giveVariables(const Conv2d& conv, const IafSqueeze& spk, SpikingLayer& layer);

}  // namespace glint::dynapcnn
