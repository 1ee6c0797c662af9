#include <memory>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/layer_reference.h"
#include "apps/glint/output.h"
#include "core/table.h"

namespace glint::cli {
namespace {

struct LayersOptions {
  CommonOptions common;
  bool markdown = false;
};

Result<int> layers(const LayersOptions& options) {
  GLINT_ASSIGN(const std::vector<LayerInfo> all, layerReference());
  if (options.common.json) {
    printJson(layerReferenceJson(all));
    return kDone;
  }
  if (options.markdown) {
    std::fputs(layerMarkdown(all).c_str(), stdout);
    return kDone;
  }
  Table table({"Layer", "Version", "Inputs", "OpenGL ES 3", "OpenGL ES 2"});
  for (const LayerInfo& layer : all) {
    table.row({layer.type, layer.version, layer.inputs, layer.es3, layer.es2});
  }
  print(table.toString());
  return kDone;
}

}  // namespace

void addLayers(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand(
      "layers", "Show the types of layers, their parameters and variables, and where they run");
  auto options = std::make_shared<LayersOptions>();
  command->add_flag("--markdown", options->markdown, "Print docs/layers.md");
  command->add_flag("--json", options->common.json, "Print one JSON object and nothing else");
  command->footer("Needs no GL driver.\nExample: glint layers");
  command->callback([options, &invocation] {
    invocation = {[options] { return layers(*options); }, &options->common};
  });
}

}  // namespace glint::cli
