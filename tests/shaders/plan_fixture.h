#pragma once

#include "shaders/kernel_plan.h"

namespace glint::test {

/// Two taps on a two-plane map, one target, a rescale by 3 / 2^4: small enough to read as GLSL.
inline KernelPlan smallPlan() {
  KernelPlan plan;
  LayoutForm input;
  input.channels = 8;
  input.planes = 2;
  plan.operands = {input};
  plan.strides = {{1, 1}};
  plan.output.isSigned = true;
  plan.addresses = {{0, 0}};
  plan.floats = {{1, 2, 3, 4},
                 {-5, 6, -7, 8},
                 {9, 9, 9, 9},
                 {.1875, .1875, .1875, .1875},
                 {-128, -128, -128, -128},
                 {127, 127, 127, 127}};
  plan.fetches = {{0, 0, 0, 0, 0}, {0, 1, 0, 1, 2}};
  plan.macs = {{0, 0, 0, 0}, {1, 3, 0, 1}};
  plan.accumulators = {
      {Accumulator::Reduce::Sum,
       2,
       {{EpilogueStep::Kind::ScaleFloor, {3}}, {EpilogueStep::Kind::ClampFloat, {4, 5}}}}};
  return plan;
}

}  // namespace glint::test
