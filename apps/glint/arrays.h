#pragma once

#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "nnets/graph/model.h"

/// Numbers in and out: .npy for one tensor, .safetensors for tensors by name.
namespace glint::cli {

/// A tensor as NumPy's .npy file. Source: numpy.lib.format, versions 1.0 to 3.0.
Result<Tensor> parseNpy(std::span<const std::byte> bytes);
std::vector<std::byte> serializeNpy(const Tensor& tensor);

/// Whether the name ends in .npy or .safetensors (in any case).
bool isArrayFile(const std::string& path);

/// The feeds of `model` in the order of Model::feeds, each [n, x, y, c], I32 or F32: tensor
/// `in/<layer>` (or `<layer>`) of a .safetensors file, or the .npy file of a model with one feed; a
/// tensor [x, y, c] is one sample, and [n, c] are n of a feed [1, 1, c]. Errors name `path` and the
/// tensor.
Result<std::vector<Tensor>> loadFeeds(const std::string& path, const Model& model);

/// The same from the bytes of a .npy file that came as `name`.
Result<std::vector<Tensor>> parseFeeds(std::span<const std::byte> npy, const std::string& name,
                                       const Model& model);

/// The model at the spatial extent of the feeds, where it can be bound to it. Errors (Value).
Result<Model> bindToFeeds(const Model& model, const std::vector<Tensor>& feeds);

/// Writes `out/<layer>` to a .safetensors file, or the only tensor to a .npy file.
Status saveOutputs(const std::string& path, const std::map<std::string, Tensor>& outputs);

}  // namespace glint::cli
