#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/result.h"
#include "nnets/devices/tuned.h"
#include "nnets/graph/model.h"
#include "nnets/schedule/build_kernel.h"
#include "shaders/layout.h"
#include "shaders/program_interface.h"

/// A model made ready for one device and one image size: which programs, textures and draws, in
/// what order, and which layers run in software and why. Plain data; makes no GL call.
namespace glint {

/// Where a layer runs, as the Akida interface names it.
enum class Backend { Software, Hardware };

/// What became of one layer.
struct LayerPlan {
  Backend backend = Backend::Software;
  std::string why;       ///< Software: the reason
  std::string proof;     ///< Hardware: bound, rung and epilogue of its ops
  std::vector<int> ops;  ///< indices into OpGraph::ops
  int inside = -1;       ///< the layer in whose passes this one is computed; -1: in its own
};

/// A texture that is no map: weights of a loop, a look-up table. Its texels stay, but for weights
/// that may be replaced (reweigh.h), which are of one draw.
struct ConstantTexture {
  Storage storage = Storage::Int32;
  int width = 0;              ///< texels a row
  std::vector<IVec4> texels;  ///< row by row; of Norm8 and Bytes32 the codes
  bool changing = false;      ///< weights that may be replaced
  int height() const { return (static_cast<int>(texels.size()) + width - 1) / width; }
  bool operator==(const ConstantTexture&) const = default;
};

struct TexturePlan {
  Storage storage = Storage::Norm8;
  int width = 0;
  int height = 0;
  bool kept = false;  ///< every stream has one of its own
  bool operator==(const TexturePlan&) const = default;
};

/// Where a value lives while it is needed.
struct ValuePlan {
  bool onGpu = false;
  Layout layout;              ///< of one slot
  SlotGrid slots;             ///< more than one: a ring of the latest maps
  std::vector<int> textures;  ///< one a plane
};

struct ProgramPlan {
  std::string label;                  ///< the first layer that uses it
  std::string fragment;               ///< GLSL
  std::vector<std::string> samplers;  ///< by texture unit
  KernelPlan kernel;  ///< as of the first use; constants are those of a draw unless inline
  int draws = 0;
};

/// What moves with the rings: the column and row of an entry of DrawPlan::vectors.
struct VectorMove {
  int vector = -1;
  int value = -1;  ///< whose slot is added, or -1
  int age = 0;
  bool atStep = false;  ///< a scan's step is added to the column
  Stride stride{0, 0};  ///< times the slot of the op's output is taken off
  bool operator==(const VectorMove&) const = default;
};

/// One draw: a program, what it reads, where it writes.
struct DrawPlan {
  int op = -1;
  int program = -1;
  std::vector<int> textures;   ///< by texture unit
  std::vector<int> constants;  ///< on the units behind them: indices into Schedule::constants
  std::vector<int> targets;    ///< textures
  int column = 0, row = 0, width = 0, height = 0;  ///< viewport
  std::vector<IVec4> vectors;                      ///< uniforms::kDraw
  bool moving = false;  ///< the viewport or vectors follow rings or a scan
  std::vector<VectorMove> moves;
  std::vector<Vec4> sizes;   ///< uniforms::kSizes, on ES 2
  std::vector<Vec4> floats;  ///< uniforms::kFloats
  std::vector<IVec4> ints;   ///< uniforms::kInts
  std::int64_t macs = 0;
};

/// Steps of a run, in order.
struct DrawStep {
  int op = -1;  ///< all draws of it
};
struct ScanStep {
  int scan = -1;
  std::vector<int> ops;  ///< all draws of each, again and again
};
struct SoftwareStep {
  int layer = -1;
};
struct FetchStep {  ///< GPU -> host
  int value = -1;
};
struct UploadStep {  ///< host -> GPU
  int value = -1;
};
using RunStep = std::variant<DrawStep, ScanStep, SoftwareStep, FetchStep, UploadStep>;

struct Schedule {
  OpGraph graph;
  std::vector<Proof> proofs;  ///< by op
  std::vector<LayerPlan> layers;
  Mapping mapping;
  std::vector<ValuePlan> values;  ///< by graph value
  std::vector<int> feedValues;    ///< by Model::feeds: the graph value
  std::vector<TexturePlan> textures;
  std::vector<ConstantTexture> constants;
  std::vector<ProgramPlan> programs;
  std::vector<DrawPlan> draws;  ///< in the order of ops
  std::vector<int> firstDraw;   ///< by op, and one behind the last: where its draws begin
  std::vector<RunStep> steps;

  std::int64_t textureBytes() const;
};

struct ScheduleOptions {
  DeviceLimits limits;
  MappingOptions mapping;
  /// Layers whose outputs the host gets, besides the model's outputs.
  std::vector<int> fetch;
  /// Layers that must run in software although they could run on the GPU.
  std::vector<int> software;
  /// What measuring chose, instead of the quick rules; its texels are those of the schedule.
  std::optional<Tuned> tuned;
  /// Used instead of the default mapper's result when it has an entry for every op.
  Mapping given;
};

/// Errors (Unsupported): a tensor that does not fit the device's textures or units.
Result<Schedule> makeSchedule(const Model& model, const ScheduleOptions& options);

}  // namespace glint
