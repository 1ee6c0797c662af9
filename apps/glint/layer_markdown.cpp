#include <cctype>
#include <utility>

#include "apps/glint/layer_reference.h"

namespace glint::cli {
namespace {

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "; ") + item;
  return text;
}

std::string row(const std::vector<std::string>& cells) {
  std::string text = "|";
  for (const std::string& cell : cells) text += " " + cell + " |";
  return text + "\n";
}

std::string head(const std::vector<std::string>& titles) {
  return row(titles) + row(std::vector<std::string>(titles.size(), "---"));
}

std::string section(const LayerInfo& layer) {
  std::string text = "\n## " + layer.type + "\n";
  if (layer.parameters.empty()) {
    text += "No parameters.\n";
  } else {
    text += head({"parameter", "default", "legal"});
    for (const ParameterInfo& parameter : layer.parameters) {
      text += row({"`" + parameter.name + "`",
                   parameter.defaultValue.empty() ? "required" : "`" + parameter.defaultValue + "`",
                   joined(parameter.legal)});
    }
  }
  if (layer.variables.empty()) return text + "\nNo variables.\n";
  text += "\n" + head({"variable", "dtype", "shape", "absent", "legal"});
  for (const VariableInfo& variable : layer.variables) {
    text += row({"`" + variable.name + "`", variable.dtype, variable.shape, variable.absent,
                 variable.legal + (variable.only.empty() ? "" : "; only with " + variable.only)});
  }
  return text;
}

}  // namespace

std::string layerMarkdown(const std::vector<LayerInfo>& layers) {
  std::string text =
      "# Layers\n"
      "Printed by `glint layers --markdown`; a test fails when this page is stale. Parameters are "
      "the arguments of constructors,\nas `params` of a model file (file-format.md). X, Y and C "
      "are the extents of the input. Variables are row-major; with\n`Order::F` their axes are in "
      "reverse.\n\n"
      "Every layer runs on the reference. `exact`: on the GPU it computes the same integers, where "
      "its proof holds for the\nweights at hand; `glint summary MODEL --ranges` shows that, and "
      "what runs in software instead. `host edge`: float32 on the\nprocessor on every backend, or "
      "no arithmetic at all.\n\n";
  text += head({"layer", "version", "inputs", "reference", "OpenGL ES 3", "OpenGL ES 2"});
  for (const LayerInfo& layer : layers) {
    std::string anchor = layer.type;
    for (char& c : anchor) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::erase(anchor, '.');
    text += row({"[" + layer.type + "](#" + anchor + ")", layer.version, layer.inputs, "yes",
                 layer.es3, layer.es2});
  }
  for (const LayerInfo& layer : layers) text += section(layer);
  return text;
}

Json layerReferenceJson(const std::vector<LayerInfo>& layers) {
  Json list = Json::array();
  for (const LayerInfo& layer : layers) {
    Json parameters = Json::array(), variables = Json::array();
    for (const ParameterInfo& parameter : layer.parameters) {
      Json json;
      json.set("name", parameter.name);
      json.set("default", parameter.defaultValue);
      json.set("legal", Json(Json::Array(parameter.legal.begin(), parameter.legal.end())));
      parameters.push(std::move(json));
    }
    for (const VariableInfo& variable : layer.variables) {
      Json json;
      json.set("name", variable.name);
      json.set("dtype", variable.dtype);
      json.set("shape", variable.shape);
      json.set("absent", variable.absent);
      json.set("legal", variable.legal);
      json.set("only", variable.only);
      variables.push(std::move(json));
    }
    Json json;
    json.set("type", layer.type);
    json.set("version", layer.version);
    json.set("inputs", layer.inputs);
    json.set("es3", layer.es3);
    json.set("es2", layer.es2);
    json.set("parameters", std::move(parameters));
    json.set("variables", std::move(variables));
    list.push(std::move(json));
  }
  Json json;
  json.set("layers", std::move(list));
  return json;
}

}  // namespace glint::cli
