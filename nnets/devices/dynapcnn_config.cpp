#include "nnets/devices/dynapcnn_config.h"

#include <string>
#include <utility>

namespace glint::dynapcnn {
namespace {

constexpr std::size_t kDestinations = 2;
constexpr std::int64_t kNoFloor = -32768;  // a membrane of 16 bits goes no lower

Json pairJson(std::int64_t x, std::int64_t y) { return Json(Json::Object{{"x", x}, {"y", y}}); }

Json mapJson(const Shape& map) {
  return Json(Json::Object{{"size", pairJson(map[2], map[1])}, {"feature_count", map[0]}});
}

class Writer {
 public:
  explicit Writer(const ChipLayer& layer) : layer_(layer) {}

  Error error(const std::string& what) const {
    return {Errc::Value, "layer '" + layer_.name + "': " + what};
  }

  Status fits(const char* what, std::int64_t value, int bits) const {
    const std::int64_t half = std::int64_t{1} << (bits - 1);
    if (value >= -half && value < half) return {};
    return error(std::string(what) + " " + std::to_string(value) +
                 ", legal: " + std::to_string(-half) + " to " + std::to_string(half - 1));
  }

  Status check(const char* what, const Tensor& tensor, const Shape& shape, int bits) const {
    if (tensor.shape() != shape || !isInteger(tensor.type())) {
      return error(std::string(what) + " " + tensor.shape().toString() + " of " +
                   std::string(name(tensor.type())) + ", legal: integers " + shape.toString());
    }
    for (std::int64_t i = 0; i < tensor.size(); ++i) GLINT_TRY(fits(what, tensor.integer(i), bits));
    return {};
  }

  /// Nested arrays of `tensor` from `axis` on, with the last two axes exchanged.
  static Json nested(const Tensor& tensor) {
    const Shape& shape = tensor.shape();
    Shape turned = shape;
    if (shape.rank() >= 2) std::swap(turned[shape.rank() - 1], turned[shape.rank() - 2]);
    return nested(tensor, turned, 0, 0);
  }

 private:
  static Json nested(const Tensor& tensor, const Shape& turned, int axis, std::int64_t at) {
    const Shape& shape = tensor.shape();
    if (axis == shape.rank()) return Json(tensor.integer(at));
    // The axis of the tensor that is walked here, and how far apart its elements are.
    const int last = shape.rank() - 1;
    const int walked = last >= 1 && axis >= last - 1 ? 2 * last - 1 - axis : axis;
    std::int64_t stride = 1;
    for (int a = walked + 1; a < shape.rank(); ++a) stride *= shape[a];
    Json array = Json::array();
    for (std::int64_t i = 0; i < turned[axis]; ++i) {
      array.push(nested(tensor, turned, axis + 1, at + i * stride));
    }
    return array;
  }

  const ChipLayer& layer_;
};

}  // namespace

Result<Json> coreConfig(const ChipLayer& layer, const ChipParameters& parameters,
                        const std::vector<ChipDestination>& to) {
  const Writer writer(layer);
  const Shape neurons = layer.neurons();
  const std::int64_t f = layer.features;
  if (layer.kernel.x != layer.kernel.y) {
    return writer.error("kernel " + layer.kernel.toString() + ", legal: square ones");
  }
  if (to.size() > kDestinations) {
    return Error{Errc::Unsupported, "layer '" + layer.name + "': " + std::to_string(to.size()) +
                                        " destinations, legal: up to 2"};
  }
  const Tensor bias = parameters.bias.value_or(Tensor(DType::I8, {f}));
  const Tensor membrane = parameters.membrane.value_or(Tensor(DType::I16, neurons));
  const std::int64_t floor = parameters.minVMem.value_or(kNoFloor);
  GLINT_TRY(writer.check("weights", parameters.weights,
                         {f, layer.in[0], layer.kernel.x, layer.kernel.y}, 8));
  GLINT_TRY(writer.check("bias", bias, {f}, 8));
  GLINT_TRY(writer.check("membrane", membrane, neurons, 16));
  GLINT_TRY(writer.fits("threshold", parameters.threshold, 16));
  GLINT_TRY(writer.fits("min_v_mem", floor, 16));
  bool leak = false;
  for (std::int64_t i = 0; i < f; ++i) leak = leak || bias.integer(i) != 0;

  Json destinations = Json::array();
  for (std::size_t i = 0; i < kDestinations; ++i) {
    Json destination = Json::object();
    if (i < to.size()) {
      destination.set("layer", to[i].core);
      destination.set("enable", true);
      destination.set("pooling", to[i].pooling);
    }
    destinations.push(std::move(destination));
  }
  Json dimensions = Json::object();
  dimensions.set("input_shape", mapJson(layer.in));
  dimensions.set("output_shape", mapJson(neurons));
  dimensions.set("padding", pairJson(layer.padding.y, layer.padding.x));
  dimensions.set("stride", pairJson(layer.stride.y, layer.stride.x));
  dimensions.set("kernel_size", layer.kernel.x);
  Json config = Json::object();
  config.set("destinations", std::move(destinations));
  config.set("dimensions", std::move(dimensions));
  config.set("weights", Writer::nested(parameters.weights));
  config.set("biases", Writer::nested(bias));
  config.set("leak_enable", leak);
  config.set("return_to_zero", parameters.resetToValue);
  config.set("threshold_high", parameters.threshold);
  config.set("threshold_low", floor);
  config.set("monitor_enable", false);
  config.set("neurons_initial_value", Writer::nested(membrane));
  return config;
}

}  // namespace glint::dynapcnn
