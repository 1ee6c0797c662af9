// EVT2, EVT3 and DAT. Source: Prophesee, Metavision SDK documentation, "Data encoding formats":
// EVT 2.0 format, EVT 3.0 format, DAT file format. Words are little endian.
#include <algorithm>
#include <optional>
#include <utility>

#include "events/formats.h"
#include "events/prophesee_header.h"

namespace glint::events {
namespace {

/// `part` of the bits of a word, from bit `low` on.
constexpr std::uint32_t bits(std::uint32_t word, int low, int count) {
  return (word >> low) & ((1U << count) - 1);
}

constexpr std::uint16_t narrow(std::uint32_t value) { return static_cast<std::uint16_t>(value); }

std::string unknownType(std::uint32_t type, const char* legal) {
  return "a word of type " + std::to_string(type) + ", legal: " + legal;
}

/// The upper bits of the time, which come in words of their own and wrap.
class TimeHigh {
 public:
  /// `count`: bits of the upper part.
  explicit TimeHigh(int count) : period_(std::int64_t{1} << count) {}

  void set(std::int64_t value) {
    // Half a period back is a wrap; less is a clock that was set back, and is kept as it is.
    if (known_ && value + period_ / 2 <= value_) wraps_ += period_;
    value_ = value;
    known_ = true;
  }
  bool known() const { return known_; }
  std::int64_t value() const { return wraps_ + value_; }

 private:
  std::int64_t period_;
  std::int64_t value_ = 0;
  std::int64_t wraps_ = 0;
  bool known_ = false;
};

class Evt2Reader : public RecordReader {
 public:
  Evt2Reader(ByteStream stream, const RecordingInfo& info) : RecordReader(std::move(stream), 4) {
    info_ = info;
  }

 private:
  bool record(const std::byte* at, std::vector<Event>& events, std::string& error) override {
    const auto word = littleEndian<std::uint32_t>(at);
    const std::uint32_t type = bits(word, 28, 4);
    switch (type) {
      case 0x0:
      case 0x1:
        if (!high_.known()) return true;  // the recording began between two times
        return add(events,
                   {high_.value() * 64 + bits(word, 22, 6), narrow(bits(word, 11, 11)),
                    narrow(bits(word, 0, 11)), type == 0x1},
                   error);
      case 0x8:
        high_.set(bits(word, 0, 28));
        return true;
      case 0xA:  // trigger
      case 0xE:  // others
      case 0xF:  // continued
        return true;
      default:
        error = unknownType(type, "0, 1, 8, 10, 14, 15 (EVT2)");
        return false;
    }
  }

  TimeHigh high_{28};
};

class Evt3Reader : public RecordReader {
 public:
  Evt3Reader(ByteStream stream, const RecordingInfo& info) : RecordReader(std::move(stream), 2) {
    info_ = info;
  }

 private:
  bool record(const std::byte* at, std::vector<Event>& events, std::string& error) override {
    const std::uint32_t word = littleEndian<std::uint16_t>(at);
    const std::uint32_t type = bits(word, 12, 4);
    switch (type) {
      case 0x0:
        y_ = narrow(bits(word, 0, 11));
        return true;
      case 0x2:
        return place(events, bits(word, 0, 11), bits(word, 11, 1) != 0, error);
      case 0x3:
        base_ = bits(word, 0, 11);
        on_ = bits(word, 11, 1) != 0;
        return true;
      case 0x4:
        return vector(events, bits(word, 0, 12), 12, error);
      case 0x5:
        return vector(events, bits(word, 0, 8), 8, error);
      case 0x6:
        low_ = bits(word, 0, 12);
        return true;
      case 0x8:
        setHigh(bits(word, 0, 12));
        return true;
      case 0x7:  // continued, 4 bits
      case 0xA:  // trigger
      case 0xE:  // others
      case 0xF:  // continued, 12 bits
        return true;
      default:
        error = unknownType(type, "0, 2 to 8, 10, 14, 15 (EVT3)");
        return false;
    }
  }

  void setHigh(std::int64_t value) {
    const std::int64_t before = high_.value();
    const bool known = high_.known();
    high_.set(value);
    if (!known || high_.value() != before) low_ = 0;  // a time low follows before any event
  }

  /// An event in the present row; none before row and time are known: the recording began between.
  bool place(std::vector<Event>& events, std::uint32_t x, bool on, std::string& error) {
    if (!y_ || !high_.known()) return true;
    return add(events, {high_.value() * 4096 + low_, narrow(x), *y_, on}, error);
  }

  /// Events at the bits that are set, from the base on, which moves by all of them.
  bool vector(std::vector<Event>& events, std::uint32_t valid, std::uint32_t count,
              std::string& error) {
    if (!base_) return true;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (bits(valid, static_cast<int>(i), 1) == 0) continue;
      if (*base_ + i >= kColumns) {
        error = "a vector of events runs past column " + std::to_string(kColumns - 1);
        return false;
      }
      if (!place(events, *base_ + i, on_, error)) return false;
    }
    base_ = std::min(*base_ + count, kColumns);
    return true;
  }

  static constexpr std::uint32_t kColumns = 2048;  // coordinates have 11 bits

  TimeHigh high_{12};
  std::uint32_t low_ = 0;
  std::optional<std::uint16_t> y_;
  std::optional<std::uint32_t> base_;
  bool on_ = false;
};

class DatReader : public RecordReader {
 public:
  DatReader(ByteStream stream, const RecordingInfo& info) : RecordReader(std::move(stream), 8) {
    info_ = info;
  }

 private:
  bool record(const std::byte* at, std::vector<Event>& events, std::string& error) override {
    time_.set(littleEndian<std::uint32_t>(at));
    const auto word = littleEndian<std::uint32_t>(at + 4);
    return add(events,
               {time_.value(), narrow(bits(word, 0, 14)), narrow(bits(word, 14, 14)),
                bits(word, 28, 1) != 0},
               error);
  }

  TimeHigh time_{32};
};

/// The two bytes behind the header of a DAT file: the type of its events and their size.
Status readDatTypes(ByteStream& stream) {
  GLINT_ASSIGN(const auto bytes, stream.peek(2));
  if (bytes.size() < 2) return stream.damaged("the file ends before the event type and event size");
  const int type = std::to_integer<int>(bytes[0]), size = std::to_integer<int>(bytes[1]);
  if (type != 0 && type != 12) {
    return stream.damaged("event type " + std::to_string(type) + ", legal: 0 (2D), 12 (CD)");
  }
  if (size != 8) {
    return stream.damagedAt(stream.offset() + 1,
                            "the event size is not 8 bytes but " + std::to_string(size));
  }
  stream.skip(2);
  return {};
}

template <typename Reader>
std::unique_ptr<EventReader> make(ByteStream stream, const RecordingInfo& info) {
  return std::make_unique<Reader>(std::move(stream), info);
}

}  // namespace

Result<std::unique_ptr<EventReader>> openProphesee(ByteStream stream) {
  GLINT_ASSIGN(const PropheseeHeader header, readPropheseeHeader(stream));
  RecordingInfo info;
  info.format = header.format;
  info.width = header.width;
  info.height = header.height;
  if (info.format == Format::Evt2) return make<Evt2Reader>(std::move(stream), info);
  if (info.format == Format::Evt3) return make<Evt3Reader>(std::move(stream), info);
  GLINT_TRY(readDatTypes(stream));
  return make<DatReader>(std::move(stream), info);
}

}  // namespace glint::events
