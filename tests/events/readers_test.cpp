#include <algorithm>

#include <doctest/doctest.h>

#include "core/file.h"
#include "events/event_reader.h"
#include "tests/core/temp_folder.h"
#include "tests/events/example_files.h"

namespace glint::events {
namespace {

using test::Bytes;
using test::Writer;

Result<Recording> read(const std::string& name, const Bytes& bytes,
                       const ReadOptions& options = {}) {
  auto reader = EventReader::open(bytes, name, options);
  if (!reader.ok()) return reader.error();
  return readRecording(**reader);
}

std::vector<Event> eventsOf(const std::string& name, const Bytes& bytes,
                            const ReadOptions& options = {}) {
  const Result<Recording> recording = read(name, bytes, options);
  INFO(name);
  if (!recording.ok()) FAIL(recording.error().message);
  return recording->events;
}

std::string errorOf(const std::string& name, const Bytes& bytes, const ReadOptions& options = {}) {
  const Result<Recording> recording = read(name, bytes, options);
  REQUIRE_FALSE(recording.ok());
  CHECK(recording.error().message.find(name) == 0);
  return recording.error().message;
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("every format gives the events that were written") {
  for (const test::ExampleFile& file : test::exampleFiles()) {
    CAPTURE(file.name);
    CHECK(eventsOf(file.name, file.bytes) == test::exampleEvents());
  }
}

TEST_CASE("a file on disk reads as its bytes do, and in parts") {
  const test::TempFolder folder;
  Writer data;
  std::vector<Event> expected;
  for (std::uint32_t i = 0; i < 100000; ++i) {
    expected.push_back({i, static_cast<std::uint16_t>(i % 34), 5, i % 3 == 0});
    data.big(i % 34, 1).big(5, 1).big((i % 3 == 0 ? 1U << 23 : 0U) | i, 3);
  }
  const std::string path = folder.file("long.bin");
  REQUIRE(writeFile(path, data.done()).ok());
  const auto reader = EventReader::open(path);
  REQUIRE(reader.ok());
  std::vector<Event> events;
  int parts = 0;
  for (;; ++parts) {
    const Result<bool> more = (*reader)->next(events);
    REQUIRE(more.ok());
    if (!*more) break;
  }
  CHECK(parts > 3);
  CHECK(events == expected);
  CHECK((*reader)->offset() == data.done().size());
  CHECK(has(EventReader::open(folder.file("none.bin")).error().message, "No such file"));
}

TEST_CASE("a format is told by its content, not by the name") {
  for (const test::ExampleFile& file : test::exampleFiles()) {
    if (file.name == "a.bin") continue;
    CHECK(eventsOf("recording", file.bytes) == test::exampleEvents());
  }
  CHECK(has(errorOf("recording", test::exampleFiles()[0].bytes), "no known recording"));
  CHECK(eventsOf("A.BS2", test::exampleFiles()[0].bytes) == test::exampleEvents());
  CHECK(has(errorOf("x.aedat4", Bytes(40)), "not AEDAT 4.0"));
  CHECK(has(errorOf("x.npy", Bytes(40)), "not a NumPy file"));
  CHECK(has(errorOf("x.raw", Bytes(40)), "% evt"));
}

TEST_CASE("N-MNIST: a marker in row 240 adds 8192 us from there on, and is no event") {
  Writer file;
  file.big(1, 1).big(2, 1).big(8000, 3);
  file.big(0, 1).big(240, 1).big(0, 3);
  file.big(0, 1).big(240, 1).big(99, 3);
  file.big(3, 1).big(4, 1).big((1U << 23) | 5, 3);
  CHECK(eventsOf("a.bin", file.done()) ==
        std::vector<Event>{{8000, 1, 2, false}, {16389, 3, 4, true}});
}

TEST_CASE("EVT2 and EVT3: times wrap, other words are passed over, early events have no time") {
  Writer two;
  two.bytes(test::rawHeader("2.0", "EVT2")).little(1U << 28 | 5U << 11 | 6, 4);
  two.little(0x8FFFFFFFU, 4).little(63U << 22 | 5U << 11 | 6, 4).little(0xA0000001U, 4);
  two.little(0x80000000U, 4).little(0xE0000000U, 4).little(0xF0000000U, 4);
  two.little(1U << 28 | 1U << 22 | 7, 4);
  const std::int64_t wrap = std::int64_t{1} << 34;
  CHECK(eventsOf("2.raw", two.done()) ==
        std::vector<Event>{{wrap - 1, 5, 6, false}, {wrap + 1, 0, 7, true}});

  Writer three;
  three.bytes(test::rawHeader("3.0", "EVT3")).little(0x2005, 2).little(0x0006, 2);
  three.little(0x2005, 2).little(0x8FFF, 2).little(0x6FFF, 2).little(0x2805, 2);
  three.little(0xA000, 2).little(0x7000, 2).little(0xE000, 2).little(0xF000, 2);
  three.little(0x8000, 2).little(0x2001, 2);  // the lower half begins anew
  CHECK(eventsOf("3.raw", three.done()) ==
        std::vector<Event>{{(1 << 24) - 1, 5, 6, true}, {1 << 24, 1, 6, false}});
}

TEST_CASE("EVT3: vectors set bits from the base on, which moves by 12 and by 8") {
  Writer file;
  file.bytes(test::rawHeader("3.0", "EVT3")).little(0x8001, 2).little(0x6002, 2).little(0x0003, 2);
  file.little(0x4001, 2);  // no base yet
  file.little(0x3802, 2).little(0x4801, 2).little(0x5081, 2).little(0x5001, 2);
  std::vector<Event> expected;
  for (const int x : {2, 13, 14, 21, 22})
    expected.push_back({4098, static_cast<std::uint16_t>(x), 3, true});
  CHECK(eventsOf("3.raw", file.done()) == expected);
  Writer wide;
  wide.text("% evt 3.0\n").little(0x8001, 2).little(0x0003, 2).little(0x3000 | 2047, 2);
  wide.little(0x4003, 2);
  CHECK(has(errorOf("w.raw", wide.done()), "at byte 16: a vector of events runs past column 2047"));
}

TEST_CASE("events outside the sensor are damage, at their byte") {
  Writer file;
  file.bytes(test::rawHeader("2.0", "EVT2")).little(0x80000001U, 4).little(40U << 11, 4);
  const std::size_t at = test::rawHeader("2.0", "EVT2").size() + 4;
  const std::string error = errorOf("2.raw", file.done());
  CHECK(has(error, "at byte " + std::to_string(at)));
  CHECK(has(error, "x 40, y 0, outside the sensor of 40x34"));
}

TEST_CASE("DAT: times of 32 bits wrap; types and versions other than those known are refused") {
  const auto dat = [](const char* header, int type, int size) {
    Writer file;
    file.text(header).little(static_cast<unsigned>(type), 1).little(static_cast<unsigned>(size), 1);
    return file.little(0xFFFFFFFFU, 4).little(1, 4).little(4, 4).little(2, 4).done();
  };
  const char* const header = "% Data file containing CD events.\n% Version 2\n";
  CHECK(eventsOf("a.dat", dat(header, 0, 8)) ==
        std::vector<Event>{{0xFFFFFFFFLL, 1, 0, false}, {0x100000004LL, 2, 0, false}});
  CHECK(has(errorOf("a.dat", dat(header, 12, 9)), "event size is not 8"));
  CHECK(has(errorOf("a.dat", dat(header, 14, 8)), "event type 14, legal: 0 (2D), 12 (CD)"));
  CHECK(has(errorOf("a.dat", dat("% Version 1\n", 12, 8)), "DAT version '1', legal: 2"));
}

TEST_CASE("NumPy: columns by option, units of time, and columns one after the other") {
  Writer data;
  for (const int value : {3, 4, 7, 8, 1, 0, 20, 30}) data.little(static_cast<unsigned>(value), 2);
  ReadOptions options;
  options.columns = "xypt";
  options.timeUnit = 1000;
  const Bytes file =
      test::npyFile("{'descr': '<u2', 'fortran_order': True, 'shape': (2, 4), }", data.done());
  CHECK(eventsOf("a.npy", file, options) ==
        std::vector<Event>{{20000, 3, 7, true}, {30000, 4, 8, false}});
  CHECK(has(errorOf("a.npy", file), "column p holds 20, legal: 0, 1 or -1, 1"));
  options.columns = "xyt";
  CHECK(EventReader::open(file, "a.npy", options).error().code == Errc::Value);
}

TEST_CASE("NumPy: signed polarities, floats that are integers, other fields between") {
  Writer data;
  data.little(0xFF, 1)
      .little(9, 4)
      .little(0x40400000, 4)
      .little(4, 1)
      .little(0x4024000000000000, 8);
  const Bytes file = test::npyFile(
      "{'descr': [('p', '|i1'), ('name', '<U1'), ('x', '<f4'), ('y', '|u1'), ('t', '<f8')], "
      "'fortran_order': False, 'shape': (1,)}",
      data.done());
  CHECK(eventsOf("a.npy", file) == std::vector<Event>{{10, 3, 4, false}});
}

TEST_CASE("NumPy: what cannot be events is refused") {
  const auto error = [](const std::string& header) {
    return errorOf("a.npy", test::npyFile(header, Bytes(64)));
  };
  const std::string end = "'fortran_order': False, 'shape': (2, 4)}";
  CHECK(has(error("{'descr': '|O', " + end), "object (pickle) data is refused"));
  CHECK(has(error("{'descr': '<c8', " + end), "type 'c8', legal: integers"));
  CHECK(has(error("{'descr': [('x', '<i2'), ('y', '<i2'), ('p', '|b1')], " + end), "no field t"));
  CHECK(has(error("{'descr': [('x', '<i2', (2,))], " + end), "field 'x' is no single number"));
  CHECK(has(error("{'descr': '<i2', 'fortran_order': False, 'shape': (2, 5)}"), "legal: [N]"));
  CHECK(has(error("{'descr': '<i2', 'shape': (8, 4)"), "',' or '}' is missing"));
  CHECK(has(error("{'descr': '<i2', 'fortran_order': False, 'shape': (9, 4)}"),
            "fewer bytes than the header announces"));
  CHECK(has(error("{'descr': '<i2', 'fortran_order': False, 'shape': (7, 4)}"), "more bytes"));
  CHECK(has(error("{'descr': '<i2', 'what': 1}"), "unknown key 'what'"));
}

TEST_CASE("AEDAT4: other streams and compressions") {
  const Bytes packet = test::eventPacket(test::exampleEvents());
  CHECK(has(errorOf("a.aedat4", test::aedat4File({packet}, false, 3)), "Zstandard"));
  CHECK(has(errorOf("a.aedat4", test::aedat4File({packet}, false, 9)), "unknown compression 9"));
  ReadOptions options;
  options.stream = 1;
  CHECK(has(errorOf("a.aedat4", test::aedat4File({packet}, false), options),
            "stream 1 of events, legal: 0 to 0"));
  Bytes other = packet;
  std::copy_n(reinterpret_cast<const std::byte*>("TRIG"), 4, other.begin() + 8);
  CHECK(has(errorOf("a.aedat4", test::aedat4File({other}, false)), "that is none"));
}

TEST_CASE("what is before the damage is delivered on request") {
  for (const test::ExampleFile& file : test::exampleFiles()) {
    CAPTURE(file.name);
    const Bytes cut(file.bytes.begin(), file.bytes.end() - 1);
    const auto reader = EventReader::open(cut, file.name);
    REQUIRE(reader.ok());
    const Result<Recording> recording = readRecording(**reader, true);
    REQUIRE(recording.ok());
    REQUIRE(recording->damage.has_value());
    CHECK(has(recording->damage->message, file.name + ": at byte "));
    const std::size_t whole = file.name.find("aedat4") == std::string::npos ? 4 : 2;
    REQUIRE(recording->events.size() == whole);
    CHECK(std::equal(recording->events.begin(), recording->events.end(),
                     test::exampleEvents().begin()));
    CHECK_FALSE(readRecording(**EventReader::open(cut, file.name)).ok());
  }
}

}  // namespace glint::events
