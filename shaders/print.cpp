#include "shaders/print.h"

#include <algorithm>
#include <cassert>
#include <map>
#include <set>

#include "shaders/helpers.h"
#include "shaders/literals.h"
#include "shaders/print_epilogue.h"
#include "shaders/program_interface.h"

namespace glint {
namespace {

/// Writes one plan. Text goes to `out_` in the order of the shader.
class Printer {
 public:
  Printer(const KernelPlan& plan, Dialect dialect)
      : plan_(plan), dialect_(dialect), draw_(drawVectors(plan)) {}

  std::string print() {
    declare();
    out_ += helperFunctions(plan_, dialect_);
    out_ += "void main(){\n";
    positions();
    out_ += std::string(isInt() ? "ivec4" : "vec4") + " v;\n";
    if (readsPacked()) out_ += "ivec4 k;\n";
    for (int i = 0; i < plan_.stored(); ++i) {
      begin(i);
      if (hasLimbs()) out_ += "vec4 h" + std::to_string(i) + "=vec4(0.);\n";
    }
    plan_.loop ? loop() : body();
    for (int t = 0; t < plan_.targets; ++t) finish(t);
    return out_ + "}\n";
  }

 private:
  bool isInt() const { return plan_.arithmetic == Arithmetic::Int32; }
  bool hasLimbs() const { return !plan_.carries.empty(); }
  bool readsPacked() const {
    return std::any_of(plan_.operands.begin(), plan_.operands.end(),
                       [](const LayoutForm& f) { return f.storage == Storage::Packed; });
  }
  const LayoutForm& form(int operand) const {
    return plan_.operands[static_cast<std::size_t>(operand)];
  }

  /// A constant in the plan's own arithmetic.
  std::string constant(int i) const { return isInt() ? intAt(plan_, i) : floatAt(plan_, i); }

  /// The variable that holds where the windows of an operand begin: p0, p1, ... one a stride.
  std::string windowAt(int operand) const {
    const Stride stride = plan_.strides[static_cast<std::size_t>(operand)];
    const auto found = std::find(plan_.strides.begin(), plan_.strides.end(), stride);
    return "p" + std::to_string(found - plan_.strides.begin());
  }

  void positions() {
    for (std::size_t i = 0; i < plan_.strides.size(); ++i) {
      const std::string name = windowAt(static_cast<int>(i));
      if (name != "p" + std::to_string(i)) continue;
      const Stride s = plan_.strides[i];
      out_ += std::string(dialect_.vector2()) + " " + name + "=";
      out_ += dialect_.fragment();
      if (s.x != s.y) {
        out_ += "*" + dialect_.whole2(s.y, s.x);
      } else if (s.x != 1) {
        out_ += "*" + dialect_.whole(s.x);
      }
      out_ += ";\n";
    }
  }

  const Accumulator& accumulator(int i) const {
    return plan_.accumulators[static_cast<std::size_t>(i)];
  }

  /// Declares an accumulator with what it starts from.
  void begin(int i) {
    std::string from = isInt() ? "ivec4(0)" : "vec4(0.)";
    if (accumulator(i).reduce == Accumulator::Reduce::Max) {
      from = isInt() ? "ivec4(-2147483647)" : "vec4(-16777215.)";
    } else if (accumulator(i).init >= 0) {
      from = constant(accumulator(i).init);
    }
    out_ += (isInt() ? "ivec4 a" : "vec4 a") + std::to_string(i) + "=" + from + ";\n";
    begun_.insert(i);
  }

  /// The same for an inner one, where it is first needed.
  void beginOnce(int i) {
    if (!begun_.contains(i)) begin(i);
  }

  void array(std::string_view type, const char* name, int count) {
    if (count == 0) return;
    out_ +=
        "uniform highp " + std::string(type) + " " + name + "[" + std::to_string(count) + "];\n";
  }

  void sampler(const std::string& name, Storage storage) {
    const bool ints = storage == Storage::Int32 || storage == Storage::Packed;
    const char* type = ints                        ? "isampler2D "
                       : storage == Storage::Uint8 ? "usampler2D "
                                                   : "sampler2D ";
    out_ += "uniform highp " + std::string(type) + name + ";\n";
  }

  void declare() {
    out_ = dialect_.head();
    for (const auto& [operand, plane] : samplersOf(plan_)) {
      sampler(uniforms::sampler(operand, plane), form(operand).storage);
    }
    if (plan_.placement == Placement::Texture) sampler(uniforms::kWeights, plan_.weights.storage);
    if (hasTable(plan_)) sampler(uniforms::kTable, plan_.table.storage);
    array(dialect_.vector4(), uniforms::kDraw, draw_.count);
    if (dialect_.isEs2()) array("vec4", uniforms::kSizes, sizesOf(plan_));
    if (plan_.fetchesConstants) {
      sampler(uniforms::kConstants, Storage::Int32);
    } else if (!plan_.inlineConstants()) {
      array("vec4", uniforms::kFloats, static_cast<int>(plan_.floats.size()));
      array("ivec4", uniforms::kInts, static_cast<int>(plan_.ints.size()));
    }
    for (int t = 0; t < plan_.targets; ++t) {
      out_ += dialect_.declareTarget(t, plan_.output.storage);
    }
  }

  std::string drawVector(int index) const {
    return std::string(uniforms::kDraw) + "[" + std::to_string(index) + "]";
  }

  /// The texel position of a fetch. In a loop `t` is the tile's offset and `w` the window's.
  std::string position(const Fetch& fetch) const {
    std::string tap = plan_.loop ? "+w" : "";
    if (fetch.dx != 0 || fetch.dy != 0) tap += "+" + dialect_.whole2(fetch.dy, fetch.dx);
    const std::string at = drawVector(fetch.address) + ".xy" + (plan_.loop ? "+t" : "");
    const std::string p = windowAt(fetch.operand) + "+";
    if (form(fetch.operand).phases == 1) return p + at + tap;
    const std::string ph = drawVector(draw_.operands + fetch.operand);
    return "phase(" + p + ph + ".xy" + tap + "," + ph + ".z)+" + at;
  }

  std::string texel(const Fetch& fetch, const std::string& position) const {
    return dialect_.fetch(uniforms::sampler(fetch.operand, fetch.plane), position,
                          sizeAt(fetch.operand));
  }

  /// The result of an inner accumulator; its epilogue is printed before the first fetch of it.
  std::string finished(int inner) {
    const auto [found, isNew] = finished_.try_emplace(inner);
    if (isNew) {
      beginOnce(inner);
      const EpilogueText text = printEpilogue(plan_, inner);
      out_ += text.statements;
      found->second = text.isInt ? "vec4(" + text.value + ")" : text.value;
    }
    return found->second;
  }

  /// Four channels, as float or int.
  std::string load(const Fetch& fetch) {
    std::string value = fetch.inner >= 0 ? finished(fetch.inner) : texelValue(fetch);
    if (fetch.scale < 0) return value;
    return "clamp(" + value + "*" + constant(fetch.scale) + "," + constant(fetch.lo) + "," +
           constant(fetch.hi) + ")";
  }

  /// Four of the sixteen codes of a texel; its quarters are read one after the other.
  std::string quarter(const Fetch& fetch, const std::string& position) {
    const std::string all = texel(fetch, position);
    if (all != held_) out_ += "k=" + all + ";\n";
    held_ = all;
    return std::string("unpack(k.") + "xyzw"[fetch.quarter] + ")";
  }

  std::string texelValue(const Fetch& fetch) {
    const LayoutForm& f = form(fetch.operand);
    const std::string at = position(fetch);
    std::string value;
    switch (f.storage) {
      case Storage::Int32:
        value = isInt() ? texel(fetch, at) : "vec4(" + texel(fetch, at) + ")";
        break;
      case Storage::Packed:
      case Storage::Uint8:
        value = f.storage == Storage::Packed ? quarter(fetch, at) : texel(fetch, at);
        value = (isInt() ? "ivec4(" : "vec4(") + value + ")";
        if (f.offset() != 0) value = "(" + value + "-" + (isInt() ? "128)" : "128.)");
        break;
      case Storage::Norm8:
        // n/255 is not representable: round to the code, and take off the offset in the same step.
        if (dialect_.isEs2()) {
          // Truncation: VideoCore IV has no floor and makes one of six instructions.
          value = "vec4(ivec4(" + texel(fetch, at) + "*255.+.5))";
          if (f.offset() != 0) value = "(" + value + "-128.)";
          break;
        }
        value = "floor(" + texel(fetch, at) + "*255." + (f.offset() == 0 ? "+.5)" : "-127.5)");
        if (isInt()) value = "ivec4(" + value + ")";
        break;
      case Storage::Bytes32: {
        const std::string pitch = drawVector(draw_.operands + fetch.operand) + ".w";
        value = isInt() ? "ivec4(" : "vec4(";
        for (int k = 0; k < 4; ++k) {
          const std::string part = std::string(dialect_.vector2()) + "(" + dialect_.whole(k) + "*" +
                                   pitch + "," + dialect_.whole(0) + ")";
          value += (k > 0 ? ",word(" : "word(") + texel(fetch, k > 0 ? at + "+" + part : at) + ")";
        }
        value += ")";
        break;
      }
    }
    return value;
  }

  std::string weight(const Mac& mac, std::size_t index) const {
    if (plan_.placement != Placement::Texture) return constant(mac.constant);
    return "W(n+" + dialect_.whole(static_cast<int>(index)) + ")";
  }

  void body() {
    std::size_t m = 0;
    auto carry = plan_.carries.begin();
    if (hasLimbs() && *carry == 0) {  // what the sums start from is large
      ++carry;
      moveCarries();
    }
    for (std::size_t f = 0; f < plan_.fetches.size(); ++f) {
      const std::string value = load(plan_.fetches[f]);
      out_ += "v=" + value + ";\n";
      for (; m < plan_.macs.size() && plan_.macs[m].fetch == static_cast<int>(f); ++m) {
        const Mac& mac = plan_.macs[m];
        const std::string a = "a" + std::to_string(mac.accumulator);
        beginOnce(mac.accumulator);
        if (accumulator(mac.accumulator).reduce == Accumulator::Reduce::Max) {
          out_ += a + "=max(" + a + ",v);\n";
          continue;
        }
        if (accumulator(mac.accumulator).reduce == Accumulator::Reduce::Saturated) {
          addSaturated(a, accumulator(mac.accumulator));
          continue;
        }
        const std::string x =
            mac.component == Mac::kDiagonal ? "v" : std::string("v.") + "xyzw"[mac.component];
        out_ += a + "+=" + weight(mac, m) + "*" + x + ";\n";
        if (carry == plan_.carries.end() || *carry != static_cast<int>(m) + 1) continue;
        ++carry;
        moveCarries();
      }
    }
  }

  /// a plus clamped v, clamped, without an overflow: v is clamped to what a has room for.
  void addSaturated(const std::string& a, const Accumulator& how) {
    out_ += a + "+=clamp(v," + constant(how.lo) + "-min(" + a + ",0)," + constant(how.hi) +
            "-max(" + a + ",0));\n";
  }

  /// What the low limbs hold beyond 12 bits goes to the high ones.
  void moveCarries() {
    for (int i = 0; i < plan_.stored(); ++i) {
      const std::string n = std::to_string(i);
      out_ += "{vec4 c=floor(a" + n + "*(1./4096.));h" + n + "+=c;a" + n + "-=c*4096.;}\n";
    }
  }

  void loop() {
    const bool weights = plan_.placement == Placement::Texture;
    if (weights) out_ += std::string(dialect_.scalar()) + " n=" + dialect_.whole(0) + ";\n";
    out_ += dialect_.loopHead(plan_.loopCounts, drawVector(draw_.loop), drawVector(draw_.loop + 1));
    body();
    if (weights) out_ += "n+=" + dialect_.whole(static_cast<int>(plan_.macs.size())) + ";\n";
    out_ += "}}\n";
  }

  void finish(int target) {
    if (plan_.output.storage == Storage::Packed) {
      storePacked(target);
      return;
    }
    const EpilogueText text = printEpilogue(plan_, target);
    out_ += text.statements;
    store(target, text.value, text.isInt);
  }

  void storePacked(int target) {
    std::string words;
    for (int quarter = 0; quarter < 4; ++quarter) {
      const EpilogueText text = printEpilogue(plan_, 4 * target + quarter);
      out_ += text.statements;
      std::string code = text.isInt ? text.value : "ivec4(" + text.value + ")";
      if (plan_.output.offset() != 0) code += "+128";
      words += (words.empty() ? "pack(" : ",pack(") + code + ")";
    }
    out_ += dialect_.target(target) + "=ivec4(" + words + ");\n";
  }

  bool storesLimbs(int target) const {
    const auto& steps = accumulator(target).epilogue;
    return !steps.empty() && steps.front().kind == EpilogueStep::Kind::StoreLimbs;
  }

  void store(int target, const std::string& value, bool integer) {
    out_ += dialect_.target(target) + "=";
    switch (plan_.output.storage) {
      case Storage::Packed:
        assert(false && "storePacked joins four");
        break;
      case Storage::Int32:
        out_ += value + ";\n";
        break;
      case Storage::Uint8:
        out_ += "uvec4(" + value;
        if (plan_.output.offset() != 0) out_ += integer ? "+128" : "+128.";
        out_ += ");\n";
        break;
      case Storage::Norm8: {
        // A quarter above the code: exact whether the driver truncates or rounds.
        const std::string code = integer ? "vec4(" + value + ")" : value;
        out_ += "(" + code + "+" + number(plan_.output.offset() + .25) + ")*(1./255.);\n";
        break;
      }
      case Storage::Bytes32: {
        const std::string component = std::string(".") + "xyzw"[plan_.storedComponent];
        const std::string low = value + component;
        const std::string high = "h" + std::to_string(target) + component;
        out_ += "(" + (storesLimbs(target) ? "limbs(" + high + "," + low : "bytes(" + low) +
                ")+.25)*(1./255.);\n";
        break;
      }
    }
  }

  const KernelPlan& plan_;
  const Dialect dialect_;
  const DrawVectors draw_;
  std::set<int> begun_;                  ///< accumulators that are declared
  std::string held_;                     ///< the texel that k holds
  std::map<int, std::string> finished_;  ///< results of inner accumulators
  std::string out_;
};

}  // namespace

std::string printFragment(const KernelPlan& plan, Dialect dialect) {
  assert(validate(plan).empty());
  assert(!dialect.isEs2() ||
         (plan.targets == 1 && plan.arithmetic == Arithmetic::Float && !plan.fetchesConstants));
  return Printer(plan, dialect).print();
}

}  // namespace glint
