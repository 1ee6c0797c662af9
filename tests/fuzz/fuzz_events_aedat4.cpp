#include "tests/fuzz/read_events.h"

/// AEDAT4 files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  glint::test::readEvents("a.aedat4", data, size);
  return 0;
}
