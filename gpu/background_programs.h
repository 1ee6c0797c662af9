/// Programs compiled behind the back of the GL thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "gpu/fullscreen.h"
#include "gpu/program.h"
#include "gpu/texture.h"

namespace glint::gpu {

/// A context that shares programs with another one. Made on the GL thread, used on a worker's.
class SharedContext {
 public:
  virtual ~SharedContext() = default;
  /// Makes it current on the calling thread and gives its functions; the thread keeps it.
  /// Errors: Driver.
  virtual Result<std::unique_ptr<Context>> enter() = 0;
  /// Leaves it. Called on the thread that entered, after its Context is gone.
  virtual void leave() = 0;
};

/// A program to compile, and what it is drawn with: drivers that compile at the first draw do it
/// for these kinds of textures and targets.
struct ProgramRequest {
  std::string fragment;
  std::string label;
  struct Input {
    std::string sampler;
    TexelFormat format = TexelFormat::Rgba8;
    int width = 1, height = 1;  ///< some drivers care whether these are powers of two
  };
  std::vector<Input> inputs;
  std::vector<TexelFormat> targets;

  std::vector<std::string> samplers() const;  ///< of the inputs, by texture unit
};

/// Draws one texel with a program, as its later draws will, and waits for it. Errors: Driver.
Status drawOnce(Context& context, Fullscreen& fullscreen, Program& program,
                const ProgramRequest& request);

/// Compiles programs on a thread of its own, one after the other, and draws once with each.
class BackgroundPrograms {
 public:
  /// Starts the thread. `cacheDirectory`: as ProgramCache's.
  BackgroundPrograms(std::unique_ptr<SharedContext> shared, std::string cacheDirectory,
                     std::string_view engineVersion);
  /// Stops after the program in work.
  ~BackgroundPrograms();
  BackgroundPrograms(const BackgroundPrograms&) = delete;
  BackgroundPrograms& operator=(const BackgroundPrograms&) = delete;

  void add(std::vector<ProgramRequest> requests);
  /// Takes a request back that the thread has not begun; false when it has, or never had it.
  bool withdraw(const std::string& fragment);

  /// A program that is ready; `name` belongs to the taker (Program::wrap).
  struct Ready {
    ProgramRequest request;
    GLuint name = 0;
    bool compiled = false;  ///< rather than loaded from the cache
    std::chrono::steady_clock::time_point begin,
        end;  ///< of loading or compiling, and drawing once
  };
  /// Those that became ready since the last call.
  std::vector<Ready> take();
  /// True when nothing is waiting, in work or ready.
  bool idle() const;
  /// Waits until a program is ready, or nothing is left to do.
  void wait();
  /// Why the thread stopped early; success while it has not.
  Status status() const;

 private:
  void work();

  std::unique_ptr<SharedContext> shared_;
  const std::string cacheDirectory_;
  const std::string engineVersion_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ProgramRequest> waiting_;
  std::vector<Ready> ready_;
  bool working_ = false;
  bool stopping_ = false;
  Status status_;
  std::thread thread_;  ///< last: it uses the others
};

}  // namespace glint::gpu
