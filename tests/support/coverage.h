#pragma once

#include <map>
#include <string>
#include <vector>

#include "nnets/schedule/schedule.h"

namespace glint::test {

/// Counts what a run of random models exercised, so that a run that leaves a mechanism untried
/// fails rather than passes.
class Coverage {
 public:
  /// Starts every feature that exists at zero.
  Coverage();

  /// Counts what one schedule holds, and the configuration it was made for ("ES 2", "4 targets").
  void count(const Model& model, const Schedule& schedule, const std::string& configuration);
  /// Counts the buffers that saturated when `model` ran on `feeds`.
  void countSaturation(const Schedule& schedule, const std::vector<Tensor>& outside);

  /// A line a feature, in groups.
  std::string table() const;
  /// The features counted fewer than `least` times.
  std::vector<std::string> missing(int least) const;

 private:
  void countOp(const Schedule& schedule, std::size_t op);
  void countRings(const Schedule& schedule);
  void countBounds(const Model& model);
  void add(const std::string& feature) { ++counts_.at(feature); }

  std::map<std::string, int> counts_;
};

}  // namespace glint::test
