#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/learn.h"

namespace glint::cli {

void addLearn(CLI::App& app, Invocation& invocation) {
  CLI::App* command =
      app.add_subcommand("learn", "Learn classes from folders of pictures, on the device");
  auto options = std::make_shared<LearnOptions>();
  command
      ->add_option("model", options->model,
                   "Feature extractor, with or without the last layer, or a model that has learned")
      ->required();
  command
      ->add_option("folders", options->folders,
                   "A folder of PNG and JPEG files for each class, called as the class")
      ->required();
  command->add_option("-o,--output", options->output, "The model that has learned (.glint)")
      ->required();
  command->add_option("--plot", options->plot,
                      "Picture of accuracy against examples (default: as -o, with .png)");
  command
      ->add_option("--held-out", options->heldOut,
                   "Share of each class, its last files, to measure accuracy on")
      ->check(CLI::Range(0., 0.95))
      ->capture_default_str();
  command->add_option("--neurons", options->neurons, "Neurons of each class (default: 20)")
      ->check(CLI::Range(1, 4096));
  command
      ->add_option("--num-weights", options->numWeights,
                   "Ones of a neuron (default: as many as a picture has usually)")
      ->check(CLI::Range(1, 1 << 24));
  command->add_option("--competition", options->competition, "learning_competition (default: 0.1)")
      ->check(CLI::Range(0., 1.));
  command->add_option("--seed", options->seed, "Of the neurons' first weights (default: 0)");
  command->add_flag("--skip-unreadable", options->skipUnreadable,
                    "Leave out pictures that cannot be read");
  command->add_flag("--force", options->force, "Replace files that exist");
  addCommonOptions(*command, options->common);
  command->footer(
      "A model that has learned goes on: a folder with a new name becomes a further class, one\n"
      "with the name of a class is learned besides. The accuracy is of pictures of these folders\n"
      "alone.\n"
      "Example: glint learn assets/models/digit_features.glint assets/digits/6 assets/digits/7 "
      "-o learned.glint");
  command->callback([options, &invocation] {
    options->plotAsked = !options->plot.empty();
    if (!options->plotAsked) {
      options->plot = std::filesystem::path(options->output).replace_extension(".png").string();
    }
    invocation = {[options] { return runLearn(*options); }, &options->common};
  });
}

}  // namespace glint::cli
