#include <algorithm>
#include <string>
#include <utility>

#include "nnets/api/model.h"

namespace glint::api {
namespace {

/// Builds a model from copies of layers.
class Copier {
 public:
  explicit Copier(std::span<const Layer> layers) : layers_(layers) {}

  Result<Model> run() {
    if (!layers_.empty()) GLINT_TRY(addInputs(layers_.front().inbounds()));
    for (const Layer& layer : layers_) GLINT_TRY(copy(layer));
    return std::move(model_);
  }

 private:
  /// A layer that others read, and what stands for it in the new model.
  struct Copied {
    Layer from;
    Layer to;
  };

  bool listed(const Layer& layer) const {
    return std::find(layers_.begin(), layers_.end(), layer) != layers_.end();
  }

  const Layer* copyOf(const Layer& layer) const {
    const auto found = std::find_if(copied_.begin(), copied_.end(),
                                    [&](const Copied& c) { return c.from == layer; });
    return found == copied_.end() ? nullptr : &found->to;
  }

  std::string freshName() const {
    const auto taken = [this](const std::string& name) {
      return model_.getLayer(name).ok() ||
             std::any_of(layers_.begin(), layers_.end(),
                         [&](const Layer& layer) { return layer.name() == name; });
    };
    std::string name = "input_data";
    for (int number = 1; taken(name); ++number) name = "input_data_" + std::to_string(number);
    return name;
  }

  /// An InputData for each of `sources` that the list lacks.
  Status addInputs(const std::vector<Layer>& sources) {
    for (const Layer& source : sources) {
      if (listed(source) || copyOf(source) != nullptr) continue;
      GLINT_ASSIGN(const TensorType type, source.outputType());
      if (type.isFloat) {
        return within(describe(source.graph()),
                      Error{Errc::Value, "the output is " + type.toString() +
                                             ", legal before copied layers: integers"});
      }
      const auto extent = [&](int axis) { return Json(type.shape[axis]); };
      Json parameters;
      parameters.set("input_shape", Json(Json::Array{extent(0), extent(1), extent(2)}));
      parameters.set("input_bits", type.bits);
      parameters.set("input_signed", type.isSigned);
      GLINT_ASSIGN(const Layer input, Layer::create("InputData", parameters, freshName()));
      GLINT_TRY(model_.add(input));
      copied_.push_back({source, input});
    }
    return {};
  }

  Status copy(const Layer& layer) {
    std::vector<Layer> inbounds;
    for (const Layer& source : layer.inbounds()) {
      const Layer* inbound = copyOf(source);
      if (inbound == nullptr) {
        return within(describe(layer.graph()),
                      Error{Errc::Value, "reads " + describe(source.graph()) +
                                             ", legal: earlier layers of the list, and what the "
                                             "first one reads"});
      }
      inbounds.push_back(*inbound);
    }
    const Layer copied(layer.graph().clone());
    GLINT_TRY(model_.add(copied, inbounds));
    copied_.push_back({layer, copied});
    return {};
  }

  std::span<const Layer> layers_;
  Model model_;
  std::vector<Copied> copied_;
};

}  // namespace

Result<Model> Model::fromLayers(std::span<const Layer> layers) { return Copier(layers).run(); }

}  // namespace glint::api
