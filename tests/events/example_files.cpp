#include "tests/events/example_files.h"

#include <algorithm>

#include "events/lz4.h"

namespace glint::test {
namespace {

using events::Event;

Bytes nmnist() {
  Writer file;
  for (const Event& e : exampleEvents()) {
    const auto time = static_cast<std::uint64_t>(e.time);
    file.big(e.x, 1).big(e.y, 1).big((e.on ? 1U << 23 : 0U) | time, 3);
  }
  return file.done();
}

Bytes structuredNpy() {
  Writer data;
  for (const Event& e : exampleEvents()) {
    data.little(static_cast<std::uint64_t>(e.time), 8).little(e.x, 2).big(e.y, 2).little(e.on, 1);
  }
  return npyFile(
      "{'descr': [('t', '<i8'), ('x', '<u2'), ('y', '>u2'), ('p', '|b1')], "
      "'fortran_order': False, 'shape': (5,), }",
      data.done());
}

Bytes plainNpy() {
  Writer data;
  for (const Event& e : exampleEvents()) {
    data.little(e.x, 4).little(e.y, 4).little(static_cast<std::uint64_t>(e.time), 4);
    data.little(e.on, 4);
  }
  return npyFile("{'descr': '<i4', 'fortran_order': False, 'shape': (5, 4), }", data.done());
}

Bytes evt2() {
  Writer file;
  file.bytes(rawHeader("2.0", "EVT2"));
  std::int64_t high = -1;
  for (const Event& e : exampleEvents()) {
    if (e.time >> 6 != high) file.little(0x80000000U | (high = e.time >> 6), 4);
    const std::uint64_t low = static_cast<std::uint64_t>(e.time) & 63;
    file.little((e.on ? 1U << 28 : 0U) | low << 22 | e.x << 11U | e.y, 4);
  }
  return file.done();
}

Bytes evt3() {
  Writer file;
  file.bytes(rawHeader("3.0", "EVT3"));
  std::int64_t high = -1;
  for (const Event& e : exampleEvents()) {
    if (e.time >> 12 != high) file.little(0x8000U | (high = e.time >> 12), 2);
    file.little(0x6000U | (static_cast<std::uint64_t>(e.time) & 4095), 2);
    file.little(e.y, 2).little(0x2000U | (e.on ? 0x800U : 0U) | e.x, 2);
  }
  return file.done();
}

Bytes dat() {
  Writer file;
  file.text("% Data file containing CD events.\n% Version 2\n% Width 40\n% Height 34\n");
  file.little(12, 1).little(8, 1);
  for (const Event& e : exampleEvents()) {
    file.little(static_cast<std::uint64_t>(e.time), 4);
    file.little((e.on ? 1U << 28 : 0U) | std::uint32_t{e.y} << 14 | e.x, 4);
  }
  return file.done();
}

Bytes twoPackets(bool lz4) {
  const std::vector<Event>& all = exampleEvents();
  return aedat4File(
      {eventPacket({all.begin(), all.begin() + 2}), eventPacket({all.begin() + 2, all.end()})},
      lz4);
}

}  // namespace

Writer& Writer::text(std::string_view text) {
  for (const char c : text) bytes_.push_back(static_cast<std::byte>(c));
  return *this;
}

Writer& Writer::little(std::uint64_t value, int size) {
  for (int i = 0; i < size; ++i) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
  return *this;
}

Writer& Writer::big(std::uint64_t value, int size) {
  for (int i = size; i-- > 0;) bytes_.push_back(static_cast<std::byte>(value >> (8 * i)));
  return *this;
}

Writer& Writer::bytes(const Bytes& bytes) {
  bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
  return *this;
}

const std::vector<events::Event>& exampleEvents() {
  static const std::vector<Event> events{{1000, 3, 7, true},
                                         {1000, 4, 7, false},
                                         {4095, 33, 0, true},
                                         {4100, 0, 33, false},
                                         {9001, 5, 6, true}};
  return events;
}

std::vector<ExampleFile> exampleFiles() {
  return {{"a.bin", nmnist()},
          {"records.npy", structuredNpy()},
          {"plain.npy", plainNpy()},
          {"2.raw", evt2()},
          {"3.raw", evt3()},
          {"a.dat", dat()},
          {"a.aedat4", twoPackets(false)},
          {"lz4.aedat4", twoPackets(true)}};
}

Bytes npyFile(const std::string& header, const Bytes& data) {
  Writer file;
  file.text("\x93NUMPY").little(1, 2).little(header.size() + 1, 2).text(header).text("\n");
  return file.bytes(data).done();
}

Bytes rawHeader(const std::string& evt, const std::string& format) {
  return Writer()
      .text("% evt " + evt + "\n% format " + format +
            ";height=34;width=40\n% geometry 40x34\n% end\n")
      .done();
}

Bytes eventPacket(const std::vector<events::Event>& events) {
  Writer buffer;  // offsets count from behind the size
  buffer.little(16, 4).text("EVTS").little(8, 2).little(8, 2).little(4, 2).little(0, 2);
  buffer.little(8, 4).little(4, 4).little(events.size(), 4);  // at 16: the table; at 24: the vector
  for (const Event& e : events) {
    buffer.little(static_cast<std::uint64_t>(e.time), 8)
        .little(e.x, 2)
        .little(e.y, 2)
        .little(e.on, 4);
  }
  return Writer().little(buffer.done().size(), 4).bytes(buffer.done()).done();
}

Bytes aedat4File(const std::vector<Bytes>& packets, bool lz4, int compression) {
  const std::string xml =
      "<node name=\"0\"><attr key=\"typeIdentifier\" type=\"string\">EVTS</attr>"
      "<attr key=\"sizeX\" type=\"int\">40</attr><attr key=\"sizeY\" type=\"int\">34</attr></node>";
  Writer header;  // the table at 20: compression at 4, text at 8, position of the data table at 12
  header.little(20, 4).text("IOHE").little(10, 2).little(20, 2).little(4, 2).little(12, 2);
  header.little(8, 2).little(0, 2).little(12, 4);
  header.little(static_cast<std::uint64_t>(compression >= 0 ? compression : lz4), 4);
  header.little(12, 4).little(~std::uint64_t{0}, 8).little(xml.size(), 4).text(xml);
  Writer file;
  file.text("#!AER-DAT4.0\r\n").little(header.done().size(), 4).bytes(header.done());
  for (const Bytes& packet : packets) {
    Writer payload;
    if (lz4) {
      const Bytes descriptor = Writer().little(0x64, 1).little(0x40, 1).done();
      payload.little(0x184D2204, 4).bytes(descriptor).little(events::xxh32(descriptor) >> 8, 1);
      payload.little(packet.size() | 0x80000000U, 4).bytes(packet).little(0, 4);
      payload.little(events::xxh32(packet), 4);
    } else {
      payload.bytes(packet);
    }
    file.little(0, 4).little(payload.done().size(), 4).bytes(payload.done());
  }
  return file.done();
}

}  // namespace glint::test
