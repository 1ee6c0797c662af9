#include "gpu/timer_query.h"

namespace glint::gpu {

Result<TimerQuery> TimerQuery::create(Context& context) {
  GLINT_TRY(context.requireAlive());
  if (!context.capabilities().timerQuery) {
    return Error{Errc::Unsupported, "the driver has no timer that can be used"};
  }
  GLuint name = 0;
  context.gl().genQueriesExt(1, &name);
  TimerQuery query;
  query.handle_ = Handle<ObjectKind::Query>::wrap(context, name);
  GLINT_TRY(context.check("making a timer query"));
  return query;
}

void TimerQuery::begin() {
  handle_.context()->gl().beginQueryExt(GL_TIME_ELAPSED_EXT, handle_.name());
}

void TimerQuery::end() { handle_.context()->gl().endQueryExt(GL_TIME_ELAPSED_EXT); }

std::uint64_t TimerQuery::nanoseconds() const {
  GLuint64 time = 0;
  const Context& context = *handle_.context();
  if (!context.lost()) {
    context.gl().getQueryObjectui64vExt(handle_.name(), GL_QUERY_RESULT_EXT, &time);
  }
  return time;
}

bool TimerQuery::disjoint(const Context& context) {
  GLint jumped = 0;
  context.gl().getIntegerv(GL_GPU_DISJOINT_EXT, &jumped);
  return jumped != 0;
}

}  // namespace glint::gpu
