#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "core/random.h"
#include "nnets/graph/model.h"

namespace glint::test {

/// What generators of random models share: dice, and a model under construction.
class ModelGenerator {
 public:
  explicit ModelGenerator(std::uint64_t seed) : random_(seed) {}

 protected:
  /// What the next layers may read.
  struct Source {
    std::string name;
    TensorType type;
  };

  int pick(int lo, int hi) { return static_cast<int>(random_.between(lo, hi)); }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  template <typename T>
  T oneOf(std::initializer_list<T> values) {
    return *(values.begin() + pick(0, static_cast<int>(values.size()) - 1));
  }
  int extent() { return chance(85) ? pick(1, 14) : pick(15, 40); }
  std::string fresh(const std::string& stem) { return stem + std::to_string(count_++); }
  /// Mostly the last layer, sometimes an earlier one.
  Source source();

  /// Fills a variable with values of lo .. hi, now and then with one of these two.
  void fill(Layer& layer, const std::string& name, DType type, Shape shape, std::int64_t lo,
            std::int64_t hi);
  /// A layer that reads `in`, with its parameters.
  std::unique_ptr<Layer> start(const std::string& type, const Json& params, const Source& in);
  /// Adds a layer unless the model refuses it (a window larger than its map, say).
  bool add(std::unique_ptr<Layer> layer);

  Random random_;
  Model model_;
  std::vector<Source> sources_;
  int count_ = 0;
};

}  // namespace glint::test
