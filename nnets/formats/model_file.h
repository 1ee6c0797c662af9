#pragma once

#include <functional>
#include <string>

#include "core/json.h"
#include "core/result.h"
#include "core/safetensors.h"
#include "nnets/graph/model.h"

namespace glint {

/// A model from the contents of a .glint file (docs/file-format.md). Tensors whose first path
/// element is no layer's name belong to test vectors (in/, out/, predict/, state/, exact/) and are
/// skipped when the file has `vector` metadata, else they are an error. Errors name layer, tensor
/// and values; nothing is half-loaded.
Result<Model> modelFromSafeTensors(const SafeTensors& file);

/// Gives `layer` its variables before it enters `model`, which holds all layers before it.
using VariableSource = std::function<Status(const Model& model, Layer& layer)>;

/// A model from its JSON text, the metadata `glint`, with variables from elsewhere. Errors as
/// above.
Result<Model> modelFromText(const Json& text, const VariableSource& variables);

/// The inverse: metadata `glint` and one tensor `<layer>/<variable>` for each variable.
SafeTensors modelToSafeTensors(const Model& model);

/// Reads the container of a model or vector file; errors begin with `path`. A file without a
/// safetensors header, such as a BrainChip .fbz, is refused with advice.
Result<SafeTensors> readModelContainer(const std::string& path);

/// Reads and checks a file, a model or a description of one (model_description.h); errors begin
/// with `path`. Any file name will do: what counts is the content.
Result<Model> loadModel(const std::string& path);
Status saveModel(const Model& model, const std::string& path);

}  // namespace glint
