#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "nnets/formats/model_file.h"

/// Any bytes are either refused or a model that survives its own round trip.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = glint::parseSafeTensors(std::as_bytes(std::span(data, size)));
  if (!file.ok()) return 0;
  const auto model = glint::modelFromSafeTensors(*file);
  if (!model.ok()) return 0;
  const glint::SafeTensors written = glint::modelToSafeTensors(*model);
  const auto again = glint::modelFromSafeTensors(written);
  if (!again.ok() || again->layerCount() != model->layerCount()) __builtin_trap();
  return 0;
}
