#include "apps/glint/layer_reference.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "apps/glint/layer_example.h"
#include "apps/glint/options.h"
#include "nnets/schedule/schedule.h"

namespace glint::cli {
namespace {

/// What an error calls legal, when it is about `parameter`: "1 to 8", "-1 with pool_type Max".
std::string legalIn(const Status& status, const std::string& parameter) {
  if (status.ok()) return "";
  const std::string& message = status.error().message;
  const std::size_t legal = message.find("legal");
  const std::size_t colon = message.find(": ", legal);
  if (message.find(parameter) > legal || colon == std::string::npos) return "";
  const std::string condition = message.substr(legal + 5, colon - legal - 5);
  return inWords(message.substr(colon + 2)) + condition;
}

/// Values that are illegal, or legal under few conditions.
std::vector<Json> probesOf(const Field& field) {
  constexpr int kLeast = std::numeric_limits<int>::min(), kMost = std::numeric_limits<int>::max();
  if (field.value.asInt() != nullptr || field.value.isNull()) return {kLeast, 0, kMost};
  if (field.value.asBool() != nullptr) return {false, true};
  if (field.isActivation) return {Json("LUT")};
  if (field.value.asString() != nullptr) return {Json(field.name == "pool_type" ? "Average" : "")};
  if (field.name == "input_shape") {
    return {Json(Json::Array{1, 1}), Json(Json::Array{0, 1, 1}), Json(Json::Array{1, 1, 2})};
  }
  return {Json(Json::Array{kLeast, kLeast}), Json(Json::Array{kMost, kMost})};
}

/// Legal parameters under which `field` may have other limits than alone.
std::vector<Json> contextsOf(std::string_view type, const Field& field,
                             const std::vector<Field>& fields) {
  const Json example = exampleParameters(type);
  std::vector<Json> contexts{example};
  for (const Field& other : fields) {
    if (other.name == field.name) continue;
    if (other.value.asBool() != nullptr) {
      contexts.push_back(example);
      contexts.back().set(other.name, !*other.value.asBool());
    } else if (other.name == "pool_type") {
      for (const char* pooling : {"Max", "Average"}) {
        contexts.push_back(example);
        contexts.back().set("pool_type", pooling);
      }
    } else if (other.name == "pool_size" && field.name == "pool_stride") {
      contexts.push_back(example);
      contexts.back().set("pool_type", "Max");
      contexts.back().set("pool_size", exampleOf(other));
    }
  }
  return contexts;
}

/// Whether a phrase says no more than one that is there.
bool isKnown(const std::vector<std::string>& phrases, const std::string& phrase) {
  return std::any_of(phrases.begin(), phrases.end(), [&](const std::string& known) {
    return known == phrase || known.rfind(phrase + " with ", 0) == 0;
  });
}

/// What messages call legal for a parameter, each once.
std::vector<std::string> legalOf(std::string_view type, const Field& field,
                                 const std::vector<Field>& fields) {
  std::vector<std::string> found;
  const auto collect = [&](Json parameters, const Json& value) {
    parameters.set(field.name, value);
    const std::string legal = legalIn(tryParameters(type, parameters), field.name);
    if (!legal.empty() && !isKnown(found, legal)) found.push_back(legal);
  };
  for (const Json& context : contextsOf(type, field, fields)) {
    for (const Json& probe : probesOf(field)) collect(context, probe);
  }
  if (found.empty()) collect(exampleParameters(type), Json::object());  // of another kind
  return found;
}

std::string rangeInWords(const VariableDecl& decl) {
  if (!isInteger(decl.dtype)) return decl.positive ? "finite, above 0" : "finite";
  return std::to_string(decl.range.lo) + " to " + std::to_string(decl.range.hi);
}

VariableInfo variableInfo(std::string_view type, const VariableDecl& decl,
                          const std::vector<Field>& fields) {
  VariableInfo info{decl.name, std::string(name(decl.dtype)), "[", "", rangeInWords(decl), ""};
  for (int axis = 0; axis < decl.shape.rank(); ++axis) {
    info.shape += (axis > 0 ? ", " : "") +
                  extentInWords(type, decl.shape[axis], static_cast<std::size_t>(axis));
  }
  info.shape += decl.scalarBroadcasts ? "] or [1]" : "]";
  const bool isParameter = std::any_of(fields.begin(), fields.end(),
                                       [&](const Field& field) { return field.name == decl.name; });
  info.absent = decl.required       ? "required"
                : decl.absentIsNone ? "no such step"
                : isParameter       ? "the parameter"
                                    : std::to_string(decl.neutral);
  return info;
}

/// The variables under one set of parameters; none where these are refused.
std::vector<VariableInfo> variablesWith(std::string_view type, const Json& parameters) {
  std::vector<VariableInfo> variables;
  if (!tryParameters(type, parameters).ok()) return variables;
  const std::unique_ptr<Layer> layer = makeLayer(type);
  if (!readFields(*layer, parameters).ok()) return variables;
  const std::vector<Field> fields = fieldsOf(type);
  const Result<std::vector<TensorType>> inputs = exampleInputs(*layer);
  for (const VariableDecl& decl : layer->variableTable(*inputs)) {
    variables.push_back(variableInfo(type, decl, fields));
  }
  return variables;
}

const VariableInfo* findVariable(const std::vector<VariableInfo>& list, const std::string& name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const VariableInfo& info) { return info.name == name; });
  return found == list.end() ? nullptr : &*found;
}

/// The ranges of weights by their width, where the layer has a choice.
void widenLegal(std::string_view type, std::vector<VariableInfo>& variables) {
  std::vector<std::pair<int, std::vector<VariableInfo>>> byWidth;
  for (const int width : {1, 2, 4, 8}) {
    Json parameters = exampleParameters(type);
    parameters.set("weights_bits", width);
    byWidth.emplace_back(width, variablesWith(type, parameters));
  }
  for (VariableInfo& variable : variables) {
    std::string legal;
    bool varies = false;
    for (const auto& [width, list] : byWidth) {
      const VariableInfo* other = findVariable(list, variable.name);
      if (other == nullptr) continue;
      varies = varies || other->legal != variable.legal;
      legal += (legal.empty() ? "by weights_bits, " : "; ") + std::to_string(width) + ": " +
               other->legal;
    }
    if (varies) variable.legal = legal;
  }
}

/// The variables under all activations, and with each switch on or off, with what brings them where
/// not all do.
std::vector<VariableInfo> variablesOf(std::string_view type, const std::vector<Field>& fields) {
  Json parameters = exampleParameters(type);
  const auto activation = std::find_if(fields.begin(), fields.end(),
                                       [](const Field& field) { return field.isActivation; });
  const auto with = [&](ActivationType kind) {
    if (activation != fields.end()) parameters.set(activation->name, glint::name(kind));
    return variablesWith(type, parameters);
  };
  std::vector<VariableInfo> all = with(ActivationType::NoActivation);
  for (const ActivationType kind : {ActivationType::ReLU, ActivationType::LUT}) {
    for (VariableInfo& info : with(kind)) {
      if (findVariable(all, info.name) != nullptr) continue;
      info.only = "activation " + std::string(glint::name(kind));
      all.push_back(std::move(info));
    }
  }
  for (const Field& field : fields) {
    if (field.value.asBool() == nullptr) continue;
    const bool turned = !*field.value.asBool();
    Json switched = exampleParameters(type);
    switched.set(field.name, turned);
    for (VariableInfo& info : variablesWith(type, switched)) {
      if (findVariable(all, info.name) != nullptr) continue;
      info.only = field.name + (turned ? " true" : " false");
      all.push_back(std::move(info));
    }
  }
  widenLegal(type, all);
  return all;
}

Result<std::string> backendOn(std::string_view type, const Model& model,
                              const DeviceLimits& limits) {
  ScheduleOptions options;
  options.limits = limits;
  GLINT_ASSIGN(const Schedule schedule, makeSchedule(model, options));
  const LayerPlan& plan = schedule.layers.back();
  if (isHostEdge(type)) return std::string("host edge");
  return plan.backend == Backend::Hardware ? std::string("exact") : "software: " + plan.why;
}

std::string inputsOf(const Layer& layer) {
  const Layer::Arity arity = layer.arity();
  if (arity.most == 0) return "from outside";
  if (arity.least == arity.most) return std::to_string(arity.least);
  return std::to_string(arity.least) + " or more";
}

}  // namespace

Result<std::vector<LayerInfo>> layerReference() {
  std::vector<LayerInfo> layers;
  for (const std::string_view type : layerTypes()) {
    const std::unique_ptr<Layer> layer = makeLayer(type);
    const std::vector<Field> fields = fieldsOf(type);
    LayerInfo info;
    info.type = type;
    const std::size_t family = type.find('.');
    info.version = layer->ipVersion()                 ? name(*layer->ipVersion())
                   : family == std::string_view::npos ? "both"
                                                      : std::string(type.substr(0, family));
    info.inputs = inputsOf(*layer);
    GLINT_ASSIGN(const Model model, exampleModel(type, exampleParameters(type)));
    GLINT_ASSIGN(info.es3, backendOn(type, model, DeviceLimits{}));
    GLINT_ASSIGN(info.es2, backendOn(type, model, DeviceLimits::es2()));
    for (const Field& field : fields) {
      info.parameters.push_back(
          {field.name, field.required ? "" : field.value.dump(), legalOf(type, field, fields)});
    }
    info.variables = variablesOf(type, fields);
    layers.push_back(std::move(info));
  }
  return layers;
}

}  // namespace glint::cli
