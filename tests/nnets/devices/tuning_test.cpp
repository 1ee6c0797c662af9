#include "nnets/devices/tuning.h"

#include <doctest/doctest.h>

using namespace glint;

TEST_CASE("renderers as drivers name them find their rule") {
  const auto name = [](const char* renderer) -> std::string_view {
    const DeviceRule* rule = ruleFor(renderer);
    return rule == nullptr ? std::string_view("none") : rule->name;
  };
  CHECK(name("llvmpipe (LLVM 15.0.6, 256 bits)") == "llvmpipe");
  CHECK(name("softpipe") == "softpipe");
  CHECK(name("VC4 V3D 2.1") == "Raspberry Pi 0 to 3 (VideoCore IV)");
  CHECK(name("V3D 4.2") == "Raspberry Pi 4 and 5 (V3D)");
  CHECK(name("Adreno (TM) 630") == "Adreno");
  CHECK(name("FD630") == "Adreno");
  CHECK(name("Mali-G52 r1 (Panfrost)") == "Mali Bifrost");
  CHECK(name("Mali-G57") == "Mali Valhall");
  CHECK(name("Mali-G610") == "Mali Valhall");
  CHECK(name("NVIDIA H200/PCIe/SSE2") == "none");
}

TEST_CASE("an unknown device gets the defaults, a known one its rule") {
  CHECK(mappingFor("something new").programMacs == MappingOptions().programMacs);
  CHECK(mappingFor("V3D 4.2").mostTargets == 2);
  CHECK(mappingFor("V3D 4.2").bytes == Storage::Uint8);
}

TEST_CASE("every rule says why") {
  for (const DeviceRule& rule : deviceRules()) CHECK(!rule.why.empty());
}
