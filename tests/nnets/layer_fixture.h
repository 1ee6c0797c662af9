#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nnets/graph/layer.h"

/// Short ways to make a layer, give it variables and evaluate its definition.
namespace glint::test {

/// A layer named "it" of a known type; `params` are the members of a JSON object, without braces.
std::unique_ptr<Layer> make(std::string_view type, std::string_view params = "");

/// The message of reading `params`, or "".
std::string paramsError(std::string_view type, std::string_view params);

TensorType s8(std::int64_t x, std::int64_t y, std::int64_t c);
TensorType u8(std::int64_t x, std::int64_t y, std::int64_t c);
/// Unsigned integers of another width.
TensorType unsignedOf(int bits, std::int64_t x, std::int64_t y, std::int64_t c);

/// An integer tensor of `type`; values beyond it fail the test.
Tensor tensorOf(DType type, Shape shape, const std::vector<int>& values);

/// Sets a variable.
void set(Layer& layer, const std::string& name, DType type, Shape shape,
         const std::vector<int>& values);

/// Sets a float variable of one axis.
void setFloats(Layer& layer, const std::string& name, const std::vector<float>& values);

/// The layer's output type, or a failed test.
TensorType typeOf(const Layer& layer, const std::vector<TensorType>& inputs);

/// Why the layer refuses these inputs (parameters first, then variables), or "".
std::string errorOf(const Layer& layer, const std::vector<TensorType>& inputs);

/// What the layer's definition gives for integer inputs, after all checks.
std::vector<int> evaluate(const Layer& layer, const std::vector<TensorType>& types,
                          const std::vector<std::vector<int>>& inputs);
/// The same for one step of a layer with state; checks what it leaves there.
std::vector<int> evaluate(const Layer& layer, const std::vector<TensorType>& types,
                          const std::vector<std::vector<int>>& inputs, LayerState& state);

/// Whether `text` holds every one of `parts`.
bool holds(const std::string& text, const std::vector<std::string>& parts);

}  // namespace glint::test
