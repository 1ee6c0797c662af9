#pragma once

#include <string>
#include <vector>

namespace glint {

/// A table of text in aligned columns.
class Table {
 public:
  /// Columns whose header begins with '>' are aligned to the right.
  explicit Table(std::vector<std::string> headers);

  void row(std::vector<std::string> cells);
  /// A line of text across all columns.
  void section(std::string line);

  bool empty() const { return rows_.empty(); }
  std::string toString() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    bool section = false;
  };
  std::vector<std::string> headers_;
  std::vector<bool> right_;
  std::vector<Row> rows_;
};

}  // namespace glint
