#include "nnets/schedule/place.h"

#include <algorithm>

namespace glint {
namespace {

/// The steps from the one that writes a value to the last that reads it.
struct Lifetime {
  int first = -1;
  int last = -1;
  void extend(int step) {
    if (first < 0) first = step;
    last = std::max(last, step);
  }
};

std::vector<Lifetime> lifetimes(const Schedule& schedule) {
  std::vector<Lifetime> lives(schedule.values.size());
  const auto use = [&](int value, int step) {
    lives[static_cast<std::size_t>(value)].extend(step);
  };
  for (std::size_t s = 0; s < schedule.steps.size(); ++s) {
    const int at = static_cast<int>(s);
    std::vector<int> ops;
    if (const auto* draw = std::get_if<DrawStep>(&schedule.steps[s])) ops = {draw->op};
    if (const auto* scan = std::get_if<ScanStep>(&schedule.steps[s])) ops = scan->ops;
    if (!ops.empty()) {
      while (!ops.empty()) {
        const int op = ops.back();
        ops.pop_back();
        const Op& one = schedule.graph.ops[static_cast<std::size_t>(op)];
        for (const SumInput& input : one.inputs) use(input.value, at);
        use(one.output, at);
        // What is computed in the passes of this op reads its inputs now, at the latest.
        for (std::size_t i = 0; i < schedule.mapping.ops.size(); ++i) {
          if (schedule.mapping.ops[i].into == op) ops.push_back(static_cast<int>(i));
        }
      }
    } else if (const auto* upload = std::get_if<UploadStep>(&schedule.steps[s])) {
      use(upload->value, at);
    } else if (const auto* fetch = std::get_if<FetchStep>(&schedule.steps[s])) {
      use(fetch->value, at);
    }
  }
  // Constants are uploaded once.
  for (std::size_t v = 0; v < lives.size(); ++v) {
    if (lives[v].first < 0 || schedule.graph.values[v].data.empty()) continue;
    lives[v] = {0, static_cast<int>(schedule.steps.size())};
  }
  return lives;
}

/// A set of textures and until when it is taken.
struct Slot {
  int value;  ///< whose layout and fill it was made for
  int busyUntil;
};

}  // namespace

void placeTextures(Schedule& schedule) {
  const std::vector<Lifetime> lives = lifetimes(schedule);
  std::vector<int> order;
  for (std::size_t v = 0; v < lives.size(); ++v) {
    if (schedule.values[v].onGpu && lives[v].first >= 0) order.push_back(static_cast<int>(v));
  }
  std::sort(order.begin(), order.end(), [&](int a, int b) {
    return lives[static_cast<std::size_t>(a)].first < lives[static_cast<std::size_t>(b)].first;
  });
  std::vector<Slot> slots;
  for (int v : order) {
    const auto at = static_cast<std::size_t>(v);
    ValuePlan& plan = schedule.values[at];
    const auto fits = [&](const Slot& slot) {
      const auto other = static_cast<std::size_t>(slot.value);
      return slot.busyUntil < lives[at].first && schedule.values[other].layout == plan.layout &&
             schedule.graph.values[other].fill == schedule.graph.values[at].fill;
    };
    const bool kept = schedule.graph.values[at].history > 0;
    const auto found = std::find_if(slots.begin(), slots.end(), fits);
    if (!kept && found != slots.end()) {
      plan.textures = schedule.values[static_cast<std::size_t>(found->value)].textures;
      found->busyUntil = lives[at].last;
      continue;
    }
    for (int plane = 0; plane < plan.layout.form.planes; ++plane) {
      plan.textures.push_back(static_cast<int>(schedule.textures.size()));
      schedule.textures.push_back({plan.layout.form.storage, plan.slots.width(plan.layout),
                                   plan.slots.height(plan.layout), kept});
    }
    if (!kept) slots.push_back({v, lives[at].last});
  }
}

}  // namespace glint
