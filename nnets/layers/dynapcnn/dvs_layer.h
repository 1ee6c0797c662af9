#pragma once

#include <vector>

#include "nnets/graph/layer.h"

namespace glint::dynapcnn {

/// sinabs' DVSLayer: what a chip does to the frames of its camera, in this order: adds the channels
/// (polarities) up, adds up windows of `pool`, crops, reverses rows (flip_y) and columns (flip_x),
/// swaps rows and columns. Rows and columns that fill no window are dropped.
/// Shapes     x [X,Y,C] integers, y [h,w,C], C = 1 with merge_polarities; h, w the crop's extents,
///            in pooled positions, exchanged with swap_xy.
/// Errors     Value: a crop that is not four numbers inside the pooled map, or empty.
/// Source     sinabs v2.1.0, sinabs/backend/dynapcnn/dvs_layer.py.
class DvsLayer : public Layer {
 public:
  bool mergePolarities = false;
  Pair pool;
  std::vector<int> crop;  ///< [top, bottom, left, right], ends excluded; empty: all
  bool flipX = false;     ///< columns in reverse
  bool flipY = false;     ///< rows in reverse
  bool swapXY = false;

  std::string_view type() const override { return "dynapcnn.DVSLayer"; }
  std::unique_ptr<Layer> clone() const override { return std::make_unique<DvsLayer>(*this); }
  void fields(FieldVisitor& visitor) override;
  Result<TensorType> outputType(std::span<const TensorType> inputs) const override;
  std::vector<VariableDecl> variableTable(std::span<const TensorType> inputs) const override;
  Tensor reference(std::span<const Tensor> inputs, const TensorType& output,
                   LayerState& state) const override;
  Status lower(OpBuilder& builder) const override;
  std::int64_t macs(std::span<const TensorType> inputs) const override;
  bool fullyConvolutional() const override { return false; }

 private:
  struct Area {
    std::int64_t top = 0, bottom = 0, left = 0, right = 0;
  };
  /// What the crop leaves of a pooled input, ends excluded.
  Area areaOf(const Shape& input) const;
};

}  // namespace glint::dynapcnn
