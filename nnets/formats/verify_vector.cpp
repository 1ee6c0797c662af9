#include <algorithm>
#include <cstdio>
#include <utility>

#include "nnets/formats/vector_file.h"

namespace glint {
namespace {

double elementOf(const Tensor& tensor, std::int64_t i) {
  const auto at = static_cast<std::size_t>(i);
  if (tensor.type() == DType::F32) return static_cast<double>(tensor.as<float>()[at]);
  if (tensor.type() == DType::F64) return tensor.as<double>()[at];
  return static_cast<double>(tensor.integer(i));
}

bool equalAt(const Tensor& a, const Tensor& b, std::int64_t i) {
  if (isInteger(a.type()) && isInteger(b.type())) return a.integer(i) == b.integer(i);
  return elementOf(a, i) == elementOf(b, i);
}

std::string numberText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  return text;
}

/// Compares one recorded sample and adds what was found to `result`.
void check(const Tensor& expected, const Tensor& got, const std::string& name, std::int64_t sample,
           VectorResult& result) {
  if (got.size() == 0) return;
  const Tensor wanted = sampleOf(expected, sample);
  result.values += wanted.size();
  std::optional<Mismatch> mismatch = compare(wanted, got);
  if (!mismatch) return;
  mismatch->layer = name;
  mismatch->sample = sample;
  result.mismatches.push_back(*std::move(mismatch));
}

void checkSample(const VectorFile& vector, const SampleResult& got, std::int64_t sample,
                 VectorResult& result) {
  for (const auto& [name, expected] : vector.out) {
    const auto index = static_cast<std::size_t>(vector.model.find(name));
    if (index < got.layers.size()) check(expected, got.layers[index], name, sample, result);
  }
  for (const auto& [name, expected] : vector.predict) {
    const int index = vector.model.find(name);
    const auto at = static_cast<std::size_t>(index);
    if (at >= got.layers.size() || got.layers[at].size() == 0) continue;
    check(expected, vector.model.layer(index).predicted(got.layers[at]), "predict/" + name, sample,
          result);
  }
  for (const auto& [name, expected] : vector.state) {
    const std::size_t slash = name.find('/');
    const auto index = static_cast<std::size_t>(vector.model.find(name.substr(0, slash)));
    if (slash == std::string::npos || index >= got.states.size()) continue;
    const auto state = got.states[index].find(name.substr(slash + 1));
    if (state == got.states[index].end()) continue;
    check(expected, state->second, name, sample, result);
  }
}

/// Every recorded state has to be one that its layer keeps.
Status checkStateNames(const VectorFile& vector) {
  for (const auto& [path, tensor] : vector.state) {
    const std::size_t slash = path.find('/');
    const std::vector<StateDecl> table =
        vector.model.stateTable(vector.model.find(path.substr(0, slash)));
    const bool known = slash != std::string::npos &&
                       std::any_of(table.begin(), table.end(), [&](const StateDecl& decl) {
                         return decl.name == path.substr(slash + 1);
                       });
    if (known) continue;
    return Error{Errc::Value, "tensor 'state/" + path + "' is no state of its layer"};
  }
  return {};
}

}  // namespace

Tensor sampleOf(const Tensor& stacked, std::int64_t i) {
  Shape shape;
  for (int axis = 1; axis < stacked.shape().rank(); ++axis) shape.append(stacked.shape()[axis]);
  const std::int64_t count = shape.size();
  Tensor sample(isInteger(stacked.type()) ? DType::I32 : DType::F32, shape);
  for (std::int64_t n = 0; n < count; ++n) {
    const auto at = static_cast<std::size_t>(n);
    if (isInteger(stacked.type())) {
      sample.as<std::int32_t>()[at] = static_cast<std::int32_t>(stacked.integer(i * count + n));
    } else {
      sample.as<float>()[at] = static_cast<float>(elementOf(stacked, i * count + n));
    }
  }
  return sample;
}

std::string Mismatch::toString() const {
  const std::string where = "layer '" + layer + "', sample " + std::to_string(sample);
  if (index < 0) {
    return where + ": " + numberText(got) + " elements, expected " + numberText(expected);
  }
  return where + ", element " + std::to_string(index) + ": " + numberText(got) + ", expected " +
         numberText(expected) + " (" + std::to_string(count) + " elements differ)";
}

std::optional<Mismatch> compare(const Tensor& expected, const Tensor& got) {
  Mismatch mismatch;
  if (expected.size() != got.size()) {
    mismatch.index = -1;
    mismatch.count = std::max(expected.size(), got.size());
    mismatch.expected = static_cast<double>(expected.size());
    mismatch.got = static_cast<double>(got.size());
    return mismatch;
  }
  for (std::int64_t i = 0; i < expected.size(); ++i) {
    if (equalAt(expected, got, i)) continue;
    if (mismatch.count++ > 0) continue;
    mismatch.index = i;
    mismatch.expected = elementOf(expected, i);
    mismatch.got = elementOf(got, i);
  }
  if (mismatch.count == 0) return std::nullopt;
  return mismatch;
}

Result<VectorResult> verifyVector(const VectorFile& vector, const SampleRunner& run) {
  if (vector.tolerance) {
    return Error{Errc::Unsupported, "vectors with a tolerance cannot be compared with =="};
  }
  GLINT_TRY(checkStateNames(vector));
  VectorResult result;
  for (std::int64_t sample = 0; sample < vector.count; ++sample) {
    std::vector<Tensor> feeds;
    for (const int index : vector.model.feeds()) {
      const auto feed = vector.in.find(vector.model.layer(index).name);
      if (feed == vector.in.end()) {
        return within(describe(vector.model.layer(index)),
                      Error{Errc::Value, "the vector has no tensor in/ for it"});
      }
      feeds.push_back(sampleOf(feed->second, sample));
    }
    const auto& resets = vector.resetBefore;
    const bool reset = !vector.steps || sample == 0 ||
                       std::find(resets.begin(), resets.end(), sample) != resets.end();
    GLINT_ASSIGN(const SampleResult got, run(feeds, reset));
    checkSample(vector, got, sample, result);
  }
  if (result.values == 0) return Error{Errc::Value, "nothing was compared"};
  return result;
}

Result<VectorResult> verifyReference(const VectorFile& vector) {
  std::vector<LayerState> states;
  return verifyVector(
      vector, [&](std::span<const Tensor> feeds, bool reset) -> Result<SampleResult> {
        if (reset) states.clear();
        GLINT_ASSIGN(std::vector<Tensor> layers, runReference(vector.model, feeds, states));
        return SampleResult{std::move(layers), states};
      });
}

}  // namespace glint
