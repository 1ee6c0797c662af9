#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/glint/picture/image.h"
#include "core/tensor.h"
#include "nnets/graph/model.h"

/// How a model file says that pictures become codes, and codes pictures or labels.
namespace glint::cli {

enum class Colour { Luma, Gray, Rgb };

struct PictureInput {
  Colour colour = Colour::Luma;
};

struct PictureOutput {
  enum class Kind {
    Codes,   ///< the file says nothing: plain numbers
    Image,   ///< pixel = clamp(round(code * scale + offset), 0, 255)
    Labels,  ///< one score a name, or, behind a layer that learned, one a neuron of its class
  };
  Kind kind = Kind::Codes;
  Colour colour = Colour::Luma;
  double offset = 0, scale = 1;
  std::vector<std::string> names;
};

/// What Model::inputInfo says of the only feed; empty when it says nothing. Errors (Format, Value):
/// it is not understood, or does not fit the layer.
Result<std::optional<PictureInput>> pictureInput(const Model& model);
/// The same of Model::outputInfo and the only output.
Result<PictureOutput> pictureOutput(const Model& model);

/// The codes that the model is fed with: uint8 [height, width, 1 or 3].
Tensor codesOf(const picture::Image& image, Colour colour);

/// The picture that `codes` [height, width, c] are. `original` gives what a luma network leaves
/// alone: chroma and alpha.
picture::Image pictureOf(const Tensor& codes, const PictureOutput& output,
                         const picture::Image& original);

/// Element `i` of any numeric tensor.
double numberAt(const Tensor& tensor, std::int64_t i);

}  // namespace glint::cli
