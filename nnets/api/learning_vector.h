#pragma once

#include <string>
#include <vector>

#include "core/safetensors.h"
#include "nnets/api/model.h"
#include "nnets/formats/vector_file.h"

namespace glint::api {

/// A test vector of learning: an InputData and a FullyConnected, calls in order, and what the layer
/// has learned after each (docs/file-format.md).
struct LearningVector {
  /// fit, or add_classes of so many.
  struct Call {
    bool fits = true;
    int classes = 0;
  };
  Shape inputShape;
  int units = 0;
  LearningParams optimizer;
  std::vector<Call> calls;
  SafeTensors file;
};

/// Whether a container is one: it has metadata `spec` of the layer AkidaUnsupervised.
bool isLearningVector(const SafeTensors& file);

/// Errors (Format, Value) name the key; Unsupported: a call that is not known.
Result<LearningVector> readLearningVector(SafeTensors file);

/// Its model, compiled and in software.
Result<Model> learningModel(const LearningVector& vector);

/// Makes all calls on that model, wherever it is mapped, and compares every recorded tensor:
/// outputs, variables and histograms. A mismatch names the tensor. Errors: those of the calls;
/// Format: an input is missing; Value: nothing was compared.
Result<VectorResult> verifyLearning(const LearningVector& vector, Model& model);

}  // namespace glint::api
