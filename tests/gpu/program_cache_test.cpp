#include "gpu/program_cache.h"

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include <doctest/doctest.h>

#include "core/file.h"

namespace glint::gpu {
namespace {

namespace fs = std::filesystem;

/// A new folder, removed at the end.
struct Folder {
  fs::path path =
      fs::temp_directory_path() / ("glint-cache-" + std::to_string(std::random_device{}()));
  ~Folder() { fs::remove_all(path); }
  std::string text() const { return path.string(); }
};

/// The null table with program binaries: four bytes that must come back as they were.
Functions binaryFunctions() {
  static constexpr unsigned char kBinary[4] = {1, 2, 3, 4};
  static bool accepted = true;
  Functions gl = nullFunctions(3);
  static PFNGLGETINTEGERVPROC nullGet = gl.getIntegerv;
  gl.getIntegerv = [](GLenum name, GLint* value) {
    nullGet(name, value);
    if (name == GL_NUM_PROGRAM_BINARY_FORMATS) *value = 1;
  };
  gl.getProgramiv = [](GLuint, GLenum name, GLint* value) {
    if (name == GL_LINK_STATUS) *value = std::exchange(accepted, true) ? 1 : 0;
    if (name == GL_PROGRAM_BINARY_LENGTH) *value = sizeof kBinary;
  };
  gl.getProgramBinary = [](GLuint, GLsizei, GLsizei* written, GLenum* format, void* out) {
    std::memcpy(out, kBinary, sizeof kBinary);
    *written = sizeof kBinary;
    *format = 0x1234;
  };
  gl.programBinary = [](GLuint, GLenum format, const void* bytes, GLsizei size) {
    accepted = format == 0x1234 && size == 4 && std::memcmp(bytes, kBinary, 4) == 0;
  };
  return gl;
}

std::unique_ptr<Context> makeContext(const Functions& functions, ContextOptions options = {}) {
  auto context = Context::create(functions, std::move(options));
  REQUIRE(context.ok());
  return std::move(context).value();
}

fs::path onlyFile(const Folder& folder) {
  const auto first = fs::directory_iterator(folder.path);
  REQUIRE(std::distance(first, fs::directory_iterator()) == 1);
  return fs::directory_iterator(folder.path)->path();
}

TEST_CASE("entries decode to what was encoded, and to nothing else") {
  const CacheKey key = makeCacheKey({"driver", "source"});
  ProgramBinary binary{0xABCD, std::vector<std::byte>(100, std::byte{7})};
  const std::vector<std::byte> entry = encodeCacheEntry(key, binary);
  const auto decoded = decodeCacheEntry(key, entry);
  REQUIRE(decoded.ok());
  CHECK(decoded->format == 0xABCD);
  CHECK(decoded->bytes == binary.bytes);

  CHECK(!decodeCacheEntry(makeCacheKey({"driver", "other"}), entry).ok());
  for (std::size_t size = 0; size < entry.size(); ++size) {
    CHECK(!decodeCacheEntry(key, std::span(entry).first(size)).ok());
  }
  for (std::size_t i = 0; i < entry.size(); ++i) {
    if (i >= 12 && i < 16) continue;  // the binary format: the driver checks it
    std::vector<std::byte> bad = entry;
    bad[i] ^= std::byte{0x10};
    CAPTURE(i);
    CHECK(!decodeCacheEntry(key, bad).ok());
  }
}

TEST_CASE("keys depend on every text and on where it ends") {
  CHECK(makeCacheKey({"ab", "c"}) == makeCacheKey({"ab", "c"}));
  CHECK(!(makeCacheKey({"ab", "c"}) == makeCacheKey({"a", "bc"})));
  CHECK(!(makeCacheKey({"a"}) == makeCacheKey({"a", ""})));
  CHECK(makeCacheKey({"a"}).toText().size() == 32);
}

TEST_CASE("a program is compiled once and loaded from then on") {
  const Folder folder;
  for (int run = 0; run < 2; ++run) {
    const auto context = makeContext(binaryFunctions());
    ProgramCache cache(*context, folder.text(), "1.0");
    REQUIRE(cache.enabled());
    REQUIRE(cache.get("v", "f", "p").ok());
    CHECK(cache.counters().hits == run);
    CHECK(cache.counters().stored == 1 - run);
    CHECK(context->counters().programsCompiled == 1 - run);
    CHECK(context->counters().programsLoaded == run);
  }
  const auto context = makeContext(binaryFunctions());
  ProgramCache newer(*context, folder.text(), "1.1");
  CHECK(!newer.load("v", "f", "p"));
  ProgramCache same(*context, folder.text(), "1.0");
  CHECK(!same.load("v", "g", "p"));
  CHECK(same.load("v", "f", "p"));
}

TEST_CASE("damaged, truncated, foreign and refused entries are rewritten") {
  const Folder folder;
  const auto context = makeContext(binaryFunctions());
  ProgramCache cache(*context, folder.text(), "1.0");
  REQUIRE(cache.get("v", "f", "p").ok());
  const fs::path file = onlyFile(folder);
  auto good = readCacheFile(file.string());
  REQUIRE(good.ok());

  std::vector<std::vector<std::byte>> bad(4, *good);
  bad[0].back() ^= std::byte{1};
  bad[1].resize(20);
  bad[2] = encodeCacheEntry(makeCacheKey({"foreign"}), {0x1234, {}});
  bad[3][12] ^= std::byte{1};
  for (const auto& bytes : bad) {
    REQUIRE(writeFile(file.string(), bytes).ok());
    const auto before = cache.counters();
    REQUIRE(cache.get("v", "f", "p").ok());
    CHECK(cache.counters().rejected == before.rejected + 1);
    CHECK(cache.counters().stored == before.stored + 1);
    CHECK(readCacheFile(file.string()).value() == *good);
    CHECK(onlyFile(folder) == file);
  }
  CHECK(cache.enabled());
}

TEST_CASE("without a usable directory or driver the cache is off, with one line") {
  const Folder folder;
  fs::create_directories(folder.path);
  const std::string file = folder.text() + "/file";
  std::ofstream(file) << "not a directory";
  int lines = 0;
  ContextOptions options;
  options.log = [&](LogLevel, std::string_view) { ++lines; };
  const auto context = makeContext(binaryFunctions(), options);

  ProgramCache under(*context, file + "/cache", "1.0");
  CHECK(!under.enabled());
  CHECK(lines == 1);
  CHECK(under.get("v", "f", "p").ok());
  CHECK(lines == 1);

  ProgramCache vanished(*context, folder.text() + "/gone", "1.0");
  fs::remove_all(folder.path);
  CHECK(vanished.get("v", "f", "p").ok());
  CHECK(!vanished.enabled());
  CHECK(vanished.get("v", "f", "p").ok());
  CHECK(lines == 2);

  ProgramCache none(*context, "", "1.0");
  CHECK(!none.enabled());
  CHECK(lines == 2);

  const auto plain = makeContext(nullFunctions(3), options);
  CHECK(!ProgramCache(*plain, folder.text(), "1.0").enabled());
  CHECK(lines == 3);
  CHECK(!fs::exists(folder.path));
}

TEST_CASE("the default directory follows the XDG specification") {
  setenv("XDG_CACHE_HOME", "/xdg", 1);
  setenv("HOME", "/home/someone", 1);
  CHECK(ProgramCache::defaultDirectory() == "/xdg/glint");
  setenv("XDG_CACHE_HOME", "relative", 1);
  CHECK(ProgramCache::defaultDirectory() == "/home/someone/.cache/glint");
  unsetenv("XDG_CACHE_HOME");
  unsetenv("HOME");
  CHECK(ProgramCache::defaultDirectory().empty());
}

}  // namespace
}  // namespace glint::gpu
