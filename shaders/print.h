#pragma once

#include <string>

#include "shaders/dialect.h"
#include "shaders/kernel_plan.h"

namespace glint {

/// The fragment shader of `plan`. The same plan and dialect give the same bytes, and plans that
/// differ only in constants give the same text unless they are placed inline.
std::string printFragment(const KernelPlan& plan, Dialect dialect);

}  // namespace glint
