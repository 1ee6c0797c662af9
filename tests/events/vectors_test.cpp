// Files of every format with the events that other software made them of.
#include <filesystem>

#include <doctest/doctest.h>

#include "core/file.h"
#include "core/json.h"
#include "events/event_reader.h"
#include "tests/support/skip.h"

namespace glint::events {
namespace {

const std::string kFolder = "../shared/data/events/";

Json parsed(const std::string& path) {
  const auto bytes = readFile(path);
  REQUIRE(bytes.ok());
  const auto json = parseJson({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
  REQUIRE(json.ok());
  return *json;
}

std::int64_t integer(const Json& object, const char* key) { return *object.find(key)->asInt(); }

std::vector<Event> expectedEvents(const Json& description) {
  if (const Json* file = description.find("events_npy")) {
    const auto recording = readRecording(kFolder + *file->asString());
    REQUIRE(recording.ok());
    return recording->events;
  }
  std::vector<Event> events;
  for (const Json& row : *description.find("events")->asArray()) {
    const auto at = [&](std::size_t i) { return *(*row.asArray())[i].asInt(); };
    events.push_back(
        {at(2), static_cast<std::uint16_t>(at(0)), static_cast<std::uint16_t>(at(1)), at(3) != 0});
  }
  return events;
}

}  // namespace

TEST_CASE("valid files give the events that they were made of") {
  std::error_code missing;
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder, missing)) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".json") || path.ends_with("rejects.json")) continue;
    CAPTURE(path);
    const Json description = parsed(path);
    const auto recording = readRecording(path.substr(0, path.size() - 5));
    if (!recording.ok()) FAIL_CHECK(recording.error().message);
    if (!recording.ok()) continue;
    CHECK(recording->events.size() == static_cast<std::size_t>(integer(description, "count")));
    CHECK(recording->events == expectedEvents(description));
    if (recording->info.width != 0) {
      CHECK(recording->info.width == integer(description, "width"));
      CHECK(recording->info.height == integer(description, "height"));
    }
    ++files;
  }
  if (files == 0) test::skip(kFolder + " is not here");
}

TEST_CASE("damaged files are refused for the reason that is known") {
  if (!std::filesystem::exists(kFolder + "rejects.json")) {
    return test::skip(kFolder + " is not here");
  }
  const Json rejects = parsed(kFolder + "rejects.json");
  for (const Json& reject : *rejects.asArray()) {
    const std::string path = kFolder + *reject.find("file")->asString();
    CAPTURE(path);
    const auto recording = readRecording(path);
    REQUIRE_FALSE(recording.ok());
    const std::string& message = recording.error().message;
    CAPTURE(message);
    CHECK(message.find(path + ": at byte ") == 0);
    CHECK(message.find(*reject.find("reason")->asString()) != std::string::npos);
  }
}

}  // namespace glint::events
