#include "apps/glint/video/y4m.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "apps/glint/video/y4m_header.h"

namespace glint::video {
namespace {

constexpr std::size_t kLongestHeader = 4096, kLongestFrameLine = 256;
constexpr std::string_view kFrame = "FRAME";

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes.substr(0, 16)) text += c >= ' ' && c < 127 ? c : '.';
  return text;
}

}  // namespace

Error Y4mReader::failure(const std::string& what) const {
  return {Errc::Format, name_ + ": frame " + std::to_string(frames_) + " " + what};
}

Result<std::optional<std::string>> Y4mReader::line(std::size_t longest) {
  std::string text;
  for (int c = std::fgetc(file_); c != '\n'; c = std::fgetc(file_)) {
    if (c == EOF) {
      if (text.empty()) return std::optional<std::string>();
      return Error{Errc::Format, "ends within a line, '" + printable(text) + "'"};
    }
    ++bytes_;
    text += static_cast<char>(c);
    if (text.size() > longest) {
      return Error{Errc::Format, "begins with '" + printable(text) + "' and no line of at most " +
                                     std::to_string(longest) + " bytes"};
    }
  }
  ++bytes_;
  return std::optional<std::string>(std::move(text));
}

Result<Y4mReader> Y4mReader::open(std::FILE* file, const std::string& name) {
  Y4mReader reader(file, name);
  Result<std::optional<std::string>> line = reader.line(kLongestHeader);
  if (!line.ok()) {
    return Error{Errc::Format,
                 name + ": " + line.error().message + "; a film in Y4M begins with YUV4MPEG2"};
  }
  if (!line->has_value()) {
    return Error{Errc::Format, name + ": is empty; a film in Y4M is expected"};
  }
  Result<Format> format = parseHeader(**line);
  if (!format.ok()) return within(name, format.error());
  reader.format_ = std::move(format).value();
  return reader;
}

Status Y4mReader::readPlane(picture::Image& plane, std::int64_t& read) {
  const std::size_t count = std::fread(plane.pixels.data(), 1, plane.pixels.size(), file_);
  read += static_cast<std::int64_t>(count);
  bytes_ += static_cast<std::int64_t>(count);
  if (count == plane.pixels.size()) return {};
  return failure("is truncated: the film ends at byte " + std::to_string(bytes_) + ", after " +
                 std::to_string(read) + " of the " + std::to_string(format_.frameBytes()) +
                 " bytes of the frame");
}

Result<std::optional<Frame>> Y4mReader::next() {
  const std::int64_t begin = bytes_;
  const auto at = [&] { return " at byte " + std::to_string(begin); };
  const Result<std::optional<std::string>> line = this->line(kLongestFrameLine);
  if (!line.ok()) return failure(line.error().message + at());
  if (!line->has_value()) return std::optional<Frame>();
  const std::string_view text = **line;
  if (text.substr(0, kFrame.size()) != kFrame ||
      (text.size() > kFrame.size() && text[kFrame.size()] != ' ')) {
    return failure("begins with '" + printable(text) + "'" + at() + ", not with FRAME");
  }
  const Chroma chroma = format_.chroma;
  const int columns = chromaWidth(chroma, format_.width);
  const int rows = chromaHeight(chroma, format_.height);
  Frame frame;
  frame.y = picture::Image(format_.width, format_.height, 1);
  frame.u = picture::Image(columns, rows, 1);
  frame.v = picture::Image(columns, rows, 1);
  frame.chroma = chroma;
  frame.fullRange = format_.fullRange;
  std::int64_t read = 0;
  GLINT_TRY(readPlane(frame.y, read));
  GLINT_TRY(readPlane(frame.u, read));
  GLINT_TRY(readPlane(frame.v, read));
  ++frames_;
  return std::optional<Frame>(std::move(frame));
}

Error Y4mWriter::failure() const {
  const std::string reason = errno == EPIPE ? "its reader is gone" : std::strerror(errno);
  return Error{Errc::File,
               name_ + ": frame " + std::to_string(frames_) + " could not be written: " + reason};
}

Status Y4mWriter::put(std::span<const std::uint8_t> bytes) {
  if (bytes.empty()) return {};  // a plane that the film has not
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_) == bytes.size()) return {};
  return failure();
}

Status Y4mWriter::write(const Frame& frame, const Format& format) {
  if (frame.y.width != format.width || frame.y.height != format.height ||
      frame.chroma != format.chroma) {
    return Error{Errc::Value, name_ + ": frame " + std::to_string(frames_) + " has " +
                                  std::to_string(frame.y.width) + "x" +
                                  std::to_string(frame.y.height) + " pixels, the film has " +
                                  std::to_string(format.width) + "x" +
                                  std::to_string(format.height)};
  }
  std::string line = std::string(kFrame) + "\n";
  if (frames_ == 0) line = format.header() + "\n" + line;
  GLINT_TRY(put({reinterpret_cast<const std::uint8_t*>(line.data()), line.size()}));
  for (const picture::Image* plane : {&frame.y, &frame.u, &frame.v}) {
    GLINT_TRY(put(plane->pixels));
  }
  if (std::fflush(file_) != 0) return failure();
  ++frames_;
  return {};
}

}  // namespace glint::video
