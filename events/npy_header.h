#pragma once

#include <string>
#include <vector>

#include "events/byte_stream.h"

namespace glint::events {

/// One number of a record of a .npy file.
struct NpyField {
  std::string name;      ///< empty in a file of plain numbers
  char kind = 'i';       ///< as NumPy has it: 'i', 'u', 'b' (bool), 'f', others
  std::size_t size = 0;  ///< bytes
  std::size_t at = 0;    ///< bytes from the begin of the record
  bool big = false;      ///< big endian
};

/// What the header of a .npy file says.
struct NpyHeader {
  std::vector<NpyField> fields;  ///< one in a file of plain numbers
  bool structured = false;
  bool fortranOrder = false;
  std::vector<std::int64_t> shape;
  std::size_t recordSize = 0;  ///< bytes of all fields
};

/// Reads the header and stops at the first number. Errors: Format, with the offset; object arrays
/// (pickle) are refused.
Result<NpyHeader> readNpyHeader(ByteStream& stream);

}  // namespace glint::events
