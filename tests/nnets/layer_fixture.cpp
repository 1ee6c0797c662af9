#include "tests/nnets/layer_fixture.h"

#include <doctest/doctest.h>

namespace glint::test {
namespace {

Json object(std::string_view members) {
  Result<Json> json = parseJson("{" + std::string(members) + "}");
  REQUIRE_MESSAGE(json.ok(), std::string(members));
  return *json;
}

}  // namespace

std::unique_ptr<Layer> make(std::string_view type, std::string_view params) {
  std::unique_ptr<Layer> layer = makeLayer(type);
  REQUIRE(layer != nullptr);
  layer->name = "it";
  const Status status = readFields(*layer, object(params));
  REQUIRE_MESSAGE(status.ok(), status.error().message);
  return layer;
}

std::string paramsError(std::string_view type, std::string_view params) {
  std::unique_ptr<Layer> layer = makeLayer(type);
  REQUIRE(layer != nullptr);
  layer->name = "it";
  const Status status = readFields(*layer, object(params));
  return status.ok() ? "" : status.error().message;
}

TensorType s8(std::int64_t x, std::int64_t y, std::int64_t c) {
  return {Shape{x, y, c}, 8, true, false};
}

TensorType u8(std::int64_t x, std::int64_t y, std::int64_t c) {
  return {Shape{x, y, c}, 8, false, false};
}

TensorType unsignedOf(int bits, std::int64_t x, std::int64_t y, std::int64_t c) {
  return {Shape{x, y, c}, bits, false, false};
}

Tensor tensorOf(DType type, Shape shape, const std::vector<int>& values) {
  REQUIRE(static_cast<std::int64_t>(values.size()) == shape.size());
  Result<Tensor> tensor = convertIntegers(Tensor::of<std::int32_t>(shape, values), type);
  REQUIRE_MESSAGE(tensor.ok(), tensor.error().message);
  return *tensor;
}

void set(Layer& layer, const std::string& name, DType type, Shape shape,
         const std::vector<int>& values) {
  layer.variables.insert_or_assign(name, tensorOf(type, shape, values));
}

void setFloats(Layer& layer, const std::string& name, const std::vector<float>& values) {
  layer.variables.insert_or_assign(
      name, Tensor::of(Shape{static_cast<std::int64_t>(values.size())}, values));
}

TensorType typeOf(const Layer& layer, const std::vector<TensorType>& inputs) {
  Result<TensorType> type = layer.outputType(inputs);
  REQUIRE_MESSAGE(type.ok(), type.error().message);
  return *type;
}

std::string errorOf(const Layer& layer, const std::vector<TensorType>& inputs) {
  const Result<TensorType> type = layer.outputType(inputs);
  if (!type.ok()) return type.error().message;
  const Status status = checkVariables(layer, inputs);
  return status.ok() ? "" : status.error().message;
}

std::vector<int> evaluate(const Layer& layer, const std::vector<TensorType>& types,
                          const std::vector<std::vector<int>>& inputs) {
  LayerState state;
  return evaluate(layer, types, inputs, state);
}

std::vector<int> evaluate(const Layer& layer, const std::vector<TensorType>& types,
                          const std::vector<std::vector<int>>& inputs, LayerState& state) {
  const TensorType output = typeOf(layer, types);
  const Status status = checkVariables(layer, types);
  REQUIRE_MESSAGE(status.ok(), status.error().message);
  std::vector<Tensor> tensors;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    tensors.push_back(tensorOf(DType::I32, types[i].shape, inputs[i]));
  }
  const Tensor result = layer.reference(tensors, output, state);
  CHECK(result.shape() == output.shape);
  for (const StateDecl& decl : layer.stateTable(types)) {
    REQUIRE(state.contains(decl.name));
    const Tensor& kept = state.at(decl.name);
    CHECK(kept.shape() == decl.type.shape);
    CHECK(kept.type() == DType::I32);
    for (std::int64_t i = 0; i < kept.size(); ++i) {
      CHECK(decl.type.range().contains(kept.integer(i)));
    }
  }
  std::vector<int> values;
  for (std::int64_t i = 0; i < result.size(); ++i) {
    CHECK(output.range().contains(result.integer(i)));
    values.push_back(static_cast<int>(result.integer(i)));
  }
  return values;
}

bool holds(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    if (text.find(part) != std::string::npos) continue;
    MESSAGE("'", part, "' is not in: ", text);
    return false;
  }
  return true;
}

}  // namespace glint::test
