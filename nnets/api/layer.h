#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.h"
#include "core/result.h"
#include "core/tensor.h"
#include "nnets/api/types.h"
#include "nnets/devices/mapping.h"
#include "nnets/graph/layer.h"

namespace glint::api {

class Model;
struct LayerBody;
struct ModelBody;

/// A layer of the Akida interface, by itself or in a Model. A handle: copies are the same layer,
/// and compare equal. A layer in a model keeps what it needs of the model alive; taken out by
/// popLayer() it stands by itself again, with its variables. Not thread-safe.
///
/// What depends on the inputs (dimensions, variables) is known once the layer is in a model, or if
/// it is an input layer; before, these calls return an error (Runtime).
/// Source  akida-runtime-api, akida.Layer; docs/api.md lists the names.
class Layer {
 public:
  /// A layer of a type of layers.def; `parameters` are the arguments of its constructor by name, as
  /// params in a model file. An empty name is replaced when a model takes the layer. Errors
  /// (Value): an unknown type or parameter, a parameter of the wrong kind, a required one that is
  /// missing.
  static Result<Layer> create(std::string_view type, const Json& parameters, std::string name = "");
  /// Takes over a layer that is described already; its inbounds are dropped.
  explicit Layer(std::unique_ptr<glint::Layer> layer);

  std::string name() const;
  LayerType type() const;
  /// The layers whose outputs it reads; none outside a model and for input layers.
  std::vector<Layer> inbounds() const;
  /// Constructor arguments by name, defaults included.
  Json parameters() const;

  /// Of the first input, where there are several: width in bits, and [x, y, c].
  Result<int> inputBits() const;
  Result<Shape> inputDims() const;
  Result<Shape> outputDims() const;
  Result<bool> outputSigned() const;
  Result<TensorType> outputType() const;

  /// All variables that getVariableNames() lists.
  Result<Variables> variables() const;
  /// Names of the variables that have a value, given or neutral, in the order of docs/layers.md.
  Result<std::vector<std::string>> getVariableNames() const;
  /// The value that the layer computes with. Errors (Value): an unknown name; a variable without a
  /// neutral value (max_value) that is not set.
  Result<Tensor> getVariable(std::string_view variableName) const;
  /// Sets a variable. With Order::C `values` has the declared shape, as weights [x, y, channels,
  /// neurons]. With Order::F the same bytes are described with the axes in reverse, [neurons,
  /// channels, y, x], the first one fastest. Errors (Type: dtype; Value: name, shape, range, or
  /// potentials beyond int32) name layer, variable and what is legal; then nothing is changed.
  Status setVariable(std::string_view variableName, const Tensor& values, Order order = Order::C);

  /// int32 [101, 2]: how many neurons match r percent of their weights at best, in row r; those
  /// that have not learned are in row 0. Error (Runtime): the layer was not compiled.
  Result<Tensor> getLearningHistogram() const;

  /// What each processor of the device does for this layer; empty until the model is mapped, for
  /// layers that run in software, and for those computed in the passes of another layer.
  std::vector<NpMapping> mapping() const;

  /// {"name", "type", "params", "inbounds", "variables"}: see docs/file-format.md.
  Json toDict() const;

  /// The description behind the handle.
  const glint::Layer& graph() const;

  bool operator==(const Layer& other) const { return body_ == other.body_; }

 private:
  friend class Model;
  friend struct ModelBody;
  explicit Layer(std::shared_ptr<LayerBody> body);
  /// Types of the inputs. Errors (Runtime): see above.
  Result<std::vector<TensorType>> inputs() const;

  std::shared_ptr<LayerBody> body_;
};

}  // namespace glint::api
