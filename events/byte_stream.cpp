#include "events/byte_stream.h"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <system_error>
#include <utility>

namespace glint::events {
namespace {

constexpr std::size_t kFirstRead = 64 * 1024;  // bytes

Error fileError(const char* action, const std::string& path) {
  const std::error_code reason(errno, std::generic_category());
  return {Errc::File, std::string("cannot ") + action + " '" + path + "': " + reason.message()};
}

}  // namespace

Result<ByteStream> ByteStream::open(const std::string& path) {
  ByteStream stream;
  stream.name_ = path;
  stream.file_.reset(std::fopen(path.c_str(), "rb"));
  if (stream.file_ == nullptr) return fileError("open", path);
  return stream;
}

ByteStream ByteStream::of(std::span<const std::byte> bytes, std::string name) {
  ByteStream stream;
  stream.name_ = std::move(name);
  stream.held_ = bytes;
  return stream;
}

Result<std::span<const std::byte>> ByteStream::peek(std::size_t count) {
  if (held_.size() < count && file_ != nullptr) {
    std::vector<std::byte> buffer(held_.begin(), held_.end());
    // By what is read, not by what is asked for: a damaged file asks for more than there is.
    for (std::size_t chunk = kFirstRead; buffer.size() < count; chunk *= 2) {
      const std::size_t used = buffer.size();
      const std::size_t wanted = std::min(std::max(count - used, kFirstRead), chunk);
      buffer.resize(used + wanted);
      const std::size_t got = std::fread(buffer.data() + used, 1, wanted, file_.get());
      buffer.resize(used + got);
      if (got < wanted) break;
    }
    if (std::ferror(file_.get()) != 0) return fileError("read", name_);
    buffer_ = std::move(buffer);
    held_ = buffer_;
  }
  return held_.first(std::min(count, held_.size()));
}

void ByteStream::skip(std::size_t count) {
  assert(count <= held_.size());
  held_ = held_.subspan(count);
  offset_ += count;
}

Error ByteStream::damagedAt(std::uint64_t offset, const std::string& what) const {
  return {Errc::Format, name_ + ": at byte " + std::to_string(offset) + ": " + what};
}

}  // namespace glint::events
