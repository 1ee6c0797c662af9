// N-MNIST and N-Caltech101: G. Orchard et al., "Converting Static Image Datasets to Spiking
// Neuromorphic Datasets Using Saccades", 2015. Records of five bytes, big endian: x, y, then the
// polarity in one bit and the time in 23. A record with y 240 is no event: the clock has wrapped.
#include <utility>

#include "events/formats.h"

namespace glint::events {
namespace {

constexpr std::size_t kRecord = 5;
constexpr int kOverflowRow = 240;
constexpr std::int64_t kOverflow = 8192;  // microseconds

class NmnistReader : public RecordReader {
 public:
  explicit NmnistReader(ByteStream stream) : RecordReader(std::move(stream), kRecord) {
    info_.format = Format::Nmnist;
  }

 private:
  bool record(const std::byte* at, std::vector<Event>& events, std::string& error) override {
    const auto byte = [at](int i) { return std::to_integer<std::uint32_t>(at[i]); };
    if (byte(1) == kOverflowRow) {
      base_ += kOverflow;
      return true;
    }
    const std::int64_t time = ((byte(2) & 127) << 16) | (byte(3) << 8) | byte(4);
    return add(events,
               {base_ + time, static_cast<std::uint16_t>(byte(0)),
                static_cast<std::uint16_t>(byte(1)), byte(2) >= 128},
               error);
  }

  std::int64_t base_ = 0;  ///< microseconds, of all wraps so far
};

}  // namespace

Result<std::unique_ptr<EventReader>> openNmnist(ByteStream stream) {
  return std::unique_ptr<EventReader>(std::make_unique<NmnistReader>(std::move(stream)));
}

}  // namespace glint::events
