#pragma once

#include <string>

#include "shaders/kernel_plan.h"

namespace glint {

/// The statements between an accumulator and what is stored.
struct EpilogueText {
  std::string statements;
  std::string value;  ///< the variable that holds the result
  bool isInt = false;
};

/// The epilogue of an accumulator: reads a<index> and, where the plan has limbs, h<index>; uses v
/// for what it needs in between.
EpilogueText printEpilogue(const KernelPlan& plan, int accumulator);

}  // namespace glint
