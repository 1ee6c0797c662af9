#include "apps/glint/output.h"

#include <chrono>
#include <cstdarg>
#include <cstdio>

namespace glint::cli {
namespace {
const auto programStart = std::chrono::steady_clock::now();
}

std::string text(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  std::va_list again;
  va_copy(again, arguments);
  const int length = std::vsnprintf(nullptr, 0, format, arguments);
  va_end(arguments);
  std::string result(static_cast<std::size_t>(length < 0 ? 0 : length), '\0');
  if (length > 0) std::vsnprintf(result.data(), result.size() + 1, format, again);
  va_end(again);
  return result;
}

void print(const std::string& line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void printJson(const Json& object) { print(object.dump(2)); }

void note(const std::string& message) {
  const std::string line = "glint: " + message + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

void printError(const Error& error, bool json) {
  note("error: " + error.message);
  if (!json) return;
  Json object = Json::object();
  object.set("error", error.message);
  object.set("class", errorClass(error.code));
  printJson(object);
}

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  const std::size_t sign = n < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string milliseconds(double ms) {
  if (ms < 10) return text("%.3f", ms);
  return ms < 100 ? text("%.2f", ms) : text("%.1f", ms);
}

double secondsSinceStart() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - programStart).count();
}

}  // namespace glint::cli
