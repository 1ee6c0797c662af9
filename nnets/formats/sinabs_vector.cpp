#include "nnets/formats/sinabs_vector.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nnets/formats/model_file.h"
#include "nnets/layers/akida/input_data.h"
#include "nnets/layers/dynapcnn/channel_order.h"
#include "nnets/layers/dynapcnn/dynapcnn_network.h"

namespace glint {
namespace {

using dynapcnn::DynapcnnLayer;

Error wrong(const std::string& key, const std::string& legal) {
  return {Errc::Format, "metadata 'spec': '" + key + "' is missing or wrong, legal: " + legal};
}

Result<std::vector<int>> integers(const Json& json, const std::string& key, std::size_t count) {
  const Json* list = json.find(key);
  const Error error = wrong(key, std::to_string(count) + " positive integers or 0");
  if (list == nullptr || list->asArray() == nullptr || list->asArray()->size() != count)
    return error;
  std::vector<int> out;
  for (const Json& item : *list->asArray()) {
    if (item.asInt() == nullptr || *item.asInt() < 0 || *item.asInt() > 65536) return error;
    out.push_back(static_cast<int>(*item.asInt()));
  }
  return out;
}

Result<Pair> pairOf(const Json& json, const std::string& key) {
  GLINT_ASSIGN(const std::vector<int> two, integers(json, key, 2));
  return Pair{two[0], two[1]};
}

Result<Shape> shapeOf(const Json& json, const std::string& key) {
  GLINT_ASSIGN(const std::vector<int> three, integers(json, key, 3));
  return Shape{three[0], three[1], three[2]};
}

/// A number, or none where it is null or absent.
Result<std::optional<float>> maybeNumber(const Json& json, const std::string& key) {
  const Json* value = json.find(key);
  if (value == nullptr || value->isNull()) return std::optional<float>();
  double number = 0;
  if (!value->asNumber(number)) return wrong(key, "a number");
  return std::optional<float>(static_cast<float>(number));
}

std::string textOf(const Json* json, const char* key) {
  const Json* value = json == nullptr ? nullptr : json->find(key);
  return value == nullptr || value->asString() == nullptr ? "" : *value->asString();
}

bool flagOf(const Json& json, const char* key, bool absent) {
  const Json* value = json.find(key);
  return value == nullptr || value->asBool() == nullptr ? absent : *value->asBool();
}

/// Reads one layer of a file; `prefix` is that of its tensors.
class LayerReader {
 public:
  LayerReader(const SafeTensors& file, const Json& entry, std::string prefix, int batch)
      : file_(file), entry_(entry), prefix_(std::move(prefix)), batch_(batch) {}

  Result<DynapcnnLayer> run() {
    const Json* params = entry_.find("params");
    const Json* conv = params == nullptr ? nullptr : params->find("conv");
    const Json* spk = params == nullptr ? nullptr : params->find("spk");
    if (conv == nullptr || spk == nullptr) return wrong("params", "an object with conv and spk");
    const bool original = tensor("w_in").has_value();
    GLINT_ASSIGN(const dynapcnn::Weights weights, readConv(*conv, original));
    GLINT_ASSIGN(dynapcnn::IafSqueeze neurons, readSpk(*spk));
    neurons.batchSize = batch_;
    neurons.vMem = tensor(original && tensor("v_init_in") ? "v_init_in" : "v_init");
    GLINT_ASSIGN(const Shape in, shapeOf(*params, "in_shape"));
    std::optional<Pair> pool;
    if (const Json* p = params->find("pool"); p != nullptr && !p->isNull()) {
      GLINT_ASSIGN(pool, pairOf(*params, "pool"));
    }
    GLINT_ASSIGN(const std::optional<float> rescale, maybeNumber(*params, "rescale_weights"));
    return DynapcnnLayer::create(weights, neurons, in, pool,
                                 original && flagOf(*params, "discretize", true),
                                 original ? rescale.value_or(1) : 1);
  }

  /// What the layer gives for its parameters beside what the file has.
  Status addFacts(const DynapcnnLayer& layer, const std::string& name, SinabsVector& vector) const {
    const auto add = [&](const std::string& what, std::optional<Tensor> expected, Tensor got) {
      if (expected)
        vector.facts.push_back({name + "/" + what, *std::move(expected), std::move(got)});
    };
    add("weights", tensor("weights"), layer.conv().weight);
    if (layer.conv().bias) add("bias", tensor("bias"), *layer.conv().bias);
    if (layer.spk().vMem) add("v_init", tensor("v_init"), *layer.spk().vMem);
    const auto add3 = [&](const std::string& key, const std::vector<std::int64_t>& got) -> Status {
      GLINT_ASSIGN(const Shape shape, shapeOf(entry_, key));
      add(key, Tensor::of({3}, std::vector<std::int64_t>{shape[0], shape[1], shape[2]}),
          Tensor::of({3}, got));
      return {};
    };
    const Shape neurons = layer.getNeuronShape(), out = layer.getOutputShape();
    GLINT_TRY(add3("neuron_shape", {neurons[0], neurons[1], neurons[2]}));
    GLINT_TRY(add3("output_shape", {out[0], out[1], out[2]}));
    if (const Json* effective = entry_.find("effective")) {
      GLINT_ASSIGN(const std::optional<float> threshold, maybeNumber(*effective, "threshold"));
      GLINT_ASSIGN(const std::optional<float> least, maybeNumber(*effective, "min_v_mem"));
      const float none = 1e30f;  // larger than any
      add("threshold, min_v_mem",
          Tensor::of({2}, std::vector<float>{threshold.value_or(0), least.value_or(none)}),
          Tensor::of(
              {2}, std::vector<float>{layer.spk().threshold, layer.spk().minVMem.value_or(none)}));
    }
    if (const Json* memory = entry_.find("memory_summary")) {
      std::vector<std::int64_t> expected;
      for (const char* key : {"kernel", "neuron", "bias"}) {
        const Json* value = memory->find(key);
        double number = -1;
        if (value == nullptr || !value->asNumber(number)) return wrong(key, "a number");
        expected.push_back(static_cast<std::int64_t>(number));
      }
      const dynapcnn::MemorySummary got = layer.memorySummary();
      add("memory_summary", Tensor::of({3}, expected),
          Tensor::of({3}, std::vector<std::int64_t>{got.kernel, got.neuron, got.bias}));
    }
    return {};
  }

 private:
  std::optional<Tensor> tensor(const std::string& name) const {
    const auto found = file_.tensors.find(prefix_ + name);
    if (found == file_.tensors.end()) return std::nullopt;
    const Tensor& from = found->second;
    if (!isInteger(from.type())) return from;
    Tensor floats(DType::F32, from.shape());
    for (std::int64_t i = 0; i < from.size(); ++i) {
      floats.as<float>()[static_cast<std::size_t>(i)] = static_cast<float>(from.integer(i));
    }
    return floats;
  }

  Result<dynapcnn::Weights> readConv(const Json& json, bool original) const {
    const std::optional<Tensor> weight = tensor(original ? "w_in" : "weights");
    if (!weight) {
      return Error{Errc::Format, "tensor " + prefix_ + "w_in or " + prefix_ + "weights is missing"};
    }
    const std::optional<Tensor> bias = tensor(original ? "b_in" : "bias");
    if (weight->shape().rank() == 2) return dynapcnn::Weights(dynapcnn::Linear{*weight, bias});
    dynapcnn::Conv2d conv;
    conv.weight = *weight;
    conv.bias = bias;
    if (textOf(&json, "type") == "Linear") return dynapcnn::Weights(conv);
    GLINT_ASSIGN(conv.stride, pairOf(json, "stride"));
    GLINT_ASSIGN(conv.padding, pairOf(json, "padding"));
    if (json.find("dilation") != nullptr) {
      GLINT_ASSIGN(conv.dilation, pairOf(json, "dilation"));
    }
    return dynapcnn::Weights(conv);
  }

  static Result<dynapcnn::IafSqueeze> readSpk(const Json& json) {
    dynapcnn::IafSqueeze spk;
    GLINT_ASSIGN(const std::optional<float> threshold, maybeNumber(json, "threshold"));
    spk.threshold = threshold.value_or(1);
    GLINT_ASSIGN(spk.minVMem, maybeNumber(json, "min_v_mem"));
    const Json* fire = json.find("spike_fn");
    const std::string firing = textOf(fire, "name");
    if (firing == "SingleSpike") {
      spk.spikeFn = dynapcnn::SpikeFn::SingleSpike;
    } else if (firing == "MaxSpike") {
      spk.spikeFn = dynapcnn::SpikeFn::MaxSpike;
      GLINT_ASSIGN(const std::optional<float> most, maybeNumber(*fire, "max_num_spikes_per_bin"));
      spk.maxSpikes = static_cast<int>(std::clamp(most.value_or(1), 0.f, 1e6f));
    } else if (firing != "MultiSpike") {
      return wrong("spike_fn", "MultiSpike, SingleSpike or MaxSpike");
    }
    const Json* reset = json.find("reset_fn");
    const std::string resetting = textOf(reset, "name");
    if (resetting == "MembraneReset") {
      spk.resetFn = dynapcnn::ResetFn::MembraneReset;
      GLINT_ASSIGN(const std::optional<float> value, maybeNumber(*reset, "reset_value"));
      spk.resetValue = value.value_or(0);
    } else if (resetting == "MembraneSubtract") {
      GLINT_ASSIGN(spk.subtractValue, maybeNumber(*reset, "subtract_value"));
    } else {
      return wrong("reset_fn", "MembraneSubtract or MembraneReset");
    }
    return spk;
  }

  const SafeTensors& file_;
  const Json& entry_;
  const std::string prefix_;
  const int batch_;
};

/// "input", "layer0" and, where it pools, "spikes".
Status makeLayerModel(SinabsVector& vector, DType input) {
  const DynapcnnLayer& layer = vector.layers[0];
  const Shape in = dynapcnn::channelsLast(vector.inShape);
  auto feed = std::make_unique<akida::InputData>();
  feed->name = "input";
  feed->inputShape = {static_cast<int>(in[0]), static_cast<int>(in[1]), static_cast<int>(in[2])};
  feed->inputBits = input == DType::U8 ? 8 : 32;
  feed->inputSigned = input != DType::U8;
  GLINT_TRY(vector.model.add(std::move(feed)));
  auto first = std::make_unique<dynapcnn::SpikingLayer>(layer.layer());
  first->name = "layer0";
  first->inbounds = {"input"};
  auto spikes = std::make_unique<dynapcnn::SpikingLayer>(*first);
  GLINT_TRY(vector.model.add(std::move(first)));
  if (spikes->pool == Pair{}) return {};
  spikes->pool = Pair{};
  spikes->name = "spikes";
  return vector.model.add(std::move(spikes));
}

Status readRun(const SafeTensors& file, const Json& spec, SinabsVector& vector) {
  const auto addLayer = [&](const Json& entry, const std::string& prefix) -> Status {
    const std::string name = "layer" + std::to_string(vector.layers.size());
    LayerReader reader(file, entry, prefix, static_cast<int>(vector.batch));
    auto layer = reader.run();
    if (!layer.ok()) return within(name, layer.error());
    GLINT_TRY(reader.addFacts(*layer, name, vector));
    vector.layers.push_back(std::move(layer).value());
    return {};
  };
  const Json* batch = spec.find("batch");
  if (batch != nullptr && batch->asInt() != nullptr) vector.batch = *batch->asInt();
  if (vector.batch < 1 || vector.batch > 65536) return wrong("batch", "1 or more");
  vector.exact = flagOf(spec, "exact", true);
  if (!vector.isNetwork) {
    if (const Json* tolerance = spec.find("tolerance")) {
      GLINT_ASSIGN(const std::optional<float> v, maybeNumber(*tolerance, "v_mem"));
      vector.tolerance = static_cast<double>(v.value_or(0));
    }
    GLINT_TRY(addLayer(spec, ""));
    vector.inShape = vector.layers[0].inShape();
    const auto input = file.tensors.find("input");
    const bool legal = input != file.tensors.end() && isInteger(input->second.type()) &&
                       input->second.type() != DType::U32 && input->second.type() != DType::I64;
    if (!legal || input->second.size() % (vector.inShape.size() * vector.batch) != 0) {
      return Error{Errc::Format,
                   "tensor input is missing or wrong, legal: integers [batch, steps, " +
                       vector.inShape.toString() + "]"};
    }
    vector.steps = input->second.size() / vector.inShape.size() / vector.batch;
    if (vector.steps < 1) return Error{Errc::Format, "tensor input has no steps, legal: some"};
    return makeLayerModel(vector, input->second.type());
  }
  const Json* layers = spec.find("layers");
  if (layers == nullptr || layers->asArray() == nullptr) return wrong("layers", "a list");
  for (const Json& entry : *layers->asArray()) {
    GLINT_TRY(addLayer(entry, "l" + std::to_string(vector.layers.size()) + "_"));
  }
  GLINT_ASSIGN(vector.inShape, shapeOf(spec, "in_shape"));
  const Json* steps = spec.find("steps");
  if (steps == nullptr || steps->asInt() == nullptr || *steps->asInt() < 1) {
    return wrong("steps", "1 or more");
  }
  vector.steps = *steps->asInt();
  GLINT_ASSIGN(const auto network,
               dynapcnn::DynapcnnNetwork::of(vector.layers, std::nullopt, vector.inShape));
  vector.model = network.model();
  return {};
}

Result<SinabsVector> vectorFrom(SafeTensors file) {
  Result<Json> spec = parseJson(file.metadata["spec"]);
  if (!spec.ok()) return within("metadata 'spec'", spec.error());
  SinabsVector vector;
  vector.isNetwork = textOf(&*spec, "format") == "sinabs-net/1";
  GLINT_TRY(readRun(file, *spec, vector));
  vector.tensors = {file.tensors.begin(), file.tensors.end()};
  return vector;
}

}  // namespace

bool isSinabsVector(const SafeTensors& file) {
  const auto text = file.metadata.find("spec");
  if (text == file.metadata.end()) return false;
  const Result<Json> spec = parseJson(text->second);
  const std::string format = spec.ok() ? textOf(&*spec, "format") : "";
  return format == "sinabs-layer/1" || format == "sinabs-net/1";
}

Result<SinabsVector> loadSinabsVector(const std::string& path) {
  GLINT_ASSIGN(SafeTensors file, readModelContainer(path));
  Result<SinabsVector> vector = vectorFrom(std::move(file));
  if (!vector.ok()) return within(path, vector.error());
  return vector;
}

}  // namespace glint
