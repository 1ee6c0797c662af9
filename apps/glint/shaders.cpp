#include <cctype>
#include <filesystem>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "apps/glint/bench.h"
#include "apps/glint/commands.h"
#include "apps/glint/device.h"
#include "apps/glint/output.h"
#include "core/file.h"
#include "gpu/fullscreen.h"
#include "shaders/program_interface.h"

namespace glint::cli {
namespace {

namespace fs = std::filesystem;

struct ShadersOptions {
  CommonOptions common;
  std::string model, layer, out;
  Size size;
};

Result<Model> modelOf(ShadersOptions& options) {
  if (options.layer.empty()) return loadModelAt(options.model, options.size);
  return layerModel(options.layer, options.common.placement);
}

Status writeText(const fs::path& path, std::string_view contents) {
  return writeFile(path.string(), std::as_bytes(std::span(contents.data(), contents.size())));
}

/// "03_up.frag": letters, digits, - and _ of the layer's name.
std::string fileNameOf(const ProgramPlan& program, std::size_t index) {
  std::string name = program.label;
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_') c = '_';
  }
  return text("%02zu_", index) + name + ".frag";
}

Json programJson(const ProgramPlan& program, const std::string& file) {
  const bool isInline = program.kernel.inlineConstants();
  Json uniforms = Json::object();  // arrays of vec4 or ivec4, by name
  uniforms.set(uniforms::kDraw, drawVectors(program.kernel).count);
  uniforms.set(uniforms::kFloats, isInline ? std::size_t{0} : program.kernel.floats.size());
  uniforms.set(uniforms::kInts, isInline ? std::size_t{0} : program.kernel.ints.size());
  Json samplers = Json::array();
  for (const std::string& sampler : program.samplers) samplers.push(sampler);
  Json json = Json::object();
  json.set("file", file);
  json.set("first_layer", program.label);
  json.set("placement", name(program.kernel.placement));
  json.set("arithmetic", name(program.kernel.arithmetic));
  json.set("targets", program.kernel.targets);
  json.set("macs_per_fragment", macsPerFragment(program.kernel));
  json.set("uniform_vectors", std::move(uniforms));
  json.set("samplers", std::move(samplers));
  json.set("draws", program.draws);
  return json;
}

Json drawJson(const DrawPlan& draw, const Schedule& schedule, const Model& model,
              const std::vector<std::string>& files) {
  const Op& op = schedule.graph.ops[static_cast<std::size_t>(draw.op)];
  Json json = Json::object();
  json.set("layer", model.layer(op.layer).name);
  json.set("program", files[static_cast<std::size_t>(draw.program)]);
  json.set("width", draw.width);
  json.set("height", draw.height);
  json.set("targets", draw.targets.size());
  json.set("macs", draw.macs);
  return json;
}

Result<int> shaders(ShadersOptions options) {
  GLINT_ASSIGN(const Model model, modelOf(options));
  std::string limitsOf;
  GLINT_ASSIGN(const Schedule schedule, planModel(model, options.common, limitsOf));
  const fs::path folder(options.out);
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (failure) return Error{Errc::File, options.out + ": " + failure.message()};
  Json manifest = Json::object();
  manifest.set("model", options.layer.empty() ? options.model : options.layer);
  manifest.set("planned_for", limitsOf);
  manifest.set("vertex", "fullscreen.vert");
  const int es = options.common.es == 2 ? 2 : 3;
  GLINT_TRY(writeText(folder / "fullscreen.vert", gpu::fullscreenVertexShader(es)));
  Json programs = Json::array(), draws = Json::array();
  std::vector<std::string> files;
  for (const ProgramPlan& program : schedule.programs) {
    files.push_back(fileNameOf(program, files.size()));
    GLINT_TRY(writeText(folder / files.back(), program.fragment));
    programs.push(programJson(program, files.back()));
  }
  for (const DrawPlan& draw : schedule.draws) draws.push(drawJson(draw, schedule, model, files));
  manifest.set("programs", std::move(programs));
  manifest.set("draws", std::move(draws));
  GLINT_TRY(writeText(folder / "manifest.json", manifest.dump(2) + "\n"));
  if (options.common.json) {
    printJson(manifest);
    return kDone;
  }
  for (const std::string& line : softwareLayers(model, schedule)) note("note: " + line);
  print(text("%zu programs for %zu draws, planned for ", schedule.programs.size(),
             schedule.draws.size()) +
        limitsOf);
  for (const std::string& file : files) print("wrote " + (folder / file).string());
  print("wrote " + (folder / "manifest.json").string());
  return kDone;
}

}  // namespace

void addShaders(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("shaders", "Write the generated GLSL of a model");
  auto options = std::make_shared<ShadersOptions>();
  command->add_option("model", options->model, "Model file (.glint) or description (bench/*.json)");
  command->add_option("--layer", options->layer,
                      "A layer of random weights instead, as 'glint bench' takes it");
  command->add_option("--out", options->out, "Folder for .frag files and manifest.json")
      ->required();
  addSizeOption(*command, options->size, "Bind the model to pictures of this size");
  addCommonOptions(*command, options->common);
  command->footer(
      "Works without a GL driver, unless --device asks for that device's limits.\n"
      "Examples: glint shaders assets/models/zoom2x.glint --out out/shaders --draw-buffers 4\n"
      "          glint shaders --layer Conv2D,k=3,in=32,out=32 --es 2 --out out/shaders");
  command->callback([options, &invocation] {
    if (options->model.empty() == options->layer.empty()) {
      throw WrongUse{"shaders takes either a model file or --layer SPEC"};
    }
    invocation = {[options] { return shaders(*options); }, &options->common};
  });
}

}  // namespace glint::cli
