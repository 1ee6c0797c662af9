#include "gpu/background_programs.h"

#include <utility>

#include "gpu/framebuffer.h"
#include "gpu/program_cache.h"

namespace glint::gpu {
namespace {

/// A small extent that is a power of two exactly if `n` is.
int likeExtent(int n) { return (n & (n - 1)) == 0 ? 4 : 3; }

}  // namespace

std::vector<std::string> ProgramRequest::samplers() const {
  std::vector<std::string> names;
  for (const Input& input : inputs) names.push_back(input.sampler);
  return names;
}

Status drawOnce(Context& context, Fullscreen& fullscreen, Program& program,
                const ProgramRequest& request) {
  program.use();
  std::vector<Texture> inputs;
  for (const ProgramRequest::Input& input : request.inputs) {
    GLINT_ASSIGN(Texture texture, Texture::create(context, input.format, likeExtent(input.width),
                                                  likeExtent(input.height)));
    const int unit = static_cast<int>(inputs.size());
    program.setSampler(program.location(input.sampler), unit);
    texture.bind(unit);
    inputs.push_back(std::move(texture));
  }
  std::vector<Texture> targets;
  for (TexelFormat format : request.targets) {
    GLINT_ASSIGN(Texture texture, Texture::create(context, format, 1, 1));
    targets.push_back(std::move(texture));
  }
  std::vector<const Texture*> pointers;
  for (const Texture& target : targets) pointers.push_back(&target);
  GLINT_ASSIGN(Framebuffer framebuffer, Framebuffer::create(context, pointers));
  framebuffer.bind();
  fullscreen.draw({0, 0, 1, 1});
  return framebuffer.readPixels(0).ok()
             ? context.check("trying the program '" + request.label + "'")
             : Status(Error{Errc::Driver, "no pixel can be read"});
}

BackgroundPrograms::BackgroundPrograms(std::unique_ptr<SharedContext> shared,
                                       std::string cacheDirectory, std::string_view engineVersion)
    : shared_(std::move(shared)),
      cacheDirectory_(std::move(cacheDirectory)),
      engineVersion_(engineVersion),
      thread_([this] { work(); }) {}

BackgroundPrograms::~BackgroundPrograms() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void BackgroundPrograms::add(std::vector<ProgramRequest> requests) {
  {
    const std::lock_guard lock(mutex_);
    for (ProgramRequest& request : requests) waiting_.push_back(std::move(request));
  }
  changed_.notify_all();
}

std::vector<BackgroundPrograms::Ready> BackgroundPrograms::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(ready_, {});
}

bool BackgroundPrograms::withdraw(const std::string& fragment) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(waiting_, [&](const ProgramRequest& request) {
           return request.fragment == fragment;
         }) > 0;
}

bool BackgroundPrograms::idle() const {
  const std::lock_guard lock(mutex_);
  return (!status_.ok() || (waiting_.empty() && !working_)) && ready_.empty();
}

void BackgroundPrograms::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(
      lock, [this] { return !ready_.empty() || !status_.ok() || (waiting_.empty() && !working_); });
}

Status BackgroundPrograms::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void BackgroundPrograms::work() {
  Result<std::unique_ptr<Context>> context = shared_->enter();
  Status status = context.ok() ? Status() : Status(context.error());
  if (status.ok()) {
    ProgramCache cache(**context, cacheDirectory_, engineVersion_);
    Result<Fullscreen> fullscreen = Fullscreen::create(**context);
    if (!fullscreen.ok()) status = fullscreen.error();
    std::unique_lock lock(mutex_);
    while (status.ok()) {
      changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (stopping_) break;
      const ProgramRequest request = std::move(waiting_.front());
      waiting_.pop_front();
      working_ = true;
      lock.unlock();
      const auto begin = std::chrono::steady_clock::now();
      const std::int64_t loaded = cache.counters().hits;
      Result<Program> program =
          cache.get(fullscreenVertexShader((*context)->capabilities().esMajor), request.fragment,
                    request.label);
      status = program.ok() ? drawOnce(**context, *fullscreen, *program, request)
                            : Status(program.error());
      const auto end = std::chrono::steady_clock::now();
      lock.lock();
      working_ = false;
      if (status.ok()) {
        ready_.push_back(
            {request, program->release(), cache.counters().hits == loaded, begin, end});
      }
      changed_.notify_all();
    }
  }
  if (context.ok()) context->reset();
  shared_->leave();
  const std::lock_guard lock(mutex_);
  status_ = status;
  working_ = false;
  changed_.notify_all();
}

}  // namespace glint::gpu
