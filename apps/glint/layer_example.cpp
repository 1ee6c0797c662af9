#include "apps/glint/layer_example.h"

#include <algorithm>
#include <utility>

namespace glint::cli {
namespace {

constexpr int kX = 11, kY = 13, kChannels = 3, kKernelX = 4, kKernelY = 5, kFilters = 7;
constexpr int kFifo = 6, kStates = 17, kOutputs = 19;
/// A picture of nine patches of the default extent, which is 16, behind other tokens.
constexpr int kPicture = 48, kPatch = 16, kTokens = 14, kEmbedding = 192;

/// Collects what a layer declares.
class Collector : public FieldVisitor {
 public:
  void field(std::string_view name, int& value, Need need) override { add(name, value, need); }
  void field(std::string_view name, std::optional<int>& value, Need need) override {
    add(name, value ? Json(*value) : Json(), need);
  }
  void field(std::string_view name, bool& value, Need need) override { add(name, value, need); }
  void field(std::string_view name, std::vector<int>& value, Need need) override {
    add(name, Json(Json::Array(value.begin(), value.end())), need);
  }
  void field(std::string_view name, Pair& value, Need need) override {
    add(name, Json(Json::Array{value.x, value.y}), need);
  }
  void field(std::string_view name, Padding& value, Need need) override {
    add(name, glint::name(value), need);
  }
  void field(std::string_view name, PoolType& value, Need need) override {
    add(name, glint::name(value), need);
  }
  void field(std::string_view name, ActivationType& value, Need need) override {
    add(name, glint::name(value), need);
    fields.back().isActivation = true;
  }

  std::vector<Field> fields;

 private:
  void add(std::string_view name, Json value, Need need) {
    fields.push_back({std::string(name), std::move(value), need == Need::Required, false});
  }
};

bool hasField(std::string_view type, std::string_view name) {
  const std::vector<Field> fields = fieldsOf(type);
  return std::any_of(fields.begin(), fields.end(),
                     [name](const Field& field) { return field.name == name; });
}

/// What the layer reads: a map, or steps of time or tokens in a row.
Shape exampleShape(std::string_view type) {
  const bool row = hasField(type, "subsample") || hasField(type, "num_heads");
  return {row ? 1 : kX, kY, kChannels};
}

}  // namespace

std::vector<Field> fieldsOf(std::string_view type) {
  Collector collector;
  makeLayer(type)->fields(collector);
  return std::move(collector.fields);
}

Json exampleOf(const Field& field) {
  if (field.name == "input_shape") return Json(Json::Array{kX, kY, kChannels});
  if (field.value.asArray() != nullptr) return Json(Json::Array{kKernelX, kKernelY});
  if (field.name == "filters" || field.name == "units") return Json(kFilters);
  if (field.name == "fifo_size") return Json(kFifo);
  if (field.name == "num_heads") return Json(kChannels);
  if (field.name == "stateful_channels") return Json(kStates);
  if (field.name == "output_channels") return Json(kOutputs);
  return Json(kKernelX);
}

Json exampleParameters(std::string_view type) {
  Json parameters = Json::object();
  for (const Field& field : fieldsOf(type)) {
    if (field.required) parameters.set(field.name, exampleOf(field));
  }
  if (hasField(type, "num_non_patch_tokens")) {
    parameters.set("input_shape", Json(Json::Array{kPicture, kPicture, kChannels}));
    parameters.set("num_non_patch_tokens", kTokens);
  }
  return parameters;
}

Result<std::vector<TensorType>> exampleInputs(const Layer& layer) {
  if (layer.arity().most == 0) {
    GLINT_ASSIGN(const TensorType feed, layer.feedType());
    return std::vector{feed};
  }
  const bool narrow = layer.ipVersion() == IpVersion::V1;
  const TensorType type{exampleShape(layer.type()), narrow ? 4 : 8, !narrow, false};
  return std::vector<TensorType>(static_cast<std::size_t>(layer.arity().least), type);
}

Status tryParameters(std::string_view type, const Json& parameters) {
  const std::unique_ptr<Layer> layer = makeLayer(type);
  GLINT_TRY(readFields(*layer, parameters));
  GLINT_ASSIGN(const std::vector<TensorType> inputs, exampleInputs(*layer));
  GLINT_TRY(layer->outputType(inputs));
  return {};
}

Result<Model> exampleModel(std::string_view type, const Json& parameters) {
  std::unique_ptr<Layer> layer = makeLayer(type);
  GLINT_TRY(readFields(*layer, parameters));
  layer->name = "example";
  GLINT_ASSIGN(const std::vector<TensorType> inputs, exampleInputs(*layer));
  Model model;
  for (std::size_t i = 0; layer->arity().most > 0 && i < inputs.size(); ++i) {
    std::unique_ptr<Layer> input = makeLayer("InputData");
    Json feed;
    const Shape shape = exampleShape(type);
    feed.set("input_shape", Json(Json::Array{shape[0], shape[1], shape[2]}));
    feed.set("input_bits", inputs[i].bits);
    feed.set("input_signed", inputs[i].isSigned);
    GLINT_TRY(readFields(*input, feed));
    input->name = "input" + std::to_string(i);
    layer->inbounds.push_back(input->name);
    GLINT_TRY(model.add(std::move(input)));
  }
  GLINT_TRY(layer->outputType(inputs));
  for (const VariableDecl& decl : layer->variableTable(inputs)) {
    if (!decl.required || !isInteger(decl.dtype)) continue;
    Tensor extreme(decl.dtype, decl.shape);
    for (std::int64_t i = 0; i < extreme.size(); ++i) setElement(extreme, i, decl.range.hi);
    layer->variables.emplace(decl.name, std::move(extreme));
  }
  GLINT_TRY(model.add(std::move(layer), Model::Missing::Neutral));
  return model;
}

std::string extentInWords(std::string_view type, std::int64_t extent, std::size_t axis) {
  const bool pair = exampleParameters(type).find("kernel_size") != nullptr &&
                    exampleParameters(type).find("kernel_size")->asArray() != nullptr;
  switch (extent) {
    case kChannels:
      return "C";
    case kKernelX:
      return pair ? "kernel_size[" + std::to_string(axis) + "]" : "kernel_size";
    case kKernelY:
      return "kernel_size[" + std::to_string(axis) + "]";
    case kFilters:
      return hasField(type, "units") ? "units" : "filters";
    case kX* kY* kChannels:
      return "X*Y*C";
    case kFifo:
      return "fifo_size";
    case kFifo* kChannels:
      return "fifo_size*C";
    case kPatch:
      return "kernel_size";
    case kTokens:
      return "num_non_patch_tokens";
    case kTokens + kPicture / kPatch*(kPicture / kPatch):
      return "num_non_patch_tokens+(X/kernel_size)^2";
    case kEmbedding:
      return "filters";
    case kStates:
      return "stateful_channels";
    case kOutputs:
      return "output_channels";
    default:
      return std::to_string(extent);
  }
}

std::string inWords(std::string message) {
  const std::string extents = "[" + std::to_string(kX) + ", " + std::to_string(kY) + "]";
  const std::size_t at = message.find(extents);
  return at == std::string::npos ? message : message.replace(at, extents.size(), "[X, Y]");
}

}  // namespace glint::cli
