#include "core/table.h"

#include <algorithm>
#include <utility>

namespace glint {
namespace {

constexpr std::size_t kGap = 2;

std::string padded(const std::string& cell, std::size_t width, bool right) {
  const std::string space(width - std::min(width, cell.size()), ' ');
  return right ? space + cell : cell + space;
}

void trimRight(std::string& line) { line.erase(line.find_last_not_of(' ') + 1); }

}  // namespace

Table::Table(std::vector<std::string> headers) : headers_(std::move(headers)) {
  for (std::string& header : headers_) {
    right_.push_back(!header.empty() && header.front() == '>');
    if (right_.back()) header.erase(0, 1);
  }
}

void Table::row(std::vector<std::string> cells) {
  cells.resize(headers_.size());
  rows_.push_back({std::move(cells), false});
}

void Table::section(std::string line) { rows_.push_back({{std::move(line)}, true}); }

std::string Table::toString() const {
  std::vector<std::size_t> widths;
  for (const std::string& header : headers_) widths.push_back(header.size());
  std::size_t across = 0;
  for (const Row& row : rows_) {
    if (row.section) {
      across = std::max(across, row.cells[0].size());
      continue;
    }
    for (std::size_t i = 0; i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], row.cells[i].size());
    }
  }
  std::size_t total = 0;
  for (const std::size_t width : widths) total += width + kGap;
  total = std::max(total - kGap, across);
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string out;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      out += padded(cells[i], widths[i], right_[i]) + std::string(kGap, ' ');
    }
    trimRight(out);
    return out + "\n";
  };
  std::string out =
      std::string(total, '_') + "\n" + line(headers_) + std::string(total, '=') + "\n";
  for (const Row& row : rows_) out += row.section ? row.cells[0] + "\n" : line(row.cells);
  return out + std::string(total, '_');
}

}  // namespace glint
