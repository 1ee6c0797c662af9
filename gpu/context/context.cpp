#include "gpu/context/context.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace glint::gpu {
namespace {

/// Cached binding that no GL name equals, so that the next binding is issued.
constexpr GLuint kUnknown = 0xFFFFFFFFu;

std::string_view errorName(GLenum error) {
  switch (error) {
    case GL_INVALID_ENUM:
      return "GL_INVALID_ENUM";
    case GL_INVALID_VALUE:
      return "GL_INVALID_VALUE";
    case GL_INVALID_OPERATION:
      return "GL_INVALID_OPERATION";
    case GL_INVALID_FRAMEBUFFER_OPERATION:
      return "GL_INVALID_FRAMEBUFFER_OPERATION";
    case GL_OUT_OF_MEMORY:
      return "GL_OUT_OF_MEMORY";
    case GL_CONTEXT_LOST:
      return "GL_CONTEXT_LOST";
    default:
      return "an unknown GL error";
  }
}

/// Drivers may give addresses for functions they do not support: the extension list decides.
void dropUnlisted(Functions& gl, const Capabilities& caps) {
  if (!caps.has("GL_KHR_debug")) gl.debugMessageCallbackKhr = nullptr;
  if (!caps.has("GL_KHR_robustness")) gl.getGraphicsResetStatusKhr = nullptr;
  if (!caps.has("GL_EXT_robustness")) gl.getGraphicsResetStatusExt = nullptr;
  if (!caps.has("GL_KHR_parallel_shader_compile")) gl.maxShaderCompilerThreadsKhr = nullptr;
  if (!caps.has("GL_OES_get_program_binary")) {
    gl.getProgramBinaryOes = nullptr;
    gl.programBinaryOes = nullptr;
  }
}

Status checkLimits(const CapabilityLimits& limits) {
  if (limits.esMajor && *limits.esMajor != 2 && *limits.esMajor != 3) {
    return Error{Errc::Value, "OpenGL ES " + std::to_string(*limits.esMajor) +
                                  " was asked for; Glint runs on 2 and 3"};
  }
  const std::pair<const char*, std::optional<int>> counts[] = {
      {"texture size", limits.maxTextureSize},
      {"draw buffers", limits.maxDrawBuffers},
      {"texture units", limits.fragmentTextureUnits},
      {"uniform vectors", limits.fragmentUniformVectors}};
  for (const auto& [name, value] : counts) {
    if (value && *value < 1) {
      return Error{Errc::Value, std::string("the limit of ") + name + " is " +
                                    std::to_string(*value) + "; it must be at least 1"};
    }
  }
  return {};
}

void GL_APIENTRY forwardDebugMessage(GLenum, GLenum type, GLuint, GLenum, GLsizei length,
                                     const GLchar* text, const void* context) {
  const auto level = type == GL_DEBUG_TYPE_ERROR_KHR ? LogLevel::Warning : LogLevel::Debug;
  const std::string_view message(text, static_cast<std::size_t>(std::max<GLsizei>(length, 0)));
  static_cast<const Context*>(context)->log(level, message);
}

}  // namespace

Result<std::unique_ptr<Context>> Context::create(const Loader& loader, ContextOptions options) {
  GLINT_ASSIGN(const Functions functions, loadFunctions(loader));
  return create(functions, std::move(options));
}

Result<std::unique_ptr<Context>> Context::create(const Functions& functions,
                                                 ContextOptions options) {
  GLINT_TRY(checkLimits(options.limits));
  GLINT_ASSIGN(Capabilities caps, query(functions));
  Functions gl = functions;
  dropUnlisted(gl, caps);
  caps = lowerTo(std::move(caps), options.limits);
  if (caps.esMajor < 3) gl = es2View(gl);
  auto active = activeWorkarounds(caps, options.disabledWorkarounds);
  applyWorkarounds(active, caps);

  std::unique_ptr<Context> context(new Context(gl, std::move(caps), std::move(options.log)));
  context->workarounds_ = std::move(active);
  for (std::string_view name : context->workarounds_) {
    context->log(LogLevel::Info, "workaround in use: " + std::string(name));
  }
  context->setFixedState();
  if (options.debug) context->startDebugOutput();
  GLINT_TRY(context->check("the first state of the context"));
  return context;
}

Context::Context(const Functions& functions, Capabilities capabilities, LogSink log)
    : gl_(functions),
      capabilities_(std::move(capabilities)),
      log_(std::move(log)),
      thread_(std::this_thread::get_id()) {}

Context::~Context() {
  if (live_.load() > static_cast<std::int64_t>(bin_.size())) {
    this->log(LogLevel::Warning, "GPU objects outlive their context: " + std::to_string(live_));
  }
  if (!onGlThread() || lost()) return;
  collect();
  if (gl_.debugMessageCallbackKhr != nullptr) gl_.debugMessageCallbackKhr(nullptr, nullptr);
  assert(live_.load() == 0 && "a GPU object outlives its context");
}

void Context::setFixedState() {
  for (GLenum state : {GL_DITHER, GL_BLEND, GL_DEPTH_TEST, GL_STENCIL_TEST, GL_CULL_FACE,
                       GL_SCISSOR_TEST, GL_SAMPLE_ALPHA_TO_COVERAGE, GL_SAMPLE_COVERAGE}) {
    gl_.disable(state);
  }
  gl_.colorMask(GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  gl_.pixelStorei(GL_PACK_ALIGNMENT, 1);
  gl_.pixelStorei(GL_UNPACK_ALIGNMENT, 1);
  if (gl_.maxShaderCompilerThreadsKhr != nullptr && capabilities_.parallelCompile) {
    gl_.maxShaderCompilerThreadsKhr(0xFFFFFFFFu);  // as many as the driver likes
  }
  GLint combined = 0;
  gl_.getIntegerv(GL_MAX_COMBINED_TEXTURE_IMAGE_UNITS, &combined);
  scratchUnit_ = std::max(0, std::min(combined - 1, capabilities_.fragmentTextureUnits));
  textures_.assign(static_cast<std::size_t>(std::max(combined, scratchUnit_ + 1)), kUnknown);
  program_ = kUnknown;
  framebuffer_ = kUnknown;
  activeUnit_ = -1;
}

void Context::startDebugOutput() {
  if (gl_.debugMessageCallbackKhr == nullptr) {
    log(LogLevel::Info, "the driver has no GL_KHR_debug; no debug messages");
    return;
  }
  gl_.enable(GL_DEBUG_OUTPUT_KHR);
  gl_.enable(GL_DEBUG_OUTPUT_SYNCHRONOUS_KHR);
  gl_.debugMessageCallbackKhr(forwardDebugMessage, this);
}

bool Context::needs(std::string_view workaround) const {
  return std::find(workarounds_.begin(), workarounds_.end(), workaround) != workarounds_.end();
}

void Context::log(LogLevel level, std::string_view message) const {
  if (log_) log_(level, message);
}

Status Context::requireAlive() const {
  if (!lost()) return {};
  return Error{Errc::Driver, "the GL context was lost; make a new one and load everything again"};
}

Status Context::check(std::string_view where) {
  GLenum first = gl_.getError();
  // A driver without a current context may report an error for ever.
  for (int i = 0; i < 16 && first != GL_NO_ERROR; ++i) {
    if (gl_.getError() == GL_NO_ERROR) break;
  }
  GLenum reset = GL_NO_ERROR;
  if (gl_.getGraphicsResetStatusKhr != nullptr) {
    reset = gl_.getGraphicsResetStatusKhr();
  } else if (gl_.getGraphicsResetStatusExt != nullptr) {
    reset = gl_.getGraphicsResetStatusExt();
  }
  if (reset != GL_NO_ERROR || first == GL_CONTEXT_LOST) {
    markLost();
    first = GL_CONTEXT_LOST;
  }
  if (first == GL_NO_ERROR) return {};
  return Error{Errc::Driver, std::string(where) + ": " + std::string(errorName(first))};
}

}  // namespace glint::gpu
