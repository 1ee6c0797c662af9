#include "tests/fuzz/read_events.h"

/// EVT2, EVT3 and DAT files.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  glint::test::readEvents("a.raw", data, size);
  return 0;
}
