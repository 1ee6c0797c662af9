#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nnets/api/device.h"
#include "nnets/api/labels.h"
#include "nnets/api/layer.h"
#include "nnets/api/optimizer.h"
#include "nnets/api/sequence.h"

namespace glint::api {

/// Samples for a model: for each of its fed layers a tensor [n, x, y, c], of the element type that
/// the layer takes: uint8, int8 where the input is signed, float32 for a Quantizer.
struct Inputs {
  std::span<const Tensor> tensors;
  Inputs(const Tensor& one) : tensors(&one, 1) {}
  Inputs(std::span<const Tensor> many) : tensors(many) {}
  Inputs(const std::vector<Tensor>& many) : tensors(many) {}
};

/// The Model of the Akida interface: a thin layer around glint::Model, which holds the network.
/// What it computes is that of the references, wherever it is mapped. A handle: copies are the same
/// model. Not thread-safe.
///
/// Errors leave the model as it was. A call that fails to build it, add() or popLayer(), is
/// remembered besides (status()): later calls that build or run the model do nothing and return
/// that first error, so that a chain of calls may be checked once, and no layer is attached to
/// another one than it would be (docs/decisions/0009).
/// Source  akida-runtime-api, akida.Model; docs/api.md lists the names.
class Model {
 public:
  Model();
  explicit Model(glint::Model graph);
  /// A model file. Errors: see loadModel.
  static Result<Model> load(const std::string& path);
  /// Copies of layers, with their variables, mostly of another model. What the first one reads and
  /// the list lacks becomes an InputData of that type. Errors (Value): as add().
  static Result<Model> fromLayers(std::span<const Layer> layers);
  // Inverses of toBuffer, toDict and toJson. Errors: see modelFromBytes and modelFromDict.
  static Result<Model> fromBuffer(std::span<const std::byte> buffer);
  static Result<Model> fromDict(const Json& dict);
  static Result<Model> fromJson(std::string_view text);

  /// Appends `layer`, which from now on belongs to the model. It reads `inboundLayers`, by default
  /// the last layer. Variables that it lacks are neutral; a layer without a name gets one. Errors
  /// (Value): the layer is in a model, an inbound layer is not in this one, illegal parameters or
  /// variables, layers of Akida 1.0 and 2.0 in one model; (Runtime): see status(). Unmaps the
  /// model.
  Status add(const Layer& layer, std::span<const Layer> inboundLayers = {});
  /// Removes the last layer; handles of it stand by themselves. Error (Runtime): there is none.
  Status popLayer();
  /// The first error of building, or success; clearError() forgets it.
  const Status& status() const;
  void clearError();

  Result<Layer> getLayer(std::string_view name) const;  ///< errors (Value): no such layer
  Result<Layer> getLayer(int index) const;
  int getLayerCount() const;
  std::vector<Layer> layers() const;

  Shape inputShape() const;   ///< [x, y, c] of the first fed layer; rank 0 without layers
  Shape outputShape() const;  ///< [x, y, c] of the last layer; rank 0 without layers
  /// Empty: no layer belongs to a version yet.
  std::optional<IpVersion> ipVersion() const;

  /// The output of the last layer for n samples, [n, x, y, c]: uint8 or int8 codes behind an
  /// activation (int32 beyond 8 bits), else int32 potentials, or float32 behind a Dequantizer.
  /// `batchSize`, the largest number of samples at a time (0: all), changes no result.
  /// Errors: Type (dtype), Value (shape, range, batchSize), Runtime (no layers), Driver.
  Result<Tensor> forward(const Inputs& inputs, int batchSize = 0);
  /// float32 [n, x, y, c]: what the last layer says its potentials stand for, (p - threshold) /
  /// act_step in layers of Akida 1.0. Errors besides: Runtime, the last layer has an activation;
  /// Value, there are only InputData.
  Result<Tensor> predict(const Inputs& inputs, int batchSize = 0);
  /// int32 [n]: the class of each sample. The neurons of the last layer form `numClasses` groups of
  /// equal size (0: a class each); the strongest neuron decides, the first one of equals. Errors
  /// besides those of forward: Value, the output is no [1, 1, neurons] or does not divide so.
  Result<Tensor> predictClasses(const Inputs& inputs, int numClasses = 0, int batchSize = 0);
  /// The share of samples whose class is the label; `labels` are integers [n]. Errors besides: Type
  /// and Value, labels of another type, shape or number; Value, no samples.
  Result<double> evaluate(const Inputs& inputs, const Tensor& labels, int numClasses = 0,
                          int batchSize = 0);

  /// Lets the last layer learn, from the beginning: its weights are replaced. Errors (Value): the
  /// layer or the optimizer does not allow it, see compileLast; (Runtime): no layers, or status().
  Status compile(const Optimizer& optimizer);
  /// The optimizer of the last layer, with the classes that were added; empty: not compiled.
  std::optional<Optimizer> learning() const;
  /// Learns from samples, one after the other, and returns what forward() gives for each before it
  /// was learned. A sample whose label is no class is not learned. Errors besides those of forward:
  /// Runtime, the last layer is not compiled; Value, the labels. Then nothing was learned.
  Result<Tensor> fit(const Inputs& inputs, const Labels& labels = {}, int batchSize = 0);
  /// Appends neurons for `count` classes to the last layer. Errors: see glint::addClasses.
  Status addClasses(int count);
  /// What the last layer has learned, as bytes, and back. Errors: see glint::learnMem.
  Result<std::vector<std::byte>> learnMem() const;
  Status setLearnMem(std::span<const std::byte> bytes);

  /// Maps the model on a device; null: back to software. After changes of variables the next
  /// forward() maps again. Errors: those of the device; Runtime: `hwOnly`, and a layer would run in
  /// software. Then the model stays as it is mapped.
  Status map(std::shared_ptr<Device> device, bool hwOnly = false);
  /// Runs of layers on one backend, as last mapped; one in software without a device.
  std::vector<Sequence> sequences() const;
  /// How the model is laid onto its device; null in software.
  const Schedule* schedule() const;

  /// Gives durations to metrics: milliseconds of a clock that never goes back. The library reads no
  /// clock by itself.
  void setClock(std::function<double()> milliseconds);
  /// Of the last inference: inference_frames, and with a clock inference_start and inference_end.
  const std::map<std::string, double>& metrics() const;
  /// By name of the sequence. Every sequence sees every frame.
  std::map<std::string, SequenceStatistics> statistics() const;
  /// What the device measured in the last inference.
  const std::vector<PowerEvent>& powerEvents() const;

  /// The tables of the model, its sequences and their layers.
  std::string summary() const;

  /// Writes a model file, all or nothing. Errors: File; Runtime: no layers, or status().
  Status save(const std::string& path) const;
  Result<std::vector<std::byte>> toBuffer() const;  ///< the image of a model file; errors as save
  Json toDict() const;                              ///< with all variables, bit for bit
  std::string toJson() const;

  const glint::Model& graph() const;

 private:
  using Step = std::function<Result<Tensor>(const std::vector<Tensor>& feeds)>;
  Result<std::vector<Tensor>> run(const Inputs& inputs, int batchSize);
  Result<std::vector<Tensor>> runEach(const Inputs& inputs, int batchSize, const Step& step);
  Status refresh();
  Status writable() const;
  Status append(const Layer& layer, std::span<const Layer> inboundLayers);

  std::shared_ptr<ModelBody> body_;
};

}  // namespace glint::api
