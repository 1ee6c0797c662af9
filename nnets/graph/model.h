#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/tensor.h"
#include "nnets/graph/layer.h"

namespace glint {

/// A checked network: layers in an order in which every inbound comes before its user, each with
/// its input and output types.
class Model {
 public:
  Model() = default;
  Model(const Model& other);
  Model& operator=(const Model& other);
  Model(Model&&) noexcept = default;
  Model& operator=(Model&&) noexcept = default;

  /// What becomes of required variables that a new layer lacks.
  enum class Missing {
    Refused,
    Neutral,  ///< they get neutral values in the shape that the inputs give them
  };

  /// Appends a layer whose inbounds, if any, are in the model already. Checks name, inbounds,
  /// parameters and variables; on an error the model is unchanged.
  Status add(std::unique_ptr<Layer> layer, Missing missing = Missing::Refused);
  /// Takes the last layer out, with its variables; null where there is none.
  std::unique_ptr<Layer> popLayer();
  /// Sets a variable of layer `index`; see glint::setVariable.
  Status setVariable(int index, std::string_view variableName, Tensor values);

  int layerCount() const { return static_cast<int>(nodes_.size()); }
  const Layer& layer(int index) const { return *nodes_[static_cast<std::size_t>(index)].layer; }
  /// The index of the layer of that name, or -1.
  int find(std::string_view name) const;

  const TensorType& outputType(int index) const {
    return nodes_[static_cast<std::size_t>(index)].output;
  }
  /// Types of what layer `index` reads; for a fed layer its feed type.
  const std::vector<TensorType>& inputTypes(int index) const {
    return nodes_[static_cast<std::size_t>(index)].inputs;
  }
  /// Indices of the layers that `index` reads; empty for a fed layer.
  const std::vector<int>& inboundsOf(int index) const {
    return nodes_[static_cast<std::size_t>(index)].inbounds;
  }

  std::vector<int> feeds() const;    ///< layers without inbounds, in order
  std::vector<int> outputs() const;  ///< layers nobody reads, in order
  std::int64_t macs() const;         ///< multiply-accumulates for one sample
  bool fullyConvolutional() const;
  /// Whether a layer keeps state: what a step gives depends on the steps before it.
  bool hasState() const;
  std::vector<StateDecl> stateTable(int index) const {
    return layer(index).stateTable(inputTypes(index));
  }

  /// The same model for feeds of x by y. Errors (Value): a layer is not fully convolutional.
  Result<Model> withExtent(std::int64_t x, std::int64_t y) const;

  /// The `inputs` and `outputs` texts of a model file: how pictures become codes and back.
  Json inputInfo;
  Json outputInfo;

 private:
  struct Node {
    std::unique_ptr<Layer> layer;
    std::vector<int> inbounds;
    std::vector<TensorType> inputs;
    TensorType output;
  };
  std::vector<Node> nodes_;
};

/// Checks the feeds of one sample, in the order of Model::feeds: integers of any width, or F32, of
/// the feed's shape and range. Errors (Type, Value) name the layer and the value.
Status checkFeeds(const Model& model, std::span<const Tensor> feeds);

/// Every layer's output for one sample, by the references; `feeds` in the order of Model::feeds,
/// I32 or F32 of the feed's shape. Errors (Type, Value): wrong number, dtype, shape or range of a
/// feed.
Result<std::vector<Tensor>> runReference(const Model& model, std::span<const Tensor> feeds,
                                         std::vector<LayerState>& states);

}  // namespace glint
