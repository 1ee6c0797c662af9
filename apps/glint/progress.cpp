#include "apps/glint/progress.h"

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace glint::cli {

Progress::Progress() : terminal_(isatty(STDERR_FILENO) != 0) {}

void Progress::show(const std::string& what, std::int64_t done, std::int64_t of) {
  if (!terminal_ || of <= 0) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && what == what_ && now - last_ < std::chrono::milliseconds(50)) return;
  constexpr std::int64_t kWidth = 24;
  const auto filled = static_cast<std::size_t>(std::clamp<std::int64_t>(done, 0, of) * kWidth / of);
  const std::string bar =
      std::string(filled, '#') + std::string(static_cast<std::size_t>(kWidth) - filled, '.');
  std::fprintf(stderr, "\r\033[K%.40s  [%s]  %lld of %lld", what.c_str(), bar.c_str(),
               static_cast<long long>(done), static_cast<long long>(of));
  std::fflush(stderr);
  what_ = what;
  last_ = now;
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace glint::cli
