#pragma once

#include <string>
#include <vector>

#include "apps/glint/picture_model.h"
#include "core/tensor.h"

namespace glint::cli {

/// The pictures of one class.
struct PictureClass {
  std::string name;                  ///< of the folder
  std::vector<Tensor> codes;         ///< uint8 [height, width, 1 or 3], by file name
  std::vector<std::string> skipped;  ///< why files could not be read
  std::size_t resized = 0;           ///< how many had another size
};

/// What pictures are made into.
struct PictureForm {
  int width = 0, height = 0;
  Colour colour = Colour::Gray;
};

/// The middle of a picture in the shape of `form`, resized to it.
Tensor centralCodes(const picture::Image& image, const PictureForm& form);

/// Reads all PNG and JPEG files (by suffix) of a folder. Errors (File, Value): no folder, or no
/// picture in it; of files that cannot be read, unless `skip`. They name the path.
Result<PictureClass> loadClass(const std::string& folder, const PictureForm& form, bool skip);

/// Parts of classes: `[first, last)` of each, class after class in turns, so that every class has
/// been seen as often as the others. Some class has a picture there.
struct Examples {
  Tensor inputs;            ///< [n, height, width, channels]
  std::vector<int> labels;  ///< by number of the class
};
Examples examplesOf(const std::vector<PictureClass>& classes, const std::vector<int>& labels,
                    std::size_t first, std::size_t last);

/// Numbers of examples to measure at: 1, 2, 5, 10, 20, ... and `most`.
std::vector<std::size_t> checkpoints(std::size_t most);

}  // namespace glint::cli
