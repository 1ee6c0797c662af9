#include "apps/glint/trace.h"

#include <span>
#include <utility>

#include "core/file.h"

namespace glint::cli {

double Trace::microseconds(Clock::time_point at) const {
  return std::chrono::duration<double, std::micro>(at - start_).count();
}

void Trace::nameThread(int thread, const std::string& name) {
  Json args = Json::object();
  args.set("name", name);
  Json event = Json::object();
  event.set("ph", "M");
  event.set("name", "thread_name");
  event.set("pid", 1);
  event.set("tid", thread);
  event.set("args", std::move(args));
  events_.push_back(std::move(event));
}

void Trace::add(int thread, const std::string& category, const std::string& name,
                Clock::time_point begin, Clock::time_point end, Json args) {
  Json event = Json::object();
  event.set("ph", "X");
  event.set("name", name);
  event.set("cat", category);
  event.set("pid", 1);
  event.set("tid", thread);
  event.set("ts", microseconds(begin));
  event.set("dur", microseconds(end) - microseconds(begin));
  if (!args.isNull()) event.set("args", std::move(args));
  events_.push_back(std::move(event));
}

Status Trace::write(const std::string& path) const {
  Json trace = Json::object();
  trace.set("displayTimeUnit", "ms");
  trace.set("otherData", notes_);
  trace.set("traceEvents", events_);
  const std::string text = trace.dump() + "\n";
  return writeFile(path, std::as_bytes(std::span(text.data(), text.size())));
}

}  // namespace glint::cli
