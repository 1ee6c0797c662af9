#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <utility>

#include "apps/glint/bench.h"
#include "nnets/formats/random_variables.h"

namespace glint::cli {
namespace {

/// The numbers of a spec.
struct Spec {
  std::string type;
  std::map<std::string, std::int64_t, std::less<>> numbers{
      {"k", 3}, {"in", 32}, {"out", 32}, {"size", 256}, {"stride", 1}, {"seed", 1}};
  std::int64_t at(std::string_view key) const { return numbers.find(key)->second; }
};

bool isDense(const Spec& spec) { return spec.type == "Dense1D" || spec.type == "FullyConnected"; }
bool isPicture(const Spec& spec) {
  return spec.type == "InputConv2D" || spec.type == "InputConvolutional";
}
/// Layers of Akida 1.0 are timed with 4-bit weights and codes, behind 4-bit inputs.
bool isV1(const Spec& spec) { return makeLayer(spec.type)->ipVersion() == IpVersion::V1; }

constexpr std::array<std::string_view, 10> kTypes{"Conv2D",
                                                  "InputConv2D",
                                                  "DepthwiseConv2D",
                                                  "Conv2DTranspose",
                                                  "DepthwiseConv2DTranspose",
                                                  "Dense1D",
                                                  "InputConvolutional",
                                                  "Convolutional",
                                                  "SeparableConvolutional",
                                                  "FullyConnected"};

Status readKey(const std::string& item, Spec& spec, std::string& placement) {
  const std::size_t equals = item.find('=');
  const std::string key = item.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : item.substr(equals + 1);
  if (key == "placement") {
    if (value != "auto" && value != "inline" && value != "uniform" && value != "texture") {
      return Error{Errc::Value,
                   "placement is '" + value + "', legal: auto, inline, uniform, texture"};
    }
    placement = value;
    return {};
  }
  const auto found = spec.numbers.find(key);
  if (found == spec.numbers.end()) {
    return Error{Errc::Value,
                 "unknown key '" + key + "', legal: k, in, out, size, stride, seed, placement"};
  }
  const auto [end, failure] =
      std::from_chars(value.data(), value.data() + value.size(), found->second);
  const std::int64_t least = key == "seed" ? 0 : 1;
  if (failure != std::errc() || end != value.data() + value.size() || found->second < least ||
      found->second > 65536) {
    return Error{Errc::Value,
                 key + " is '" + value + "', legal: " + std::to_string(least) + " to 65536"};
  }
  return {};
}

/// Refuses layers that would take minutes a run.
Status checkWork(const Spec& spec) {
  constexpr double kMost = 1e11;
  double macs = 1;
  for (const char* key : {"size", "size", "k", "k", "in", "out"}) {
    macs *= static_cast<double>(spec.at(key));
  }
  if (macs <= kMost) return {};
  return Error{Errc::Value,
               "the layer has more than 10^11 multiply-accumulates; make size, k, in or "
               "out smaller"};
}

Result<Spec> parseSpec(const std::string& spec, std::string& placement) {
  Spec parsed;
  std::size_t at = spec.find(',');
  parsed.type = spec.substr(0, at);
  if (std::find(kTypes.begin(), kTypes.end(), parsed.type) == kTypes.end()) {
    std::string legal;
    for (const std::string_view type : kTypes)
      legal += (legal.empty() ? "" : ", ") + std::string(type);
    return Error{Errc::Value,
                 "layer type '" + parsed.type + "' cannot be timed alone, legal: " + legal};
  }
  while (at != std::string::npos) {
    const std::size_t next = spec.find(',', at + 1);
    GLINT_TRY(readKey(spec.substr(at + 1, next == std::string::npos ? next : next - at - 1), parsed,
                      placement));
    at = next;
  }
  if (isDense(parsed)) parsed.numbers["size"] = 1;
  GLINT_TRY(checkWork(parsed));
  return parsed;
}

bool isTransposed(const Spec& spec) { return spec.type.find("Transpose") != std::string::npos; }

/// The extent of the input from that of the output.
Result<std::int64_t> inputExtent(const Spec& spec) {
  const std::int64_t size = spec.at("size");
  if (!isTransposed(spec)) return size * spec.at("stride");
  if (size % 2 == 0) return size / 2;
  return Error{Errc::Value, "size is " + std::to_string(size) + ", legal for " + spec.type +
                                ": even, as it doubles its input"};
}

Json paramsOf(const Spec& spec, const Json& inputShape) {
  const auto extent = [&](const char* key) {
    return isV1(spec) ? Json(Json::Array{spec.at(key), spec.at(key)}) : Json(spec.at(key));
  };
  Json params = Json::object();
  if (isPicture(spec)) params.set("input_shape", inputShape);
  if (isDense(spec)) {
    params.set("units", spec.at("out"));
  } else {
    params.set("kernel_size", extent("k"));
    if (!isTransposed(spec)) params.set("kernel_stride", extent("stride"));
    if (spec.type.find("Depthwise") == std::string::npos) params.set("filters", spec.at("out"));
  }
  if (isV1(spec)) {
    params.set("weights_bits", isPicture(spec) ? 8 : 4);
    params.set("act_bits", 4);
  } else {
    params.set("activation", "ReLU");
  }
  return params;
}

}  // namespace

Result<Model> layerModel(const std::string& specText, std::string& placement) {
  GLINT_ASSIGN(const Spec spec, parseSpec(specText, placement));
  GLINT_ASSIGN(const std::int64_t extent, inputExtent(spec));
  const Json shape(Json::Array{extent, extent, spec.at("in")});
  Model model;
  std::unique_ptr<Layer> layer = makeLayer(spec.type);
  layer->name = "layer";
  const int bits = isV1(spec) && !isPicture(spec) ? 4 : 8;
  TensorType input{{extent, extent, spec.at("in")}, bits, false, false};
  if (!isPicture(spec)) {
    std::unique_ptr<Layer> feed = makeLayer("InputData");
    feed->name = "input";
    Json params = Json::object();
    params.set("input_shape", shape);
    params.set("input_bits", bits);
    GLINT_TRY(readFields(*feed, params));
    GLINT_TRY(model.add(std::move(feed)));
    layer->inbounds = {"input"};
  }
  GLINT_TRY(readFields(*layer, paramsOf(spec, shape)));
  if (const auto output = layer->outputType({&input, 1}); !output.ok()) return output.error();
  Random random(static_cast<std::uint64_t>(spec.at("seed")));
  GLINT_TRY(drawVariables(*layer, {&input, 1}, {}, WeightSpread::Moderate, random));
  GLINT_TRY(model.add(std::move(layer)));
  return model;
}

}  // namespace glint::cli
