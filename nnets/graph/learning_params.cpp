#include "nnets/graph/learning_params.h"

#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <string>
#include <utility>

namespace glint {
namespace {

constexpr std::string_view kOptimizer = "AkidaUnsupervised";

/// Whole numbers and shares, by name, in the order of the constructor.
constexpr std::array<std::pair<std::string_view, int LearningParams::*>, 2> kCounts{{
    {"num_weights", &LearningParams::numWeights},
    {"num_classes", &LearningParams::numClasses},
}};
constexpr std::array<std::pair<std::string_view, float LearningParams::*>, 4> kShares{{
    {"initial_plasticity", &LearningParams::initialPlasticity},
    {"learning_competition", &LearningParams::learningCompetition},
    {"min_plasticity", &LearningParams::minPlasticity},
    {"plasticity_decay", &LearningParams::plasticityDecay},
}};

std::string allKeys() {
  std::string keys;
  for (const auto& [key, member] : kCounts) keys += std::string(key) + ", ";
  for (const auto& [key, member] : kShares) keys += std::string(key) + ", ";
  return keys + "seed";
}

Error wrong(std::string_view key, const std::string& value, const std::string& legal) {
  return {Errc::Value, std::string(key) + " is " + value + ", legal: " + legal};
}

Status readCount(const Json& value, std::string_view key, int& count) {
  if (value.asInt() == nullptr || !std::in_range<int>(*value.asInt())) {
    return wrong(key, value.dump(), "an integer");
  }
  count = static_cast<int>(*value.asInt());
  return {};
}

Status readShare(const Json& value, std::string_view key, float& share) {
  double number = 0;
  // Beyond binary32 there is nothing to convert to.
  if (!value.asNumber(number) || !(number >= -1e30 && number <= 1e30)) {
    return wrong(key, value.dump(), "a number of 0 to 1");
  }
  share = static_cast<float>(number);
  return {};
}

Status readSeed(const Json& value, std::uint64_t& seed) {
  if (value.asInt() != nullptr && *value.asInt() >= 0) {
    seed = static_cast<std::uint64_t>(*value.asInt());
    return {};
  }
  if (const std::string* digits = value.asString(); digits != nullptr && !digits->empty()) {
    const char* end = digits->data() + digits->size();
    const auto [stop, failure] = std::from_chars(digits->data(), end, seed);
    if (failure == std::errc() && stop == end) return {};
  }
  return wrong("seed", value.dump(), "an integer of 0 to 2^64 - 1, or a text of its digits");
}

Status readMember(const std::string& key, const Json& value, LearningParams& params) {
  for (const auto& [known, member] : kCounts) {
    if (key == known) return readCount(value, known, params.*member);
  }
  for (const auto& [known, member] : kShares) {
    if (key == known) return readShare(value, known, params.*member);
  }
  if (key == "seed") return readSeed(value, params.seed);
  return Error{Errc::Format, "unknown key '" + key + "', legal: optimizer, " + allKeys()};
}

}  // namespace

Status checkLearning(const LearningParams& params, std::int64_t inputs, std::int64_t units) {
  if (params.numWeights < 1 || params.numWeights > inputs) {
    return wrong("num_weights", std::to_string(params.numWeights),
                 "1 to " + std::to_string(inputs) + ", the inputs of a neuron");
  }
  if (params.numClasses < 1 || units % params.numClasses != 0) {
    return wrong("num_classes", std::to_string(params.numClasses),
                 "a divisor of " + std::to_string(units) + ", the neurons");
  }
  for (const auto& [key, member] : kShares) {
    const float share = params.*member;
    if (share >= 0 && share <= 1) continue;
    char number[32];
    std::snprintf(number, sizeof number, "%.9g", static_cast<double>(share));
    return wrong(key, number, "0 to 1");
  }
  return {};
}

Result<double> learningValue(const LearningParams& params, std::string_view key) {
  for (const auto& [known, member] : kCounts) {
    if (key == known) return static_cast<double>(params.*member);
  }
  for (const auto& [known, member] : kShares) {
    if (key == known) return static_cast<double>(params.*member);
  }
  if (key == "seed") return static_cast<double>(params.seed);
  return Error{Errc::Value,
               "the optimizer has no value '" + std::string(key) + "', legal: " + allKeys()};
}

Json learningToJson(const LearningParams& params) {
  Json json = Json::object();
  json.set("optimizer", kOptimizer);
  for (const auto& [key, member] : kCounts) json.set(std::string(key), params.*member);
  for (const auto& [key, member] : kShares) {
    json.set(std::string(key), static_cast<double>(params.*member));
  }
  const bool wide = params.seed > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
  json.set("seed",
           wide ? Json(std::to_string(params.seed)) : Json(static_cast<std::int64_t>(params.seed)));
  return json;
}

Result<LearningParams> learningFromJson(const Json& json) {
  if (json.asObject() == nullptr) {
    return Error{Errc::Format, "is " + json.dump() + ", legal: an object"};
  }
  LearningParams params;
  for (const auto& [key, value] : *json.asObject()) {
    if (key != "optimizer") {
      GLINT_TRY(readMember(key, value, params));
    } else if (value != Json(kOptimizer)) {
      return Error{Errc::Unsupported, "the optimizer is " + value.dump() + ", this version has " +
                                          std::string(kOptimizer)};
    }
  }
  if (json.find("num_weights") == nullptr) return wrong("num_weights", "missing", "an integer");
  return params;
}

}  // namespace glint
