// Events as NumPy arrays: records with the fields x, y, t and p in any order, as aermanager, tonic
// and sinabs save them, or plain numbers [N, 4].
#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "events/formats.h"
#include "events/npy_header.h"

namespace glint::events {
namespace {

constexpr std::string_view kNames = "xytp";
constexpr std::size_t kPart = 256 * 1024;  // bytes that are decoded at once
constexpr std::int64_t kMostEvents = std::int64_t{1} << 40;
/// Beyond it, times in microseconds and differences of them could leave 64 bits.
constexpr std::int64_t kLatest = std::int64_t{1} << 60;

bool isNumber(const NpyField& field) {
  if (field.kind == 'f') return field.size == 4 || field.size == 8;
  if (field.kind == 'b') return field.size == 1;
  return (field.kind == 'i' || field.kind == 'u') && std::has_single_bit(field.size) &&
         field.size <= 8;
}

std::uint64_t readWord(const NpyField& field, const std::byte* at) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < field.size; ++i) {
    const std::byte byte = at[field.big ? i : field.size - 1 - i];
    word = (word << 8) | std::to_integer<std::uint64_t>(byte);
  }
  return word;
}

/// What a field of kind 'f' holds.
double readFloat(const NpyField& field, const std::byte* at) {
  const std::uint64_t word = readWord(field, at);
  if (field.size == 8) return std::bit_cast<double>(word);
  return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(word)));
}

/// The integer at `at`; false if it is none, or beyond 63 bits.
bool readInteger(const NpyField& field, const std::byte* at, std::int64_t& value) {
  const std::uint64_t word = readWord(field, at);
  if (field.kind == 'f') {
    const double number = readFloat(field, at);
    if (!(std::abs(number) < 0x1p62) || std::floor(number) != number) return false;
    value = static_cast<std::int64_t>(number);
    return true;
  }
  if (field.kind == 'i' && field.size >= 1 && field.size < 8) {
    const std::uint64_t sign = std::uint64_t{1} << (8 * field.size - 1);
    value = static_cast<std::int64_t>((word ^ sign) - sign);
    return true;
  }
  value = static_cast<std::int64_t>(word);
  return field.kind == 'i' || word <= std::uint64_t{std::numeric_limits<std::int64_t>::max()};
}

class NpyReader : public EventReader {
 public:
  NpyReader(ByteStream stream, std::array<NpyField, 4> columns, const NpyHeader& header,
            std::int64_t timeUnit)
      : stream_(std::move(stream)),
        columns_(std::move(columns)),
        recordSize_(header.structured ? header.recordSize : 4 * header.recordSize),
        count_(header.shape[0]),
        fortran_(!header.structured && header.fortranOrder),
        timeUnit_(timeUnit) {
    info_.format = Format::Npy;
  }

  std::uint64_t offset() const override { return stream_.offset(); }

  Result<bool> next(std::vector<Event>& events) override {
    if (done_ == count_) return end();
    // Columns one after the other cannot be read in parts.
    const auto left = static_cast<std::size_t>(count_ - done_);
    const std::size_t part =
        fortran_ ? left : std::min(left, std::max(kPart / recordSize_, std::size_t{1}));
    GLINT_ASSIGN(const auto bytes, stream_.peek(part * recordSize_));
    const std::size_t whole =
        fortran_ && bytes.size() < part * recordSize_ ? 0 : bytes.size() / recordSize_;
    for (std::size_t i = 0; i < whole; ++i) {
      Event event;
      GLINT_TRY(read(bytes, i, event));
      events.push_back(event);
    }
    stream_.skip(whole * recordSize_);
    done_ += static_cast<std::int64_t>(whole);
    if (whole < part) return cut(bytes.size() - whole * recordSize_);
    return true;
  }

 private:
  Error cut(std::size_t left) const {
    return stream_.damaged("fewer bytes than the header announces: " + std::to_string(count_) +
                           " events of " + std::to_string(recordSize_) + " bytes, of which " +
                           std::to_string(count_ - done_) + " are missing or cut (" +
                           std::to_string(left) + " bytes are left)");
  }

  Result<bool> end() {
    GLINT_ASSIGN(const auto more, stream_.peek(1));
    if (!more.empty()) return stream_.damaged("more bytes than the header announces");
    return false;
  }

  Status read(std::span<const std::byte> bytes, std::size_t i, Event& event) const {
    std::array<std::int64_t, 4> values{};
    for (std::size_t c = 0; c < columns_.size(); ++c) {
      const NpyField& field = columns_[c];
      const std::size_t at = fortran_ ? field.at * static_cast<std::size_t>(count_) + i * field.size
                                      : i * recordSize_ + field.at;
      if (!readInteger(field, bytes.data() + at, values[c]) || !legal(c, values[c])) {
        return stream_.damagedAt(stream_.offset() + at,
                                 problem(c, field, bytes.data() + at, values[c]));
      }
    }
    event = {values[2] * timeUnit_, static_cast<std::uint16_t>(values[0]),
             static_cast<std::uint16_t>(values[1]), values[3] > 0};
    return {};
  }

  bool legal(std::size_t column, std::int64_t value) const {
    if (column < 2) return value >= 0 && value <= 65535;
    if (column == 3) return value >= -1 && value <= 1;
    return value >= -kLatest / timeUnit_ && value <= kLatest / timeUnit_;
  }

  /// `value`: what readInteger gave.
  static std::string problem(std::size_t column, const NpyField& field, const std::byte* at,
                             std::int64_t value) {
    constexpr const char* kLegal[] = {"0 to 65535", "0 to 65535",
                                      "integers up to 2^60 microseconds", "0, 1 or -1, 1"};
    std::string what = std::to_string(value);
    bool fraction = false;
    if (field.kind == 'f') {
      const double number = readFloat(field, at);
      fraction = std::isfinite(number) && std::floor(number) != number;
      std::array<char, 32> digits{};
      std::snprintf(digits.data(), digits.size(), "%.9g", number);
      what = digits.data();
    }
    const std::string advice =
        column == 2 && fraction
            ? "are these seconds or milliseconds? Save whole microseconds; a unit of time applies "
              "to integers only"
            : "is the order of the columns another one?";
    return std::string("column ") + kNames[column] + " holds " + what +
           ", legal: " + kLegal[column] + "; " + advice;
  }

  ByteStream stream_;
  std::array<NpyField, 4> columns_;  ///< x, y, t, p
  std::size_t recordSize_;           ///< bytes
  std::int64_t count_;
  bool fortran_;
  std::int64_t timeUnit_;
  std::int64_t done_ = 0;
};

/// The fields x, y, t, p of records.
Result<std::array<NpyField, 4>> fieldsByName(const ByteStream& stream, const NpyHeader& header) {
  std::array<NpyField, 4> columns;
  std::string names;
  for (const NpyField& field : header.fields) names += " " + field.name;
  for (std::size_t c = 0; c < kNames.size(); ++c) {
    const auto field = std::find_if(header.fields.begin(), header.fields.end(),
                                    [&](auto& f) { return f.name == kNames.substr(c, 1); });
    if (field == header.fields.end()) {
      return stream.damaged(std::string("no field ") + kNames[c] + "; the fields are" + names +
                            ", events have x, y, t and p");
    }
    columns[c] = *field;
  }
  return columns;
}

}  // namespace

Result<std::unique_ptr<EventReader>> openNpy(ByteStream stream, const ReadOptions& options) {
  std::string sorted = options.columns;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != "ptxy") {
    return Error{Errc::Value, "columns '" + options.columns +
                                  "': each of x, y, t, p once is legal, as in 'xytp'"};
  }
  if (options.timeUnit < 1 || options.timeUnit > 1'000'000'000) {
    return Error{Errc::Value, "a unit of time of " + std::to_string(options.timeUnit) +
                                  " microseconds, legal: 1 to 1,000,000,000"};
  }
  GLINT_ASSIGN(const NpyHeader header, readNpyHeader(stream));
  std::array<NpyField, 4> columns;
  if (header.structured) {
    GLINT_ASSIGN(columns, fieldsByName(stream, header));
  } else {
    for (std::size_t c = 0; c < kNames.size(); ++c) {
      columns[c] = header.fields[0];
      columns[c].at = options.columns.find(kNames[c]) * header.recordSize;
    }
  }
  const bool shaped = header.structured ? header.shape.size() == 1
                                        : header.shape.size() == 2 && header.shape[1] == 4;
  if (!shaped || header.shape[0] > kMostEvents) {
    return stream.damaged(
        "the shape of the array is not that of events, legal: [N] records with "
        "the fields x, y, t, p, or [N, 4] numbers");
  }
  for (std::size_t c = 0; c < kNames.size(); ++c) {
    if (isNumber(columns[c])) continue;
    return stream.damaged(std::string("field ") + kNames[c] + " is of type '" + columns[c].kind +
                          std::to_string(columns[c].size) +
                          "', legal: integers of 1 to 8 bytes, float32, float64, bool");
  }
  return std::unique_ptr<EventReader>(
      std::make_unique<NpyReader>(std::move(stream), columns, header, options.timeUnit));
}

}  // namespace glint::events
