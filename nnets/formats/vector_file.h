#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/tensor.h"
#include "nnets/graph/model.h"

namespace glint {

/// How far results may be from those recorded, for layers that are not integer-exact.
struct Tolerance {
  double codes = 0;  ///< against `out`
  double exact = 0;  ///< against `exact`
};

/// A test vector: a model with its inputs and what each must give (docs/file-format.md).
struct VectorFile {
  Model model;
  std::string origin;  ///< who computed the outputs
  std::string note;
  bool steps = false;                  ///< the first axis is time: state is kept from step to step
  std::vector<int> resetBefore;        ///< state is cleared before these steps
  std::optional<Tolerance> tolerance;  ///< none: compare with ==
  std::int64_t count = 0;              ///< samples or steps: the first extent of all tensors

  // By layer name, [count, x, y, c]; `state` by "layer/name", after every step.
  std::map<std::string, Tensor> in, out, predict, state, exact;
};

/// Reads a vector file; errors begin with `path`. Unsupported: it has layers of an unknown type.
/// An InputConv2D that is fed with int8 tensors is given input_signed.
Result<VectorFile> loadVector(const std::string& path);

/// Sample `i` of a tensor [n, ...], as I32 or, for float tensors, F32.
Tensor sampleOf(const Tensor& stacked, std::int64_t i);

/// The first element in which a layer's output differs from what was recorded, and how many do.
struct Mismatch {
  std::string layer;  ///< or "layer/state name", "predict/layer"
  std::int64_t sample = 0;
  std::int64_t index = 0;  ///< row-major, within the sample
  std::int64_t count = 0;  ///< elements that differ
  double expected = 0;
  double got = 0;

  /// "layer 'conv1', sample 0, element 17: 3, expected 4 (12 elements differ)"
  std::string toString() const;
};

/// Compares elements with ==. Tensors of other sizes differ at element -1. Names no layer.
std::optional<Mismatch> compare(const Tensor& expected, const Tensor& got);

/// What a backend computed for one sample; by layer index. An empty tensor is not compared.
struct SampleResult {
  std::vector<Tensor> layers;
  std::vector<LayerState> states;
};

/// Computes one sample from the feeds (as runReference takes them); `reset` clears state first.
using SampleRunner = std::function<Result<SampleResult>(std::span<const Tensor> feeds, bool reset)>;

struct VectorResult {
  std::int64_t values = 0;           ///< elements compared
  std::vector<Mismatch> mismatches;  ///< at most one a layer and sample
};

/// Runs all samples and compares every recorded output, prediction and state. Errors: those of the
/// runner; Value: a feed is missing, a state is none of its layer's, or nothing was compared.
/// Unsupported: the vector has a
/// tolerance.
Result<VectorResult> verifyVector(const VectorFile& vector, const SampleRunner& run);

/// verifyVector on the CPU reference.
Result<VectorResult> verifyReference(const VectorFile& vector);

}  // namespace glint
