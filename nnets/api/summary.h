#pragma once

#include <string>
#include <vector>

#include "nnets/api/model.h"

/// What Model::summary() prints, as data.
namespace glint::api {

/// The row of one layer.
struct SummaryRow {
  Layer layer;
  std::string outputShape;           ///< "[16, 16, 8]"
  std::vector<std::string> kernels;  ///< "(3, 3, 1, 8)"; the pointwise one second; or "N/A"
  std::string nps;                   ///< "8 in 2 passes", "in add1" (its passes), or "N/A"
  BackendType backend = BackendType::Software;
};

/// By layer.
std::vector<SummaryRow> summaryRows(const Model& model);

/// The shapes of all feeds and of all outputs that no layer reads: "[4, 6, 2], [4, 6, 2]".
std::string inputShapes(const glint::Model& model);
std::string outputShapes(const glint::Model& model);

}  // namespace glint::api
