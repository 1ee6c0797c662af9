#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "events/event_reader.h"

namespace glint::test {

/// Any bytes are events, or events up to a damage that names a byte; both ways to read agree.
inline void readEvents(const std::string& name, const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  const auto known = [&](const Error& error) {
    const std::string start = name + ": at byte ";
    const bool names = error.message.compare(0, start.size(), start) == 0;
    return names && (error.code == Errc::Format || error.code == Errc::Unsupported);
  };
  const auto reader = events::EventReader::open(bytes, name);
  if (!reader.ok()) {
    if (!known(reader.error())) std::abort();
    return;
  }
  const auto part = events::readRecording(**reader, true);
  if (!part.ok() || (part->damage && !known(*part->damage))) std::abort();
  const auto whole = events::readRecording(**events::EventReader::open(bytes, name));
  if (whole.ok() == part->damage.has_value()) std::abort();
  if (whole.ok() && whole->events != part->events) std::abort();
}

}  // namespace glint::test
