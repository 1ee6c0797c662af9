#include <algorithm>

#include <doctest/doctest.h>

#include "core/file.h"
#include "events/event_reader.h"
#include "tests/events/example_files.h"
#include "tests/support/skip.h"

namespace glint::events {
namespace {

/// The events before the damage, if there is any. A damage names the file and a byte within it.
std::vector<Event> checked(const test::Bytes& bytes, const std::string& name, bool& damaged) {
  const auto reader = EventReader::open(bytes, name);
  const Result<Recording> recording =
      reader.ok() ? readRecording(**reader, true) : Result<Recording>(reader.error());
  std::optional<Error> damage;
  if (!recording.ok()) damage = recording.error();
  if (recording.ok()) damage = recording->damage;
  damaged = damage.has_value();
  if (damaged) {
    const std::string start = name + ": at byte ";
    CHECK((damage->code == Errc::Format || damage->code == Errc::Unsupported));
    CHECK(damage->message.find(start) == 0);
    CHECK(std::stoull(damage->message.substr(start.size())) <= bytes.size());
  }
  return recording.ok() ? recording->events : std::vector<Event>();
}

bool isStart(const std::vector<Event>& part, const std::vector<Event>& whole) {
  return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

/// Cuts the file everywhere, and changes every byte.
void damageEverywhere(const std::string& name, const test::Bytes& bytes) {
  bool damaged = false;
  const std::vector<Event> whole = checked(bytes, name, damaged);
  CAPTURE(name);
  CHECK_FALSE(damaged);
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const test::Bytes cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(length));
    const std::vector<Event> part = checked(cut, name, damaged);
    if (isStart(part, whole) && (damaged || part.size() < whole.size() || whole.empty())) continue;
    // What may be missing without notice: words behind the last event.
    if (part == whole) continue;
    FAIL(length);
  }
  test::Bytes changed = bytes;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (const int flip : {1, 0x80, 0xFF}) {
      changed[at] = bytes[at] ^ static_cast<std::byte>(flip);
      checked(changed, name, damaged);
    }
    changed[at] = bytes[at];
  }
}

}  // namespace

TEST_CASE("files that are cut or changed anywhere are refused with the byte, or read") {
  for (const test::ExampleFile& file : test::exampleFiles()) {
    damageEverywhere(file.name, file.bytes);
  }
}

TEST_CASE("LZ4 frames notice every changed byte of their content") {
  const test::Bytes bytes = test::exampleFiles().back().bytes;
  const test::Bytes packet =
      test::eventPacket({test::exampleEvents().begin() + 2, test::exampleEvents().end()});
  test::Bytes changed = bytes;
  for (std::size_t i = 0; i < packet.size() + 8; ++i) {
    std::byte& byte = changed[bytes.size() - 1 - i];
    byte ^= std::byte{4};
    bool damaged = false;
    checked(changed, "a.aedat4", damaged);
    CHECK(damaged);
    byte ^= std::byte{4};
  }
}

TEST_CASE("recorded files that are cut or changed anywhere") {
  for (const char* name :
       {"nmnist_overflow.bin", "npy_xytp_i2i2i8i1.npy", "npy_empty.npy", "evt2.raw",
        "evt3_vectors.raw", "prophesee.dat", "aedat4_none.aedat4", "aedat4_lz4_triggers.aedat4"}) {
    const auto bytes = readFile("../shared/data/events/" + std::string(name));
    if (!bytes.ok()) return test::skip("../shared/data/events is not here");
    damageEverywhere(name, *bytes);
  }
}

}  // namespace glint::events
