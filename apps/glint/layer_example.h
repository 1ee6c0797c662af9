#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nnets/graph/model.h"

/// Layers under test by layerReference(). Their extents are all different, so that each extent of a
/// variable tells what it is.
namespace glint::cli {

/// A declared parameter.
struct Field {
  std::string name;
  Json value;  ///< the default
  bool required = false;
  bool isActivation = false;
};
std::vector<Field> fieldsOf(std::string_view type);

/// A value that is legal for extents, as of kernels.
Json exampleOf(const Field& field);

/// Legal values of the required parameters, as a JSON object.
Json exampleParameters(std::string_view type);

/// The type of what the layer reads, one entry an input; for input layers what they are fed with.
/// Errors (Value): the layer refuses its parameters.
Result<std::vector<TensorType>> exampleInputs(const Layer& layer);

/// Reads `parameters` and checks them against the example's inputs. Errors (Value): those of
/// readFields and outputType.
Status tryParameters(std::string_view type, const Json& parameters);

/// A model whose last layer is of this type, behind what it reads; variables are at the upper end
/// of their ranges.
Result<Model> exampleModel(std::string_view type, const Json& parameters);

/// An extent of a variable of the example in words: "C", "filters", "X*Y*C".
std::string extentInWords(std::string_view type, std::int64_t extent, std::size_t axis);

/// A message of the example with its extents in words.
std::string inWords(std::string message);

}  // namespace glint::cli
