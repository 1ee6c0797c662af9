#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>

namespace glint {

/// Extents of a tensor, slowest axis first. At most kMaxRank axes, none negative.
class Shape {
 public:
  static constexpr int kMaxRank = 6;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) {
    for (std::int64_t extent : extents) append(extent);
  }

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return extents_[static_cast<std::size_t>(axis)]; }
  std::int64_t& operator[](int axis) { return extents_[static_cast<std::size_t>(axis)]; }
  std::int64_t back() const { return (*this)[rank_ - 1]; }

  /// Adds a fastest axis. Callers keep to kMaxRank.
  void append(std::int64_t extent) {
    assert(rank_ < kMaxRank);
    extents_[static_cast<std::size_t>(rank_++)] = extent;
  }

  /// The product of the extents; 1 for rank 0.
  std::int64_t size() const {
    std::int64_t n = 1;
    for (int axis = 0; axis < rank_; ++axis) n *= (*this)[axis];
    return n;
  }

  bool operator==(const Shape&) const = default;

  /// "[3, 4, 5]"
  std::string toString() const {
    std::string text = "[";
    for (int axis = 0; axis < rank_; ++axis) {
      if (axis > 0) text += ", ";
      text += std::to_string((*this)[axis]);
    }
    return text + "]";
  }

 private:
  std::array<std::int64_t, kMaxRank> extents_{};
  int rank_ = 0;
};

}  // namespace glint
