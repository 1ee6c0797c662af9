#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "nnets/graph/fields.h"
#include "nnets/graph/tensor_type.h"

namespace glint {

class OpBuilder;        // nnets/graph/op_graph.h
struct LearningParams;  // nnets/graph/learning_params.h

/// One variable of a layer: what it is called, what it must look like, what it is when absent.
struct VariableDecl {
  std::string name;
  DType dtype = DType::I8;
  Shape shape;
  Interval range{};               ///< legal values; ignored for float variables
  bool required = false;          ///< false: when absent every element is `neutral`
  std::int64_t neutral = 0;       ///< 0 for biases and shifts, 1 for scales
  bool scalarBroadcasts = false;  ///< a tensor of one element stands for all of `shape`
  bool positive = false;          ///< float variables: only values above 0 are legal
  bool absentIsNone = false;      ///< when absent there is no such step: no value says the same
};

/// The variables a layer holds, by name. An absent one has its neutral value.
using Variables = std::map<std::string, Tensor, std::less<>>;

/// One tensor that a layer keeps from step to step; all zero when cleared.
struct StateDecl {
  std::string name;
  TensorType type;  ///< of any rank
};

/// State of one layer in one stream, I32 or, for float states, F32, by name: FIFOs, recurrent
/// states, membranes. Empty = cleared.
using LayerState = std::map<std::string, Tensor, std::less<>>;

/// The generation of the Akida interface that a layer belongs to. A model has layers of one.
enum class IpVersion { V1, V2 };
std::string_view name(IpVersion v);  ///< "Akida 1.0", "Akida 2.0"

/// A layer of a model: parameters (in the derived class), variables and where its inputs come from.
/// A derived class is a plain description; its reference and its lowering share nothing else.
class Layer {
 public:
  virtual ~Layer() = default;

  std::string name;
  std::vector<std::string> inbounds;  ///< names of earlier layers; empty: fed from outside
  Variables variables;

  /// The type as files name it: "Conv2D", "beatmup.Conv2D".
  virtual std::string_view type() const = 0;
  virtual std::unique_ptr<Layer> clone() const = 0;

  /// None: the layer serves every generation, or is no Akida layer.
  virtual std::optional<IpVersion> ipVersion() const { return std::nullopt; }

  /// Declares every parameter to `visitor`.
  virtual void fields(FieldVisitor& visitor) = 0;

  /// How many inputs the layer takes, at least and at most. 0 inbounds means one input from
  /// outside.
  struct Arity {
    int least = 1;
    int most = 1;
  };
  virtual Arity arity() const { return {}; }

  /// The type of what a layer without inbounds must be fed with. Error (Value) when the layer
  /// cannot stand first.
  virtual Result<TensorType> feedType() const;
  /// Sets the spatial extents of the feed, for fully convolutional models. Default: error.
  virtual Status setFeedExtent(std::int64_t x, std::int64_t y);

  /// Checks the parameters against the inputs and gives the output's type. Errors (Value): name the
  /// parameter, its value and what is legal.
  virtual Result<TensorType> outputType(std::span<const TensorType> inputs) const = 0;

  /// The variables for these inputs. Only called with inputs that outputType accepted.
  virtual std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const = 0;

  /// What the layer keeps from step to step. Default: nothing.
  virtual std::vector<StateDecl> stateTable(std::span<const TensorType> inputs) const;

  /// What variables that are legal one by one must satisfy together. Errors (Value): as those of
  /// outputType.
  virtual Status checkTogether(std::span<const TensorType> inputs) const;

  /// The definition of the layer: plain loops over int64, no cleverness. Inputs and output are
  /// single samples [x, y, c], I32 for integers and F32 for float; the shapes are those of
  /// outputType. Layers without state ignore `state`; others leave it as stateTable says.
  virtual Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                           LayerState& state) const = 0;

  /// How the layer learns, once it was compiled for that; null: it does not.
  virtual const LearningParams* learning() const { return nullptr; }
  /// Compiles it: outputType checks `params`, variableTable has what it learns. Error (Value):
  /// layers of its type cannot learn.
  virtual Status setLearning(const LearningParams& params);

  /// Describes the layer to the GPU side as exact window operations. Errors (Unsupported) say why a
  /// layer runs in software. Host edges return an error, too.
  virtual Status lower(OpBuilder& builder) const = 0;

  /// Multiply-accumulates for one sample, every tap, border and transposed phase counted.
  virtual std::int64_t macs(std::span<const TensorType> inputs) const = 0;

  /// Whether the output is behind an activation, rather than sums that predict may return.
  virtual bool hasActivation() const { return false; }
  /// What Model::predict makes of this layer's output, on the CPU in IEEE binary32 on every
  /// backend: by default the numbers as they are. Shapes as `output`, F32.
  virtual Tensor predicted(const Tensor& output) const;

  /// True when output (i, j) depends only on inputs near it, at any image size.
  virtual bool fullyConvolutional() const { return true; }

  // Access to variables with their neutral values; `decl` comes from variableTable.
  /// Element `i` of an integer variable, or `neutral` when it is absent.
  std::int64_t variable(std::string_view variableName, std::int64_t i,
                        std::int64_t neutral = 0) const;
  bool hasVariable(std::string_view variableName) const;
  /// The integer variable `variableName` as `count` numbers; absent ones are `neutral`, a single
  /// element stands for all.
  std::vector<std::int64_t> values(std::string_view variableName, std::int64_t count,
                                   std::int64_t neutral = 0) const;

 protected:
  Layer() = default;
  Layer(const Layer&) = default;
  Layer& operator=(const Layer&) = default;
};

/// "layer 'conv1' (Conv2D)": how messages name a layer.
std::string describe(const Layer& layer);

/// Checks `layer.variables` against its table: unknown names, dtype, shape, range, what is missing;
/// then what they must satisfy together.
Status checkVariables(const Layer& layer, std::span<const TensorType> inputs);

/// Sets one variable of a layer that has these inputs. Errors (Type, Value) as checkVariables; then
/// nothing is changed.
Status setVariable(Layer& layer, std::span<const TensorType> inputs, std::string_view variableName,
                   Tensor values);

/// What the layer computes with: the variable it holds, or its neutral values in the declared
/// shape.
Tensor variableOrNeutral(const Layer& layer, const VariableDecl& decl);

/// A new layer of the named type with default parameters, or nullptr for an unknown type.
/// Defined by nnets/layers/registry.cpp from layers.def.
std::unique_ptr<Layer> makeLayer(std::string_view type);

/// The types makeLayer knows, in the order of layers.def.
std::vector<std::string_view> layerTypes();

}  // namespace glint
