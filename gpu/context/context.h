/// The GL context that all GPU objects belong to: functions, limits, state, bookkeeping.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/log.h"
#include "gpu/context/capabilities.h"
#include "gpu/context/workarounds.h"

namespace glint::gpu {

/// How to set up a Context.
struct ContextOptions {
  CapabilityLimits limits;                       ///< Holds the driver to less.
  std::vector<std::string> disabledWorkarounds;  ///< By name.
  LogSink log;                                   ///< Empty: silent.
  bool debug = false;  ///< Report GL_KHR_debug messages to the log; slower.
};

/// Work done so far, for tests and traces. Plain numbers; reset by assigning {}.
struct Counters {
  std::int64_t programsCompiled = 0;  ///< From source.
  std::int64_t programsLoaded = 0;    ///< From a binary.
  std::int64_t texturesCreated = 0;
  std::int64_t bytesUploaded = 0;  ///< Texture data.
  std::int64_t bytesRead = 0;      ///< Texels fetched back, in their own layout.
  std::int64_t draws = 0;
};

/// Kinds of GL names the deletion bin can hold.
enum class ObjectKind : std::uint8_t { Buffer, Framebuffer, Program, Shader, Texture, Sync, Query };

/// Wraps the GL context that is current on the creating thread, which becomes the GL thread. All
/// calls must come from it, except destruction of objects: names freed elsewhere wait in a bin
/// until collect(). Must outlive its objects. It owns no GL context: keep that one alive, too.
/// Fixed state: no dither, no blend, no depth, stencil or culling; pixel alignment 1.
class Context {
 public:
  /// Loads the functions and asks the driver for its limits. Errors: Driver, Value (bad limits).
  static Result<std::unique_ptr<Context>> create(const Loader& loader, ContextOptions options = {});
  /// The same over a table that is already filled, such as nullFunctions() or a Recorder's.
  static Result<std::unique_ptr<Context>> create(const Functions& functions,
                                                 ContextOptions options = {});
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  const Functions& gl() const { return gl_; }
  const Capabilities& capabilities() const { return capabilities_; }
  bool es3() const { return capabilities_.esMajor >= 3; }

  /// True when the named workaround is in use.
  bool needs(std::string_view workaround) const;
  /// Names of the workarounds in use.
  const std::vector<std::string_view>& workarounds() const { return workarounds_; }

  Counters& counters() { return counters_; }
  void log(LogLevel level, std::string_view message) const;

  /// Live GL objects: created and neither deleted nor dropped. Those in the bin still count.
  std::int64_t liveObjects() const { return live_.load(); }
  /// Deletes what other threads left in the bin. Called by every draw; cheap when empty.
  void collect();
  /// Hands all commands so far to the GPU as one submission, and does not wait: the end of a frame.
  void submit() { gl_.flush(); }
  /// True on the thread that made this context.
  bool onGlThread() const { return std::this_thread::get_id() == thread_; }
  /// Makes the calling thread the GL thread, after the GL context was made current on it.
  void moveToThisThread() { thread_ = std::this_thread::get_id(); }

  /// Success, or the GL error since the last check as Driver; `where` goes into the message. A
  /// reported reset of the device marks the context as lost.
  Status check(std::string_view where);
  /// True after markLost(): every name of the context is void, new objects are refused.
  bool lost() const { return generation_.load() != 0; }
  /// Success, or an error of code Driver when the context is lost.
  Status requireAlive() const;
  /// Forgets every name: nothing created so far is deleted through GL any more.
  void markLost();

  /// For the object classes: counts a new name.
  void adopt() { live_.fetch_add(1); }
  /// For the object classes: stops counting a name without deleting it.
  void disown(ObjectKind kind, GLuint name);
  /// For the object classes: deletes now, later or not at all, depending on thread and loss.
  void remove(ObjectKind kind, std::uintptr_t name, std::uint32_t generation);
  /// Number of times the context was lost; an object of an older generation is void.
  std::uint32_t generation() const { return generation_.load(); }

  /// For the object classes: state setters that skip what is set already.
  void useProgram(GLuint name);
  void bindFramebuffer(GLuint name);
  void bindTexture(int unit, GLenum target, GLuint name);
  /// For the object classes: a texture unit that no fragment shader uses.
  int scratchUnit() const { return scratchUnit_; }
  void setViewport(GLint x, GLint y, GLsizei width, GLsizei height);

 private:
  Context(const Functions& functions, Capabilities capabilities, LogSink log);
  void setFixedState();
  void startDebugOutput();
  void forget(ObjectKind kind, GLuint name);
  void deleteName(ObjectKind kind, std::uintptr_t name);

  struct Binned {
    ObjectKind kind;
    std::uintptr_t name;
  };

  Functions gl_;
  Capabilities capabilities_;
  std::vector<std::string_view> workarounds_;
  LogSink log_;
  Counters counters_;
  std::atomic<std::thread::id> thread_;
  std::atomic<std::int64_t> live_{0};
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<bool> binFilled_{false};
  std::mutex binMutex_;
  std::vector<Binned> bin_;
  GLuint program_ = 0;
  GLuint framebuffer_ = 0;
  int scratchUnit_ = 0;
  int activeUnit_ = 0;
  std::vector<GLuint> textures_;
  GLint viewport_[4] = {-1, -1, -1, -1};
};

}  // namespace glint::gpu
