#pragma once

#include <optional>
#include <string>
#include <vector>

#include "apps/glint/device.h"
#include "apps/glint/learn_pictures.h"
#include "nnets/api/model.h"

namespace glint::cli {

/// What `glint learn` was asked for.
struct LearnOptions {
  CommonOptions common;
  std::string model, output, plot;
  std::vector<std::string> folders;
  // Of the layer that learns; empty: see `glint learn --help`.
  std::optional<int> neurons, numWeights;
  std::optional<double> competition;
  std::optional<std::uint64_t> seed;
  double heldOut = 0.25;
  bool skipUnreadable = false;
  bool force = false;
  bool plotAsked = false;  ///< not `plot` by default

  bool shapesLayer() const { return neurons || numWeights || competition || seed; }
};

/// Learns classes from folders of pictures, and says how well. Gives the exit status; throws
/// WrongUse.
Result<int> runLearn(const LearnOptions& options);

/// Before anything is read: the outputs are files of their kinds in folders that exist, none of
/// them read or the other one, none of them there already without --force. Throws WrongUse; errors
/// (File, Value) name the path.
Status checkFiles(const LearnOptions& options);

/// How well pictures that were held out are told apart after some examples of each class.
struct LearnPoint {
  std::size_t examples = 0;
  double accuracy = 0;
  double nearest = 0;  ///< of 1-nearest-neighbour, Hamming, on the same features and examples
};

/// What came of it.
struct LearnReport {
  std::string device;
  std::vector<std::string> names;        ///< of all classes
  std::size_t learned = 0, tested = 0;   ///< pictures
  std::int64_t inputs = 0, neurons = 0;  ///< of the layer; neurons of a class
  int numWeights = 0;
  std::int64_t learnedNeurons = 0;
  std::vector<LearnPoint> points;
  std::vector<std::string> software;  ///< layers, and why
};

/// What is doubtful about the pictures: `known` and `heldOut` are the parts of each class, `names`
/// all classes of the model.
std::vector<std::string> notesOf(const LearnOptions& options, const PictureForm& form,
                                 const std::vector<PictureClass>& known,
                                 const std::vector<PictureClass>& heldOut,
                                 const std::vector<std::string>& names);

/// Prints the table, or `report` as JSON, and draws the plot where pictures were held out.
Status reportLearning(const LearnOptions& options, const LearnReport& report);

}  // namespace glint::cli
