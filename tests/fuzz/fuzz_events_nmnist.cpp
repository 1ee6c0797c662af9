#include "tests/fuzz/read_events.h"

/// N-MNIST files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  glint::test::readEvents("a.bin", data, size);
  return 0;
}
