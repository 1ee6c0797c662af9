#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "nnets/api/model.h"

/// Any bytes are either refused, or a model that survives its own round trip.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto model = glint::api::Model::fromBuffer(std::as_bytes(std::span(data, size)));
  if (!model.ok()) return 0;
  const auto written = model->toBuffer();
  if (!written.ok()) std::abort();
  const auto again = glint::api::Model::fromBuffer(*written);
  if (!again.ok() || again->toDict() != model->toDict() || *again->toBuffer() != *written) {
    std::abort();
  }
  return 0;
}
