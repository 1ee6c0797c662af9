#include <cmath>
#include <utility>

#include "nnets/graph/model.h"

namespace glint {
namespace {

/// Whether `feed` is what a layer of type `type` takes.
Status checkFeed(const TensorType& type, const Tensor& feed) {
  if (type.isFloat != (feed.type() == DType::F32) || feed.type() == DType::F64) {
    return Error{Errc::Type, "the feed is " + std::string(name(feed.type())) +
                                 ", legal: " + (type.isFloat ? "float32" : "integers")};
  }
  if (feed.shape() != type.shape) {
    return Error{Errc::Value, "the feed has shape " + feed.shape().toString() +
                                  ", legal: " + type.shape.toString()};
  }
  for (std::int64_t i = 0; i < feed.size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (type.isFloat) {
      if (!std::isnan(feed.as<float>()[at])) continue;
      return Error{Errc::Value, "element " + std::to_string(i) + " of the feed is not a number"};
    }
    const std::int64_t value = feed.integer(i);
    if (type.range().contains(value)) continue;
    return Error{Errc::Value, "element " + std::to_string(i) + " of the feed is " +
                                  std::to_string(value) +
                                  ", legal: " + std::to_string(type.range().lo) + " to " +
                                  std::to_string(type.range().hi)};
  }
  return {};
}

}  // namespace

Status checkFeeds(const Model& model, std::span<const Tensor> feeds) {
  const std::vector<int> fed = model.feeds();
  if (feeds.size() != fed.size()) {
    return Error{Errc::Value, "the model has " + std::to_string(fed.size()) + " inputs, but " +
                                  std::to_string(feeds.size()) + " were given"};
  }
  for (std::size_t i = 0; i < fed.size(); ++i) {
    if (Status s = checkFeed(model.inputTypes(fed[i])[0], feeds[i]); !s.ok()) {
      return within(describe(model.layer(fed[i])), s.error());
    }
  }
  return {};
}

Result<std::vector<Tensor>> runReference(const Model& model, std::span<const Tensor> feeds,
                                         std::vector<LayerState>& states) {
  GLINT_TRY(checkFeeds(model, feeds));
  states.resize(static_cast<std::size_t>(model.layerCount()));

  std::vector<Tensor> outputs;
  std::size_t nextFeed = 0;
  for (int i = 0; i < model.layerCount(); ++i) {
    const Layer& layer = model.layer(i);
    std::vector<Tensor> inputs;
    for (const int inbound : model.inboundsOf(i)) {
      inputs.push_back(outputs[static_cast<std::size_t>(inbound)]);
    }
    if (inputs.empty()) {
      const Tensor& feed = feeds[nextFeed++];
      if (isInteger(feed.type())) {
        GLINT_ASSIGN(Tensor wide, convertIntegers(feed, DType::I32));
        inputs.push_back(std::move(wide));
      } else {
        inputs.push_back(feed);
      }
    }
    outputs.push_back(
        layer.reference(inputs, model.outputType(i), states[static_cast<std::size_t>(i)]));
  }
  return outputs;
}

}  // namespace glint
