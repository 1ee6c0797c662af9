#pragma once

#include <string>

#include "shaders/dialect.h"
#include "shaders/kernel_plan.h"

namespace glint {

/// The GLSL functions that a program of `plan` calls:
///   word(t)      the value that a Bytes32 texel t holds
///   bytes(v)     the texel of value v
///   limbs(h, l)  the texel of value 4096 h + l
///   phase(q, p)  see Dialect::phaseFunction
///   W(i)         the four weights of entry i of uniforms::kWeights, in the plan's arithmetic
///   look(i)      the table's value for an index from -1024, in the number kind of the index
std::string helperFunctions(const KernelPlan& plan, Dialect dialect);

/// The expression of constant `i` of the plan: a literal, or an entry of a uniform array.
std::string floatAt(const KernelPlan& plan, int i);
std::string intAt(const KernelPlan& plan, int i);

/// The expression of 1 / (columns, rows) of a texture: an entry of uniforms::kSizes.
std::string sizeAt(int index);

}  // namespace glint
