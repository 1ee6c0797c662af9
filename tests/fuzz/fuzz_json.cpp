#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/json.h"

/// Any text is an error or a value; a value is written as a text that reads back as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const glint::Result<glint::Json> value = glint::parseJson(text);
  if (!value.ok()) {
    if (value.error().code != glint::Errc::Format) std::abort();
    return 0;
  }
  for (const int indent : {-1, 2}) {
    const std::string written = value->dump(indent);
    const glint::Result<glint::Json> again = glint::parseJson(written);
    if (!again.ok() || !(*again == *value) || again->dump(indent) != written) std::abort();
  }
  // Any bytes are written as a legal text.
  if (!glint::parseJson(glint::Json(text).dump()).ok()) std::abort();
  return 0;
}
