#include "apps/glint/run.h"

#include <algorithm>
#include <filesystem>

#include <CLI/CLI.hpp>

#include "apps/glint/arrays.h"
#include "apps/glint/commands.h"
#include "apps/glint/output.h"
#include "apps/glint/picture/image.h"

namespace glint::cli {
namespace {

/// Mistakes that would show only after the work is done.
void checkOutputs(const RunOptions& options) {
  if (options.check && options.common.onReference()) {
    throw WrongUse{"--check compares the GPU with the reference; leave out --backend reference"};
  }
  if (!options.output.empty() && !isArrayFile(options.output)) {
    if (const auto format = picture::formatOf(options.output); !format.ok()) {
      throw WrongUse{"-o " + format.error().message + "; numbers as .npy or .safetensors"};
    }
  }
  if (!options.compare.empty()) {
    if (const auto format = picture::formatOf(options.compare); !format.ok()) {
      throw WrongUse{"--compare " + format.error().message};
    }
  }
}

Status checkFolder(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  std::error_code failure;
  if (path.empty() || folder.empty() || std::filesystem::is_directory(folder, failure)) return {};
  return Error{Errc::File, path + ": the folder " + folder.string() + " does not exist; make it"};
}

/// The files of a run are different ones, so that nothing is lost.
Status checkDistinct(const RunOptions& options) {
  const auto same = [](const std::string& a, const std::string& b) {
    std::error_code failure;
    return !a.empty() && !b.empty() && (a == b || std::filesystem::equivalent(a, b, failure));
  };
  for (const std::string& written : {options.output, options.compare}) {
    for (const std::string& read : {options.input, options.model}) {
      if (same(written, read)) {
        return Error{Errc::Value, written + " would overwrite what is read; write to another file"};
      }
    }
  }
  if (same(options.output, options.compare)) {
    return Error{Errc::Value, "-o and --compare name the same file, " + options.output};
  }
  return {};
}

Result<int> run(const RunOptions& options) {
  checkOutputs(options);
  GLINT_TRY(checkFolder(options.output));
  GLINT_TRY(checkFolder(options.compare));
  GLINT_TRY(checkDistinct(options));
  GLINT_ASSIGN(const Model model, loadModelAt(options.model, {}));
  return isArrayFile(options.input) ? runArrays(options, model) : runPicture(options, model);
}

}  // namespace

double medianOf(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

void noteSoftware(const std::vector<std::string>& layers) {
  for (const std::string& layer : layers) note("note: " + layer);
}

void addRun(CLI::App& app, Invocation& invocation) {
  CLI::App* command = app.add_subcommand("run", "Run a model on a picture or on numbers");
  auto options = std::make_shared<RunOptions>();
  command->add_option("model", options->model, "Model file (.glint) or description (bench/*.json)")
      ->required();
  command
      ->add_option("input", options->input,
                   "PNG or JPEG from 16x16 to 4096x4096, .npy, or .safetensors with in/<layer>")
      ->required();
  command->add_option("-o,--output", options->output,
                      "Write the result: .png or .jpg, .npy or .safetensors");
  command->add_option("--compare", options->compare,
                      "Write nearest neighbour, bicubic and the result side by side");
  command->add_flag("--check", options->check,
                    "Compare every value with the reference; they must be equal");
  command
      ->add_option("--tile", options->tile,
                   "Largest part that is run at once, in pixels; the result is the same")
      ->check(CLI::Range(Engine::kSmallestTile, 65536))
      ->capture_default_str();
  command->add_option("--repeat", options->repeat, "Timed runs after the first (default: 5)")
      ->check(CLI::Range(0, 100000));
  addCommonOptions(*command, options->common);
  command->footer(
      "Example: glint run assets/models/zoom2x.glint photo.jpg -o large.png "
      "--compare detail.png --check");
  command->callback([options, &invocation] {
    invocation = {[options] { return run(*options); }, &options->common};
  });
}

}  // namespace glint::cli
