#include "tests/fuzz/read_events.h"

/// NumPy files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  glint::test::readEvents("a.npy", data, size);
  return 0;
}
