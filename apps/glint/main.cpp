#include <CLI/CLI.hpp>

#include "apps/glint/commands.h"
#include "apps/glint/output.h"
#include "core/version.h"

namespace {

namespace cli = glint::cli;

void addHelp(CLI::App& app, std::string& topic) {
  CLI::App* help = app.add_subcommand("help", "Print this help, or that of a command");
  help->add_option("command", topic, "A command")
      ->check(CLI::IsMember({"info", "run", "stream", "learn", "events", "summary", "layers",
                             "verify", "bench", "shaders"}));
  help->callback([&app, &topic] {
    if (topic.empty()) throw CLI::CallForAllHelp();
    std::fputs(app.get_subcommand(topic)->help("glint").c_str(), stdout);
    throw CLI::Success();
  });
}

int runJob(const cli::Invocation& invocation) {
  try {
    const glint::Result<int> status = invocation.job();
    if (status.ok()) return *status;
    cli::printError(status.error(), invocation.common->json);
    return cli::kFailed;
  } catch (const cli::WrongUse& wrong) {
    cli::printError({glint::Errc::Value, wrong.message}, invocation.common->json);
    return cli::kWrongUse;
  } catch (const std::bad_alloc&) {
    cli::printError({glint::Errc::Runtime, "out of memory; try a smaller --tile or --size"},
                    invocation.common->json);
    return cli::kFailed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Runs quantized networks as OpenGL ES fragment shaders, bit for bit equal to a CPU "
      "reference.",
      "glint");
  app.set_version_flag("--version", std::string("glint ") + glint::kVersion);
  app.require_subcommand(1);
  app.footer(
      "glint COMMAND --help shows the flags of a command and an example.\n"
      "Exit status: 0 done, 1 failed, 2 wrong use.");
  cli::Invocation invocation;
  cli::addInfo(app, invocation);
  cli::addRun(app, invocation);
  cli::addLearn(app, invocation);
  cli::addStream(app, invocation);
  cli::addSummary(app, invocation);
  cli::addLayers(app, invocation);
  cli::addVerify(app, invocation);
  cli::addBench(app, invocation);
  cli::addEvents(app, invocation);
  cli::addShaders(app, invocation);
  std::string topic;
  addHelp(app, topic);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForAllHelp&) {
    app.clear();  // else the help of the command 'help' would be printed
    std::fputs(app.help().c_str(), stdout);
    return cli::kDone;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? cli::kDone : cli::kWrongUse;
  }
  return runJob(invocation);
}
