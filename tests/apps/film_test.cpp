#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "apps/glint/video/y4m.h"
#include "core/random.h"

namespace glint::video {
namespace {

using picture::Image;

/// A temporary file, gone when it is closed.
class Pipe {
 public:
  explicit Pipe(const std::string& bytes = {}) : file_(std::tmpfile()) {
    REQUIRE(file_ != nullptr);
    std::fwrite(bytes.data(), 1, bytes.size(), file_);
    std::rewind(file_);
  }
  ~Pipe() { std::fclose(file_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  std::FILE* file() const { return file_; }

 private:
  std::FILE* file_;
};

bool holds(const std::string& text, const std::vector<std::string>& parts) {
  return std::all_of(parts.begin(), parts.end(),
                     [&](const std::string& part) { return text.find(part) != std::string::npos; });
}

Image noise(int width, int height, std::uint64_t seed, int channels = 1) {
  Image image(width, height, channels);
  Random random(seed);
  for (auto& pixel : image.pixels) pixel = static_cast<std::uint8_t>(random.between(0, 255));
  return image;
}

Frame noiseFrame(const Chroma& chroma, int width, int height, std::uint64_t seed) {
  const int columns = chromaWidth(chroma, width), rows = chromaHeight(chroma, height);
  return {noise(width, height, seed), noise(columns, rows, seed + 1),
          noise(columns, rows, seed + 2), chroma, false};
}

std::string errorOf(const std::string& film, int frames = 0) {
  const Pipe pipe(film);
  auto reader = Y4mReader::open(pipe.file(), "film");
  if (!reader.ok()) return reader.error().message;
  for (int i = 0; i < frames; ++i) REQUIRE(reader->next().ok());
  const auto frame = reader->next();
  REQUIRE(!frame.ok());
  return frame.error().message;
}

TEST_CASE("films come back, whatever their chroma and size") {
  for (const std::string colour :
       {"420jpeg", "420mpeg2", "420paldv", "420", "422", "444", "411", "440", "mono"}) {
    for (const auto& [width, height] : {std::pair{6, 4}, {7, 5}, {1, 1}, {9, 2}}) {
      const std::string header = "YUV4MPEG2 W" + std::to_string(width) + " H" +
                                 std::to_string(height) + " F30000:1001 C" + colour +
                                 " Ip A1:1 XYSCSS=X XCOLORRANGE=FULL";
      const Pipe empty(header + "\n"), film;
      auto format = Y4mReader::open(empty.file(), "film");
      REQUIRE(format.ok());
      CHECK(format->format().header() == header);
      CHECK(format->format().fullRange);
      Y4mWriter writer(film.file(), "film");
      for (std::uint64_t i = 0; i < 3; ++i) {
        const Frame frame = noiseFrame(format->format().chroma, width, height, i);
        REQUIRE(writer.write(frame, format->format()).ok());
      }
      CHECK(std::ftell(film.file()) ==
            static_cast<long>(header.size() + 1 +
                              3 * (6 + static_cast<std::size_t>(format->format().frameBytes()))));
      std::rewind(film.file());
      auto reader = Y4mReader::open(film.file(), "film");
      REQUIRE(reader.ok());
      for (std::uint64_t i = 0; i < 3; ++i) {
        const auto frame = reader->next();
        REQUIRE(frame.ok());
        REQUIRE(frame->has_value());
        const Frame want = noiseFrame(format->format().chroma, width, height, i);
        CHECK((*frame)->y == want.y);
        CHECK((*frame)->u == want.u);
        CHECK((*frame)->v == want.v);
      }
      const auto end = reader->next();
      REQUIRE(end.ok());
      CHECK(!end->has_value());
      CHECK(reader->frames() == 3);
    }
  }
}

TEST_CASE("the extents of chroma are rounded up, and 4:2:0 is what no word means") {
  const Pipe pipe("YUV4MPEG2 H3 W5\n");
  const auto reader = Y4mReader::open(pipe.file(), "film");
  REQUIRE(reader.ok());
  CHECK(reader->format().chroma == Chroma{2, 2});
  CHECK(reader->format().frameBytes() == 15 + 2 * 3 * 2);
  CHECK(!reader->format().fullRange);
}

TEST_CASE("parameters of a frame are skipped") {
  const Pipe pipe("YUV4MPEG2 W2 H1 Cmono\nFRAME Ip XTIME=7\nab");
  auto reader = Y4mReader::open(pipe.file(), "film");
  REQUIRE(reader.ok());
  const auto frame = reader->next();
  REQUIRE(frame.ok());
  CHECK((*frame)->y.pixels == std::vector<std::uint8_t>{'a', 'b'});
}

TEST_CASE("headers that are not understood are named, with what is legal") {
  CHECK(holds(errorOf(""), {"film: ", "empty"}));
  CHECK(holds(errorOf("RIFF....AVI \n"), {"film: ", "YUV4MPEG2", "ffmpeg"}));
  CHECK(holds(errorOf("YUV4MPEG22 W2 H2\n"), {"YUV4MPEG2"}));
  CHECK(holds(errorOf(std::string(5000, 'x')), {"4096"}));
  CHECK(holds(errorOf("YUV4MPEG2 W2"), {"ends within a line"}));
  CHECK(holds(errorOf("YUV4MPEG2 W640 F30:1\n"), {"lacks", "W640 H480"}));
  for (const std::string wrong : {"0", "-3", "65537", "x", "", "3x", "99999999999"}) {
    CHECK(holds(errorOf("YUV4MPEG2 W" + wrong + " H2\n"), {"'W" + wrong + "'", "1 to 65536"}));
  }
  for (const std::string wrong : {"420p10", "444alpha", "", "mono16", "421"}) {
    CHECK(holds(errorOf("YUV4MPEG2 W2 H2 C" + wrong + "\n"),
                {"C" + wrong, "C420jpeg", "-pix_fmt yuv420p"}));
  }
}

TEST_CASE("a film that breaks off says at which frame and byte") {
  const std::string header = "YUV4MPEG2 W2 H2\n";  // 16 bytes; a frame has 6 and 6
  const std::string whole = header + "FRAME\nabcdef";
  CHECK(holds(errorOf(header + "FRAME\nabc"), {"film: frame 0", "byte 25", "3 of the 6"}));
  CHECK(holds(errorOf(whole + "FRAME\n", 1), {"frame 1", "byte 34", "0 of the 6"}));
  CHECK(holds(errorOf(whole + "FRAME\nabcde", 1), {"frame 1", "byte 39", "5 of the 6"}));
  CHECK(holds(errorOf(whole + "FRA", 1), {"frame 1", "ends within a line", "byte 28"}));
  CHECK(holds(errorOf(whole + "frame\nabcdef", 1), {"frame 1", "'frame'", "byte 28", "FRAME"}));
  CHECK(holds(errorOf(whole + "FRAMES\nabcdef", 1), {"'FRAMES'"}));
  CHECK(holds(errorOf(whole + std::string(300, '\1'), 1), {"frame 1", "256"}));
}

TEST_CASE("a frame unlike the film is not written") {
  const Pipe pipe;
  Y4mWriter writer(pipe.file(), "film");
  const Frame frame = noiseFrame({2, 2}, 4, 4, 1);
  Format format = formatOf(frame);
  format.width = 5;
  CHECK(holds(writer.write(frame, format).error().message, {"frame 0", "4x4", "5x4"}));
  CHECK(std::ftell(pipe.file()) == 0);
}

TEST_CASE("pictures are frames of full range, and come back nearly") {
  const Image image = noise(8, 6, 3, 3);
  const Frame frame = frameOf(image);
  CHECK(frame.fullRange);
  CHECK(frame.chroma == Chroma{1, 1});
  const Image back = rgbOf(frame);
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    CHECK(std::abs(back.pixels[i] - image.pixels[i]) <= 2);  // luma and chroma are rounded
  }
  const Frame gray = frameOf(noise(8, 6, 3));
  CHECK(gray.chroma.none());
  CHECK(rgbOf(gray).pixels[5] == gray.y.pixels[1]);
}

TEST_CASE("primary colours of limited range, as BT.601 has them") {
  // Source: ITU-R BT.601-7, 8-bit codes of 100 % red, white and black.
  Frame frame;
  frame.chroma = {1, 1};
  frame.y = Image(3, 1, 1), frame.u = Image(3, 1, 1), frame.v = Image(3, 1, 1);
  frame.y.pixels = {81, 235, 16};
  frame.u.pixels = {90, 128, 128};
  frame.v.pixels = {240, 128, 128};
  const Image rgb = rgbOf(frame);
  CHECK(int{rgb.pixels[0]} >= 253);
  CHECK(int{rgb.pixels[1]} <= 1);
  CHECK(int{rgb.pixels[2]} <= 1);
  for (std::size_t c = 3; c < 6; ++c) CHECK(rgb.pixels[c] == 255);
  for (std::size_t c = 6; c < 9; ++c) CHECK(rgb.pixels[c] == 0);
}

TEST_CASE("another luma keeps the chroma, resized where the luma is larger") {
  const Frame frame = noiseFrame({2, 2}, 5, 3, 4);
  const Frame same = withLuma(frame, noise(5, 3, 9));
  CHECK(same.y == noise(5, 3, 9));
  CHECK(same.u == frame.u);
  const Frame twice = withLuma(frame, noise(10, 6, 9));
  CHECK(twice.u.width == 5);
  CHECK(twice.v.height == 3);
}

}  // namespace
}  // namespace glint::video
