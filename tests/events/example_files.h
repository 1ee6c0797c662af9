#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.h"

/// Small files of each format, put together word by word.
namespace glint::test {

using Bytes = std::vector<std::byte>;

/// Bytes written one after the other.
class Writer {
 public:
  Writer& text(std::string_view text);
  /// The lowest `size` bytes of `value`, the lowest first.
  Writer& little(std::uint64_t value, int size);
  Writer& big(std::uint64_t value, int size);
  Writer& bytes(const Bytes& bytes);
  const Bytes& done() const { return bytes_; }

 private:
  Bytes bytes_;
};

struct ExampleFile {
  std::string name;
  Bytes bytes;
};

/// The same five events in every format.
const std::vector<events::Event>& exampleEvents();
std::vector<ExampleFile> exampleFiles();

Bytes npyFile(const std::string& header, const Bytes& data);
Bytes rawHeader(const std::string& evt, const std::string& format);
/// A FlatBuffer EVTS with its size in front.
Bytes eventPacket(const std::vector<events::Event>& events);
/// An AEDAT4 file of one stream; `lz4`: packets are frames of one stored block.
Bytes aedat4File(const std::vector<Bytes>& packets, bool lz4, int compression = -1);

}  // namespace glint::test
