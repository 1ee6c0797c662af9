#include "core/file.h"

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <vector>

#include <doctest/doctest.h>

#include "tests/core/temp_folder.h"

namespace glint {
namespace {

namespace fs = std::filesystem;

std::vector<std::byte> bytesOf(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

/// While it lives, files do not grow beyond `bytes`: a disk that is full.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    before_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit_);
    rlimit lower = limit_;
    lower.rlim_cur = bytes;
    isSet_ = setrlimit(RLIMIT_FSIZE, &lower) == 0;
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  bool isSet() const { return isSet_; }

 private:
  void (*before_)(int) = nullptr;
  rlimit limit_{};
  bool isSet_ = false;
};

}  // namespace

TEST_CASE("what is written is read") {
  const test::TempFolder folder;
  const std::string path = folder.file("a");
  for (const std::size_t size : {0, 1, 65535, 65536, 65537, 1000000}) {
    std::vector<std::byte> bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::byte>(i * 7 + i / 256);
    REQUIRE(writeFile(path, bytes).ok());
    const Result<std::vector<std::byte>> again = readFile(path);
    REQUIRE(again.ok());
    CHECK(*again == bytes);
    CHECK(folder.count() == 1);
  }
}

TEST_CASE("a file that is missing is an error that names it and the reason") {
  const test::TempFolder folder;
  const std::string path = folder.file("missing");
  const Result<std::vector<std::byte>> bytes = readFile(path);
  REQUIRE_FALSE(bytes.ok());
  CHECK(bytes.error().code == Errc::File);
  CHECK(bytes.error().message.find("'" + path + "'") != std::string::npos);
  CHECK(bytes.error().message.find("No such file") != std::string::npos);
}

TEST_CASE("a folder is no file") {
  const test::TempFolder folder;
  const std::string path = folder.file("sub");
  REQUIRE(fs::create_directory(path));
  CHECK(readFile(path).error().code == Errc::File);
  const Status status = writeFile(path, bytesOf("x"));
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == Errc::File);
  CHECK(status.error().message == "cannot write '" + path + "': not a regular file");
  CHECK(fs::is_directory(path));
  CHECK(folder.count() == 1);
}

TEST_CASE("a folder that cannot be written to is an error") {
  const test::TempFolder folder;
  for (const char* place : {"missing/a", "file/a"}) {
    REQUIRE(writeFile(folder.file("file"), bytesOf("old")).ok());
    const Status status = writeFile(folder.file(place), bytesOf("x"));
    REQUIRE_FALSE(status.ok());
    CHECK(status.error().code == Errc::File);
    CHECK(status.error().message.find("'" + folder.file(place) + "'") != std::string::npos);
  }
  CHECK(folder.count() == 1);
}

TEST_CASE("a folder without permission is an error") {
  const test::TempFolder folder;
  const std::string sub = folder.file("sub");
  REQUIRE(fs::create_directory(sub));
  REQUIRE(writeFile(sub + "/a", bytesOf("old")).ok());
  fs::permissions(sub, fs::perms::owner_read | fs::perms::owner_exec);
  const Status status = writeFile(sub + "/a", bytesOf("new"));
  fs::permissions(sub, fs::perms::owner_all);
  // The superuser may write all the same.
  CHECK(*readFile(sub + "/a") == bytesOf(status.ok() ? "new" : "old"));
}

TEST_CASE("old contents survive a write that fails halfway") {
  const test::TempFolder folder;
  const std::string path = folder.file("a");
  REQUIRE(writeFile(path, bytesOf("old")).ok());
  Status status;
  {
    const FileSizeLimit limit(4096);
    REQUIRE(limit.isSet());
    status = writeFile(path, std::vector<std::byte>(1000000));
  }
  REQUIRE_FALSE(status.ok());
  CHECK(status.error().code == Errc::File);
  CHECK(status.error().message.find(path) != std::string::npos);
  CHECK(*readFile(path) == bytesOf("old"));
  CHECK(folder.count() == 1);
  // A short text fails only when it is flushed.
  {
    const FileSizeLimit limit(1);
    status = writeFile(path, bytesOf("new"));
  }
  CHECK_FALSE(status.ok());
  CHECK(*readFile(path) == bytesOf("old"));
  CHECK(folder.count() == 1);
}

TEST_CASE("a temporary file of someone else is left alone") {
  const test::TempFolder folder;
  REQUIRE(writeFile(folder.file("a.tmp0"), bytesOf("theirs")).ok());
  REQUIRE(writeFile(folder.file("a"), bytesOf("ours")).ok());
  CHECK(*readFile(folder.file("a.tmp0")) == bytesOf("theirs"));
  CHECK(*readFile(folder.file("a")) == bytesOf("ours"));
  CHECK(folder.count() == 2);
}

TEST_CASE("a link stays a link, permissions stay") {
  const test::TempFolder folder;
  REQUIRE(writeFile(folder.file("a"), bytesOf("old")).ok());
  const fs::perms perms = fs::perms::owner_read | fs::perms::owner_write;
  fs::permissions(folder.file("a"), perms);
  fs::create_symlink("a", folder.file("link"));
  REQUIRE(writeFile(folder.file("link"), bytesOf("new")).ok());
  CHECK(fs::is_symlink(folder.file("link")));
  CHECK(*readFile(folder.file("a")) == bytesOf("new"));
  CHECK(fs::status(folder.file("a")).permissions() == perms);

  fs::create_symlink("nowhere", folder.file("dangling"));
  CHECK(writeFile(folder.file("dangling"), bytesOf("x")).error().code == Errc::File);
}

TEST_CASE("a device is not replaced") {
  CHECK(writeFile("/dev/null", bytesOf("x")).error().code == Errc::File);
  CHECK(fs::is_character_file("/dev/null"));
  CHECK(readFile("/dev/null")->empty());
}

}  // namespace glint
