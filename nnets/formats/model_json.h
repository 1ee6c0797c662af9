#pragma once

#include <functional>
#include <memory>

#include "core/json.h"
#include "core/result.h"
#include "nnets/graph/model.h"

/// Models and layers as JSON (docs/file-format.md): the header of a model file, whose variables are
/// tensors beside it, and dicts, which hold their variables themselves.
namespace glint {

/// {"name", "type", "params", "inbounds"}, "learning" of layers that learn, and in dicts
/// "variables": {name: tensorToJson()} of the variables that the layer holds.
Json layerHeader(const Layer& layer);
Json layerToDict(const Layer& layer);

/// {"format", "layers", "inputs", "outputs"}; a model without layers has an empty list.
Json modelHeader(const Model& model);
Json modelToDict(const Model& model);

/// Gives a layer, whose name, type and parameters are known, its variables before it enters
/// `model`, which holds all layers before it.
using TakeVariables = std::function<Status(const Model& model, Layer& layer)>;

/// The inverse of modelHeader. Errors (Format, Value, Type, Unsupported) name layer, key and value;
/// nothing is half-loaded.
Result<Model> modelFromHeader(const Json& header, const TakeVariables& takeVariables);

/// The inverse of modelToDict, with the errors of modelFromHeader.
Result<Model> modelFromDict(const Json& dict);

}  // namespace glint
