#include "shaders/print.h"

#include <cassert>
#include <charconv>
#include <set>

namespace glint {
namespace {

using Kind = EpilogueStep::Kind;

std::string number(double v) {
  char buffer[40];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += '.';
  return text;
}

/// An int literal; the most negative one cannot be written as a negated literal.
std::string number(std::int32_t v) {
  return v == INT32_MIN ? "(-2147483647-1)" : std::to_string(v);
}

template <typename T>
std::string vector4(const char* type, const std::array<T, 4>& v) {
  if (v[0] == v[1] && v[0] == v[2] && v[0] == v[3]) return type + ("(" + number(v[0]) + ")");
  return type + ("(" + number(v[0])) + "," + number(v[1]) + "," + number(v[2]) + "," +
         number(v[3]) + ")";
}

/// Writes one plan. Text goes to `out_` in the order of the shader.
class Printer {
 public:
  explicit Printer(const KernelPlan& plan) : plan_(plan), draw_(drawVectors(plan)) {}

  std::string print() {
    declare();
    out_ += "void main(){\nivec2 p=ivec2(gl_FragCoord.xy)";
    if (plan_.stride != 1) out_ += "*" + std::to_string(plan_.stride);
    out_ += ";\n" + std::string(isInt() ? "ivec4" : "vec4") + " v;\n";
    for (int t = 0; t < plan_.targets; ++t) {
      out_ +=
          std::string(isInt() ? "ivec4 a" : "vec4 a") + std::to_string(t) + "=" + start(t) + ";\n";
    }
    plan_.loop ? loop() : body();
    for (int t = 0; t < plan_.targets; ++t) finish(t);
    return out_ + "}\n";
  }

 private:
  bool isInt() const { return plan_.arithmetic == Arithmetic::Int32; }
  const LayoutForm& form(int operand) const {
    return plan_.operands[static_cast<std::size_t>(operand)];
  }

  std::string floatAt(int i) const {
    if (plan_.placement == Placement::Inline) {
      return vector4("vec4", plan_.floats[static_cast<std::size_t>(i)]);
    }
    return std::string(uniforms::kFloats) + "[" + std::to_string(i) + "]";
  }
  std::string intAt(int i) const {
    if (plan_.placement == Placement::Inline) {
      return vector4("ivec4", plan_.ints[static_cast<std::size_t>(i)]);
    }
    return std::string(uniforms::kInts) + "[" + std::to_string(i) + "]";
  }
  /// A constant in the plan's own arithmetic.
  std::string constant(int i) const { return isInt() ? intAt(i) : floatAt(i); }

  std::string start(int target) const {
    if (plan_.reduce == KernelPlan::Reduce::Max) {
      return isInt() ? "ivec4(-2147483647)" : "vec4(-16777215.)";
    }
    const int init = plan_.init[static_cast<std::size_t>(target)];
    if (init >= 0) return constant(init);
    return isInt() ? "ivec4(0)" : "vec4(0.)";
  }

  void array(const char* type, const char* name, std::size_t count) {
    if (count == 0) return;
    out_ +=
        std::string("uniform highp ") + type + " " + name + "[" + std::to_string(count) + "];\n";
  }

  void declare() {
    out_ = "#version 300 es\nprecision highp float;\nprecision highp int;\n";
    for (const auto& [operand, plane] : samplersOf(plan_)) {
      out_ += std::string("uniform highp ") +
              (form(operand).storage == Storage::Int32 ? "isampler2D " : "sampler2D ") +
              uniforms::sampler(operand, plane) + ";\n";
    }
    if (plan_.placement == Placement::Texture) {
      out_ += std::string("uniform highp isampler2D ") + uniforms::kWeights + ";\n";
    }
    if (hasTable(plan_)) {
      out_ += std::string("uniform highp isampler2D ") + uniforms::kTable + ";\n";
    }
    array("ivec4", uniforms::kDraw, static_cast<std::size_t>(draw_.count));
    if (plan_.placement != Placement::Inline) {
      array("vec4", uniforms::kFloats, plan_.floats.size());
      array("ivec4", uniforms::kInts, plan_.ints.size());
    }
    const char* type = plan_.output.storage == Storage::Int32 ? "ivec4" : "vec4";
    for (int t = 0; t < plan_.targets; ++t) {
      out_ += "layout(location=" + std::to_string(t) + ") out highp " + type + " o" +
              std::to_string(t) + ";\n";
    }
  }

  std::string drawVector(int index) const {
    return std::string(uniforms::kDraw) + "[" + std::to_string(index) + "]";
  }

  /// The texel position of a fetch. In a loop `t` is the tile's offset and `w` the window's.
  std::string position(const Fetch& fetch) const {
    std::string tap = plan_.loop ? "+w" : "";
    if (fetch.dx != 0 || fetch.dy != 0) {
      tap += "+ivec2(" + std::to_string(fetch.dy) + "," + std::to_string(fetch.dx) + ")";
    }
    const std::string at = drawVector(fetch.address) + ".xy" + (plan_.loop ? "+t" : "");
    if (form(fetch.operand).phases == 1) return "p+" + at + tap;
    const std::string ph = drawVector(draw_.phases + fetch.operand);
    return "phase(p+" + ph + ".xy" + tap + "," + ph + ".z)+" + at;
  }

  std::string load(const Fetch& fetch) const {
    const LayoutForm& f = form(fetch.operand);
    const std::string texel = "texelFetch(" + uniforms::sampler(fetch.operand, fetch.plane) + "," +
                              position(fetch) + ",0)";
    std::string value;
    if (f.storage == Storage::Int32) {
      value = isInt() ? texel : "vec4(" + texel + ")";
    } else {
      // n/255 is not representable: round to the code, and take off the offset in the same step.
      value = "floor(" + texel + "*255." + (f.offset() == 0 ? "+.5)" : "-127.5)");
      if (isInt()) value = "ivec4(" + value + ")";
    }
    if (fetch.scale >= 0) {
      value = "clamp(" + value + "*" + constant(fetch.scale) + "," + constant(fetch.lo) + "," +
              constant(fetch.hi) + ")";
    }
    return value;
  }

  std::string weight(const Mac& mac, std::size_t index) const {
    if (plan_.placement != Placement::Texture) return constant(mac.constant);
    return std::string(isInt() ? "" : "vec4") + "(texelFetch(" + uniforms::kWeights + ",ivec2((n+" +
           std::to_string(index) + ")&1023,(n+" + std::to_string(index) + ")>>10),0))";
  }

  void body() {
    std::size_t m = 0;
    for (std::size_t f = 0; f < plan_.fetches.size(); ++f) {
      out_ += "v=" + load(plan_.fetches[f]) + ";\n";
      for (; m < plan_.macs.size() && plan_.macs[m].fetch == static_cast<int>(f); ++m) {
        const Mac& mac = plan_.macs[m];
        const std::string a = "a" + std::to_string(mac.target);
        if (plan_.reduce == KernelPlan::Reduce::Max) {
          out_ += a + "=max(" + a + ",v);\n";
          continue;
        }
        const std::string x =
            mac.component == Mac::kDiagonal ? "v" : std::string("v.") + "xyzw"[mac.component];
        out_ += a + "+=" + weight(mac, m) + "*" + x + ";\n";
      }
    }
  }

  void loop() {
    const std::string count = drawVector(draw_.loop), pitch = drawVector(draw_.loop + 1);
    const bool weights = plan_.placement == Placement::Texture;
    if (weights) out_ += "int n=0;\n";
    out_ += "for(int i=0;i<" + count + ".x;i++){\nivec2 t=ivec2(i%" + count + ".w,i/" + count +
            ".w)*" + pitch + ".xy;\nfor(int x=0;x<" + count + ".y;x++)for(int y=0;y<" + count +
            ".z;y++){\nivec2 w=ivec2(y,x);\n";
    body();
    if (weights) out_ += "n+=" + std::to_string(plan_.macs.size()) + ";\n";
    out_ += "}}\n";
  }

  void finish(int target) {
    const std::string a = "a" + std::to_string(target);
    std::string value = a;
    bool integer = isInt();
    for (const EpilogueStep& step : plan_.epilogue[static_cast<std::size_t>(target)]) {
      const auto& c = step.constants;
      switch (step.kind) {
        case Kind::ClampFloat:
          out_ += value + "=clamp(" + value + "," + floatAt(c[0]) + "," + floatAt(c[1]) + ");\n";
          break;
        case Kind::OffsetFloat:
          out_ += value + "+=" + floatAt(c[0]) + ";\n";
          break;
        case Kind::ScaleFloor:
          out_ += value + "=floor(" + value + "*" + floatAt(c[0]) + "+.5);\n";
          break;
        case Kind::TwoLimbFloor:
          out_ += "v=floor(" + value + "*(1./4096.));\n" + value + "=floor((v*" + floatAt(c[0]) +
                  "+floor((" + value + "-v*4096.)*" + floatAt(c[0]) + "*(1./4096.))+" +
                  floatAt(c[1]) + ")*" + floatAt(c[2]) + ");\n";
          break;
        case Kind::ToInt:
          out_ += "ivec4 i" + std::to_string(target) + "=ivec4(" + value + ");\n";
          value = "i" + std::to_string(target);
          integer = true;
          break;
        case Kind::ClampInt:
          out_ += value + "=clamp(" + value + "," + intAt(c[0]) + "," + intAt(c[1]) + ");\n";
          break;
        case Kind::OffsetInt:
          out_ += value + "+=" + intAt(c[0]) + ";\n";
          break;
        case Kind::RescaleInt:
          out_ += value + "*=" + intAt(c[0]) + ";\n" + value + "=(" + value + ">>" + intAt(c[1]) +
                  ")+((" + value + ">>" + intAt(c[2]) + ")&" + intAt(c[3]) + ");\n";
          break;
        case Kind::LookUp:
          out_ += value + "=ivec4(look(" + value + ".x),look(" + value + ".y),look(" + value +
                  ".z),look(" + value + ".w));\n";
          break;
      }
    }
    store(target, value, integer);
  }

  void store(int target, const std::string& value, bool integer) {
    out_ += "o" + std::to_string(target) + "=";
    if (plan_.output.storage == Storage::Int32) {
      out_ += value + ";\n";
      return;
    }
    // A quarter above the code: exact whether the driver truncates or rounds.
    const std::string code = integer ? "vec4(" + value + ")" : value;
    out_ += "(" + code + "+" + number(plan_.output.offset() + .25) + ")*(1./255.);\n";
  }

  const KernelPlan& plan_;
  const DrawVectors draw_;
  std::string out_;
};

constexpr const char* kPhaseFunction =
    "ivec2 phase(ivec2 q,int pitch){return (q>>1)+ivec2(((q.y&1)*2+(q.x&1))*pitch,0);}\n";

constexpr const char* kLookFunction =
    "int look(int i){i+=1024;return texelFetch(uT,ivec2(i&1023,i>>10),0).x;}\n";

}  // namespace

std::string uniforms::sampler(int operand, int plane) {
  return "s" + std::to_string(operand) + "_" + std::to_string(plane);
}

DrawVectors drawVectors(const KernelPlan& plan) {
  bool hasPhases = false;
  for (const LayoutForm& f : plan.operands) hasPhases = hasPhases || f.phases > 1;
  DrawVectors v;
  v.phases = static_cast<int>(plan.addresses.size());
  v.loop = v.phases + (hasPhases ? static_cast<int>(plan.operands.size()) : 0);
  v.count = v.loop + (plan.loop ? 2 : 0);
  return v;
}

std::vector<std::pair<int, int>> samplersOf(const KernelPlan& plan) {
  std::set<std::pair<int, int>> used;
  for (const Fetch& fetch : plan.fetches) used.emplace(fetch.operand, fetch.plane);
  return {used.begin(), used.end()};
}

std::string printFragment(const KernelPlan& plan, Dialect dialect) {
  assert(validate(plan).empty());
  assert(dialect.es == 3);
  (void)dialect;
  std::string text = Printer(plan).print();
  if (text.find("phase(") != std::string::npos) {
    text.insert(text.find("void main"), kPhaseFunction);
  }
  if (hasTable(plan)) text.insert(text.find("void main"), kLookFunction);
  return text;
}

}  // namespace glint
