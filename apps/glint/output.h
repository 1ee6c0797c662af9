#pragma once

#include <string>

#include "core/json.h"
#include "core/result.h"

/// What commands print: text or one JSON object on stdout, everything else on stderr.
namespace glint::cli {

/// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string text(const char* format, ...);

/// One line on stdout.
void print(const std::string& line);
/// One indented JSON object on stdout.
void printJson(const Json& object);
/// "glint: <message>" on stderr.
void note(const std::string& message);
/// A failure on stderr; with `json` also {"error": ...} on stdout.
void printError(const Error& error, bool json);

/// 1234567 -> "1,234,567".
std::string grouped(std::int64_t n);
/// Milliseconds with three significant digits.
std::string milliseconds(double ms);

/// A wrong use of the command line that shows only after parsing; main() reports it.
struct WrongUse {
  std::string message;
};

/// Seconds since the program began.
double secondsSinceStart();

}  // namespace glint::cli
