#include <cstddef>
#include <cstdint>
#include <string_view>

#include "nnets/formats/model_description.h"
#include "nnets/formats/model_file.h"

/// Any text is either refused or a model that can be saved and read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto model = glint::modelFromDescription(text);
  if (!model.ok()) return 0;
  const auto again = glint::modelFromSafeTensors(glint::modelToSafeTensors(*model));
  if (!again.ok() || again->layerCount() != model->layerCount()) __builtin_trap();
  return 0;
}
