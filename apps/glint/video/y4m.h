#pragma once

#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "apps/glint/video/frame.h"
#include "core/result.h"

/// YUV4MPEG2, the uncompressed films that `ffmpeg -f yuv4mpegpipe` writes.
/// Source: yuv4mpeg(5) of MJPEG Tools 2.1; colour spaces as in FFmpeg's yuv4mpegdec.
namespace glint::video {

/// What the header of a film says.
struct Format {
  int width = 0, height = 0;
  Chroma chroma;
  std::string colour = "420jpeg";  ///< the header's word for `chroma`
  std::string rate = "30:1";       ///< frames per second, as a fraction
  bool fullRange = false;
  std::string rest;  ///< what else the header says, each behind a space

  /// Bytes of a frame's planes.
  std::int64_t frameBytes() const;
  /// The header's line, without its end.
  std::string header() const;
};

/// The format of films with frames like `frame`: 4:4:4 or luma alone, full range.
Format formatOf(const Frame& frame);

/// Reads a film frame by frame from a file or a pipe, which outlives the reader.
class Y4mReader {
 public:
  /// Reads the header. Errors (Format, Value) begin with `name` and say what would be right.
  static Result<Y4mReader> open(std::FILE* file, const std::string& name);

  const Format& format() const { return format_; }
  /// The next frame, or nothing at the end. Errors (Format): the frame is truncated, or what stands
  /// there is no frame; they say which frame, and at which byte.
  Result<std::optional<Frame>> next();
  /// Frames read.
  std::int64_t frames() const { return frames_; }

 private:
  Y4mReader(std::FILE* file, std::string name) : file_(file), name_(std::move(name)) {}
  /// A line without its end; empty at the end of the file.
  Result<std::optional<std::string>> line(std::size_t longest);
  Error failure(const std::string& what) const;
  Status readPlane(picture::Image& plane, std::int64_t& read);

  std::FILE* file_;
  std::string name_;
  Format format_;
  std::int64_t frames_ = 0;
  std::int64_t bytes_ = 0;  ///< read so far
};

/// Writes a film to a file or a pipe, which outlives the writer.
class Y4mWriter {
 public:
  Y4mWriter(std::FILE* file, std::string name) : file_(file), name_(std::move(name)) {}

  /// Writes the header before the first frame. Errors (File): the reader of the pipe is gone, the
  /// disk is full; (Value): a frame is unlike `format`.
  Status write(const Frame& frame, const Format& format);
  std::int64_t frames() const { return frames_; }

 private:
  Error failure() const;  ///< by errno
  Status put(std::span<const std::uint8_t> bytes);

  std::FILE* file_;
  std::string name_;
  std::int64_t frames_ = 0;
};

}  // namespace glint::video
