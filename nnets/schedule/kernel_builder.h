#pragma once

#include <array>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "nnets/schedule/build_kernel.h"
#include "nnets/schedule/window_taps.h"

namespace glint {

/// Builds the plan of one pass: the op's sums, and in front of what they read the sums of ops that
/// are computed in this pass. See build_kernel.h, the interface.
class KernelBuilder {
 public:
  KernelBuilder(const KernelSources& from, int op, const PassMapping& pass);

  BuiltKernel build();

 private:
  /// An op in this pass: fragment p holds its output position p * stride + origin.
  struct Site {
    int op = -1;
    Stride stride;
    int originX = 0, originY = 0;
  };
  /// What one accumulator holds of an op: four channels, at an offset from the site's position.
  struct Share {
    int accumulator = 0;
    NpMapping np;
    int x = 0, y = 0;
  };
  /// A page of a value at an offset from the position that its reader's window begins at.
  using Place = std::tuple<int, int, int, int>;  // value, page, dx, dy

  // build_kernel.cpp: what programs of all kinds need.
  const Op& opAt(int op) const { return from_.graph.ops[static_cast<std::size_t>(op)]; }
  const Proof& proofAt(int op) const { return from_.proofs[static_cast<std::size_t>(op)]; }
  const OpMapping& mapping() const { return from_.mapping.ops[static_cast<std::size_t>(root_)]; }
  const Value& valueOf(int op, int input) const;
  bool isInt() const { return proofAt(root_).arithmetic == Arithmetic::Int32; }
  bool dropsZeros() const { return mapping().placement == Placement::Inline; }
  int add(const Vec4& v) { return isInt() ? addInt(v) : addFloat(v); }
  int addFloat(const Vec4& v);
  int addInt(const Vec4& v);
  int addAccumulator(int op, const NpMapping& np);
  std::vector<EpilogueStep> epilogueOf(int op, const NpMapping& np);
  Stride windowStride(int op) const;
  int operand(const Site& site, int input);
  int addressSlot(const AddressSlot& slot);
  int addFetch(const Site& site, int input, int page, int dx, int dy);
  std::array<int, 3> loadConstants(int op, int input, int page);
  double loadBound(int input, std::size_t channel) const;
  void noteBounds(std::size_t mac, int input, int page, const Mac& m, const Vec4& weights);
  void addMac(const Site& site, const Mac& mac, int input, int page, const Vec4& weights);

  // build_sums.cpp: unrolled sums.
  void addSums(const Site& site, const std::vector<Share>& shares);
  void addDense(const Site& site, int input, const std::vector<Share>& shares);
  void addDiagonal(const Site& site, int input, const std::vector<Share>& shares);
  int ownPage(int op, int input, const NpMapping& np) const;
  int innerOp(int value) const;
  Site siteInside(const Site& reader, int input) const;
  void addInner(const Site& reader, int input, const std::vector<Place>& places);

  // build_loop.cpp: sums in loops.
  void addLoop(const Site& site, const std::vector<Share>& shares);
  void addLoopedSum(const Site& site, const std::vector<Share>& shares);
  void appendWeights(const LayoutForm& form, int tile, int x, int y,
                     const std::vector<Share>& shares);

  const KernelSources& from_;
  const int root_;
  const PassMapping& pass_;
  /// The largest magnitude that weights of the root may be replaced by; 0: they stay.
  std::int64_t reach_ = 0;
  BuiltKernel built_;
  std::vector<Vec4> bounds_;  ///< by multiply-accumulate, with limbs: how far it moves its sums
  std::map<std::array<int, 3>, std::array<int, 3>> loadConstants_;  ///< by op, input, page
  std::map<std::pair<int, int>, int> operands_;                     ///< by op and value
  std::map<Place, int> inner_;                                      ///< accumulators
};

}  // namespace glint
