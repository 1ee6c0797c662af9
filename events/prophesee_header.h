#pragma once

#include "events/byte_stream.h"
#include "events/event_reader.h"

namespace glint::events {

/// The lines of text in front of a Prophesee file.
struct PropheseeHeader {
  Format format = Format::Evt3;
  int width = 0;  ///< pixels; 0: not named
  int height = 0;
};

/// Reads the lines that begin with '%', up to "% end" or the first byte of another kind. Errors:
/// Format (no end, a number that is none, an unknown format), Unsupported (EVT 2.1, EVT 4).
Result<PropheseeHeader> readPropheseeHeader(ByteStream& stream);

}  // namespace glint::events
