#include "nnets/api/learning_vector.h"

#include <utility>

#include "core/json.h"

namespace glint::api {
namespace {

Error wrong(const std::string& key, const Json* value, const std::string& legal) {
  return {Errc::Format, "metadata 'spec': '" + key + "' is " +
                            (value == nullptr ? "missing" : value->dump()) + ", legal: " + legal};
}

Result<int> countOf(const Json& json, const std::string& key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->asInt() == nullptr || !std::in_range<int>(*value->asInt())) {
    return wrong(key, value, "an integer");
  }
  return static_cast<int>(*value->asInt());
}

Result<Shape> shapeOf(const Json& params) {
  const Json* value = params.find("input_shape");
  const Error error = wrong("input_shape", value, "three integers");
  if (value == nullptr || value->asArray() == nullptr || value->asArray()->size() != 3) {
    return error;
  }
  Shape shape;
  for (const Json& extent : *value->asArray()) {
    if (extent.asInt() == nullptr) return error;
    shape.append(*extent.asInt());
  }
  return shape;
}

Result<LearningVector::Call> callOf(const Json& json) {
  const Json* op = json.find("op");
  if (op != nullptr && *op == Json("fit")) return LearningVector::Call{};
  if (op == nullptr || *op != Json("add_classes")) {
    return Error{Errc::Unsupported, wrong("op", op, "fit, add_classes").message};
  }
  GLINT_ASSIGN(const int classes, countOf(json, "num_add_classes"));
  return LearningVector::Call{false, classes};
}

/// Runs the calls of one vector.
class Player {
 public:
  Player(const LearningVector& vector, Model& model) : vector_(vector), model_(model) {}

  Result<VectorResult> run() {
    GLINT_ASSIGN(const Layer last, model_.getLayer(model_.getLayerCount() - 1));
    GLINT_TRY(checkVariable(last, "weights", "init"));
    for (std::size_t i = 0; i < vector_.calls.size(); ++i) {
      const std::string suffix = std::to_string(i);
      GLINT_TRY(call(vector_.calls[i], suffix));
      for (const char* name : {"weights", "threshold_learning", "learning_steps"}) {
        GLINT_TRY(checkVariable(last, name, suffix));
      }
      GLINT_ASSIGN(const Tensor histogram, last.getLearningHistogram());
      check("histogram_" + suffix, histogram);
    }
    if (result_.values == 0) return Error{Errc::Value, "nothing was compared"};
    return std::move(result_);
  }

 private:
  Status call(const LearningVector::Call& call, const std::string& suffix) {
    if (!call.fits) return model_.addClasses(call.classes);
    const auto& tensors = vector_.file.tensors;
    const auto input = tensors.find("input_" + suffix), labels = tensors.find("labels_" + suffix);
    if (input == tensors.end()) {
      return Error{Errc::Format, "tensor 'input_" + suffix + "' is missing"};
    }
    GLINT_ASSIGN(
        const Tensor output,
        model_.fit(input->second, labels == tensors.end() ? Labels() : Labels(labels->second)));
    check("output_" + suffix, output);
    return {};
  }

  Status checkVariable(const Layer& layer, const std::string& name, const std::string& suffix) {
    GLINT_ASSIGN(const Tensor got, layer.getVariable(name));
    check(name + "_" + suffix, got);
    return {};
  }

  /// Compares with the tensor of that name, if it was recorded.
  void check(const std::string& name, const Tensor& got) {
    const auto found = vector_.file.tensors.find(name);
    if (found == vector_.file.tensors.end()) return;
    result_.values += found->second.size();
    std::optional<Mismatch> mismatch = compare(found->second, got);
    if (!mismatch) return;
    mismatch->layer = name;
    result_.mismatches.push_back(*std::move(mismatch));
  }

  const LearningVector& vector_;
  Model& model_;
  VectorResult result_;
};

}  // namespace

bool isLearningVector(const SafeTensors& file) {
  const auto text = file.metadata.find("spec");
  if (text == file.metadata.end()) return false;
  const Result<Json> spec = parseJson(text->second);
  const Json* layer = spec.ok() ? spec->find("layer") : nullptr;
  return layer != nullptr && *layer == Json("AkidaUnsupervised");
}

Result<LearningVector> readLearningVector(SafeTensors file) {
  GLINT_ASSIGN(const Json spec, parseJson(file.metadata["spec"]));
  const Json* params = spec.find("params");
  const Json* optimizer = params == nullptr ? nullptr : params->find("optimizer");
  const Json* calls = params == nullptr ? nullptr : params->find("calls");
  if (optimizer == nullptr) return wrong("params.optimizer", nullptr, "an object");
  if (calls == nullptr || calls->asArray() == nullptr) {
    return wrong("params.calls", calls, "a list of calls");
  }
  LearningVector vector;
  GLINT_ASSIGN(vector.inputShape, shapeOf(*params));
  GLINT_ASSIGN(vector.units, countOf(*params, "units"));
  GLINT_ASSIGN(vector.optimizer, learningFromJson(*optimizer));
  for (const Json& json : *calls->asArray()) {
    GLINT_ASSIGN(const LearningVector::Call call, callOf(json));
    vector.calls.push_back(call);
  }
  vector.file = std::move(file);
  return vector;
}

Result<Model> learningModel(const LearningVector& vector) {
  Json::Array shape;
  for (int axis = 0; axis < 3; ++axis) shape.emplace_back(vector.inputShape[axis]);
  Json input, dense;
  input.set("input_shape", Json(std::move(shape)));
  input.set("input_bits", 1);
  dense.set("units", vector.units);
  dense.set("weights_bits", 1);
  dense.set("activation", false);
  GLINT_ASSIGN(const Layer first, Layer::create("InputData", input, "input"));
  GLINT_ASSIGN(const Layer last, Layer::create("FullyConnected", dense, "learned"));
  Model model;
  GLINT_TRY(model.add(first));
  GLINT_TRY(model.add(last));
  GLINT_TRY(model.compile(Optimizer(vector.optimizer)));
  return model;
}

Result<VectorResult> verifyLearning(const LearningVector& vector, Model& model) {
  return Player(vector, model).run();
}

}  // namespace glint::api
