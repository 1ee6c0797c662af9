#pragma once

#include "apps/glint/options.h"

/// The commands. Each adds itself to the command line; when it is called, `invocation` gets its
/// job.
namespace glint::cli {

void addInfo(CLI::App& app, Invocation& invocation);
void addRun(CLI::App& app, Invocation& invocation);
void addSummary(CLI::App& app, Invocation& invocation);
void addLayers(CLI::App& app, Invocation& invocation);
void addLearn(CLI::App& app, Invocation& invocation);
void addStream(CLI::App& app, Invocation& invocation);
void addVerify(CLI::App& app, Invocation& invocation);
void addBench(CLI::App& app, Invocation& invocation);
void addEvents(CLI::App& app, Invocation& invocation);
void addShaders(CLI::App& app, Invocation& invocation);

}  // namespace glint::cli
