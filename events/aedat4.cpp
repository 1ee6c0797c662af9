// AEDAT 4.0, the files of DV. Source: iniVation, "AEDAT file formats", AEDAT 4.0: a mark, a
// FlatBuffer IOHE, packets of FlatBuffers as they are or in LZ4 frames, and a table that is not
// needed here.
#include <charconv>
#include <cstring>
#include <limits>
#include <utility>

#include "events/flat_buffer.h"
#include "events/formats.h"
#include "events/lz4.h"

namespace glint::events {
namespace {

constexpr std::string_view kMagic = "#!AER-DAT4.0\r\n";
constexpr std::size_t kEvent = 16;                          // bytes: time 8, x 2, y 2, polarity 1
constexpr std::size_t kMostDecoded = std::size_t{1} << 28;  // bytes of a packet, 16 million events
constexpr std::int64_t kLatest = std::int64_t{1} << 60;     // microseconds

/// What the XML text of the header says of a stream of events.
struct EventStream {
  std::int32_t id = 0;
  int width = 0, height = 0;  ///< pixels; 0: not said
};

/// The integer behind `key` in `text`, or 0.
int numberBehind(std::string_view text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string_view::npos) return 0;
  int value = 0;
  const auto [end, failure] =
      std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value);
  return failure == std::errc() && end != text.data() + text.size() && *end == '<' ? value : 0;
}

/// Streams stand one after the other: a node with the stream's number as name, a type, a size.
std::vector<EventStream> eventStreams(std::string_view xml) {
  constexpr std::string_view kType = "key=\"typeIdentifier\" type=\"string\">";
  constexpr std::string_view kNode = "<node name=\"";
  std::vector<EventStream> streams;
  for (std::size_t at = xml.find(kType); at != std::string_view::npos;) {
    const std::string_view before = xml.substr(0, at);
    const std::size_t next = xml.find(kType, at + kType.size());
    const std::string_view inside = xml.substr(at + kType.size(), next - at - kType.size());
    const std::size_t node = before.rfind(kNode);
    if (inside.starts_with("EVTS<") && node != std::string_view::npos) {
      EventStream stream;
      const char* const begin = before.data() + node + kNode.size();
      std::from_chars(begin, before.data() + before.size(), stream.id);
      stream.width = numberBehind(inside, "key=\"sizeX\" type=\"int\">");
      stream.height = numberBehind(inside, "key=\"sizeY\" type=\"int\">");
      streams.push_back(stream);
    }
    at = next;
  }
  return streams;
}

class Aedat4Reader : public EventReader {
 public:
  explicit Aedat4Reader(ByteStream stream) : stream_(std::move(stream)) {
    info_.format = Format::Aedat4;
  }

  Status readHeader(const ReadOptions& options) {
    GLINT_ASSIGN(const auto start, stream_.peek(kMagic.size() + 4));
    if (start.size() < kMagic.size() ||
        std::memcmp(start.data(), kMagic.data(), kMagic.size()) != 0) {
      return stream_.damaged(
          "not AEDAT 4.0: it does not begin with #!AER-DAT4.0; DV converts "
          "older files");
    }
    if (start.size() < kMagic.size() + 4) return stream_.damaged("the file ends in its header");
    stream_.skip(kMagic.size());
    const std::size_t length = littleEndian<std::uint32_t>(start.data() + kMagic.size());
    GLINT_ASSIGN(const auto bytes, stream_.peek(length + 4));
    if (bytes.size() < length + 4) return stream_.damaged("the header runs past the file's end");
    const auto header = FlatBuffer::of(bytes);
    if (!header || header->identifier() != "IOHE") return stream_.damaged("no header IOHE");
    GLINT_TRY(readFields(*header, options));
    stream_.skip(bytes.size());
    return {};
  }

  std::uint64_t offset() const override { return stream_.offset(); }

  Result<bool> next(std::vector<Event>& events) override {
    if (end_ >= 0 && stream_.offset() == static_cast<std::uint64_t>(end_)) return false;
    GLINT_ASSIGN(const auto start, stream_.peek(8));
    if (start.empty() && end_ < 0) return false;
    if (start.size() < 8) return stream_.damaged("the file ends in a packet's header");
    const auto id = littleEndian<std::int32_t>(start.data());
    const auto size = littleEndian<std::int32_t>(start.data() + 4);
    if (size < 0) return stream_.damaged("a packet of " + std::to_string(size) + " bytes");
    const std::size_t whole = 8 + static_cast<std::size_t>(size);
    if (end_ >= 0 && stream_.offset() + whole > static_cast<std::uint64_t>(end_)) {
      return stream_.damaged("a packet runs past the end of the data: " + std::to_string(size) +
                             " bytes, and the data end at byte " + std::to_string(end_));
    }
    GLINT_ASSIGN(const auto packet, stream_.peek(whole));
    if (packet.size() < whole) {
      return stream_.damaged("a packet runs past the end of the file: " + std::to_string(size) +
                             " bytes, " + std::to_string(packet.size() - 8) + " are there");
    }
    if (!chosen_ || *chosen_ == id) GLINT_TRY(readPacket(packet.subspan(8), id, events));
    stream_.skip(whole);
    return true;
  }

 private:
  Status readFields(const FlatBuffer& header, const ReadOptions& options) {
    bool damaged[3] = {};
    const auto compression = header.field(0, 4, damaged[0]);
    const auto table = header.field(1, 8, damaged[1]);
    const auto xml = header.field(2, 4, damaged[2]);
    if (damaged[0] || damaged[1] || damaged[2]) return stream_.damaged("a damaged header IOHE");
    const std::byte* const at = header.bytes().data();
    const std::int32_t kind = compression ? littleEndian<std::int32_t>(at + *compression) : 0;
    if (kind == 3 || kind == 4) {
      Error error = stream_.damagedAt(stream_.offset() + *compression,
                                      "packets are compressed with Zstandard, legal: none, LZ4; "
                                      "DV writes the file again with either");
      error.code = Errc::Unsupported;
      return error;
    }
    if (kind < 0 || kind > 4) {
      return stream_.damagedAt(
          stream_.offset() + *compression,
          "unknown compression " + std::to_string(kind) + ", legal: 0 (none), 1 and 2 (LZ4)");
    }
    lz4_ = kind != 0;
    if (table) end_ = littleEndian<std::int64_t>(at + *table);
    const auto begin = static_cast<std::int64_t>(stream_.offset() + header.bytes().size());
    if (end_ < -1 || (end_ >= 0 && end_ < begin)) {
      return stream_.damagedAt(
          stream_.offset() + *table,
          "the data table lies at byte " + std::to_string(end_) + ", before the packets");
    }
    std::string_view text;
    if (xml) {
      const auto letters = header.elements(*xml, 1);
      if (!letters) return stream_.damaged("a text of the header is longer than the header");
      text = {reinterpret_cast<const char*>(at) + letters->at, letters->count};
    }
    return chooseStream(eventStreams(text), options.stream);
  }

  Status chooseStream(const std::vector<EventStream>& streams, int wanted) {
    if (streams.empty()) return {};  // the packets tell what they hold
    info_.eventStreams = static_cast<int>(streams.size());
    if (wanted < 0 || wanted >= info_.eventStreams) {
      return Error{Errc::Value, stream_.name() + ": stream " + std::to_string(wanted) +
                                    " of events, legal: 0 to " +
                                    std::to_string(info_.eventStreams - 1)};
    }
    const EventStream& stream = streams[static_cast<std::size_t>(wanted)];
    chosen_ = stream.id;
    info_.width = std::max(stream.width, 0);
    info_.height = std::max(stream.height, 0);
    return {};
  }

  Status readPacket(std::span<const std::byte> payload, std::int32_t id,
                    std::vector<Event>& events) {
    const std::uint64_t begin = stream_.offset() + 8;
    if (lz4_) {
      decoded_.clear();
      const Lz4Damage damage = decodeLz4(payload, kMostDecoded, decoded_);
      if (!damage.what.empty()) {
        return stream_.damagedAt(begin + damage.at, "LZ4 data is damaged: " + damage.what);
      }
      payload = decoded_;
    }
    const auto buffer = FlatBuffer::of(payload);
    if (!buffer) return stream_.damagedAt(begin, "a packet that holds no FlatBuffer");
    if (buffer->identifier() != "EVTS") {
      if (!chosen_) return {};
      return stream_.damagedAt(begin, "a packet of the stream of events that is none");
    }
    chosen_ = id;
    bool damaged = false;
    const auto field = buffer->field(0, 4, damaged);
    if (damaged) return stream_.damagedAt(begin, "a packet whose table is damaged");
    if (!field) return {};
    const auto vector = buffer->elements(*field, kEvent);
    if (!vector) return stream_.damagedAt(begin, "an event vector is longer than its packet");
    for (std::size_t i = 0; i < vector->count; ++i) {
      const std::size_t at = vector->at + i * kEvent;
      const std::string error = readEvent(buffer->bytes().data() + at, events);
      if (error.empty()) continue;
      const std::string where =
          lz4_ ? " (byte " + std::to_string(at) + " of the decoded packet)" : "";
      return stream_.damagedAt(begin + (lz4_ ? 0 : at), error + where);
    }
    return {};
  }

  /// What is wrong with the event, or nothing.
  std::string readEvent(const std::byte* at, std::vector<Event>& events) const {
    const auto time = littleEndian<std::int64_t>(at);
    const auto x = littleEndian<std::int16_t>(at + 8), y = littleEndian<std::int16_t>(at + 10);
    const int on = std::to_integer<int>(at[12]);
    if (x < 0 || y < 0) {
      return "an event at x " + std::to_string(x) + ", y " + std::to_string(y);
    }
    if (on > 1) return "an event of polarity " + std::to_string(on) + ", legal: 0, 1";
    if (time < -kLatest || time > kLatest) {
      return "an event at " + std::to_string(time) + " us, legal: up to 2^60";
    }
    const Event event{time, static_cast<std::uint16_t>(x), static_cast<std::uint16_t>(y), on == 1};
    std::string error = outside(info_, event);
    if (error.empty()) events.push_back(event);
    return error;
  }

  ByteStream stream_;
  bool lz4_ = false;
  std::int64_t end_ = -1;  ///< where the packets end; -1: with the file
  std::optional<std::int32_t> chosen_;
  std::vector<std::byte> decoded_;
};

}  // namespace

Result<std::unique_ptr<EventReader>> openAedat4(ByteStream stream, const ReadOptions& options) {
  auto reader = std::make_unique<Aedat4Reader>(std::move(stream));
  GLINT_TRY(reader->readHeader(options));
  return std::unique_ptr<EventReader>(std::move(reader));
}

}  // namespace glint::events
