#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "nnets/api/model.h"

namespace {

using glint::api::Layer;
using glint::api::Model;

/// Whatever a model holds can be asked for. Neutral variables are made when asked for: not those of
/// layers that would be huge.
void ask(const Model& model) {
  if (model.sequences()[0].bytes > 1 << 20) return;
  for (const Layer& layer : model.layers()) {
    if (!layer.variables().ok() || !layer.outputDims().ok()) std::abort();
  }
  if (model.summary().empty()) std::abort();
}

}  // namespace

/// Any text is either refused, or a model that comes back the same as dict, JSON and buffer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto model = Model::fromJson(text);
  if (!model.ok()) return 0;
  const glint::Json dict = model->toDict();
  const auto fromDict = Model::fromDict(dict);
  const auto fromJson = Model::fromJson(model->toJson());
  if (!fromDict.ok() || fromDict->toDict() != dict) std::abort();
  if (!fromJson.ok() || fromJson->toDict() != dict) std::abort();
  if (model->getLayerCount() == 0) return 0;
  const auto buffer = model->toBuffer();
  if (!buffer.ok()) std::abort();
  const auto fromBuffer = Model::fromBuffer(*buffer);
  if (!fromBuffer.ok() || fromBuffer->toDict() != dict) std::abort();
  ask(*model);
  return 0;
}
