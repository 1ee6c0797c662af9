#include "shaders/helpers.h"

#include "shaders/literals.h"
#include "shaders/program_interface.h"

namespace glint {
namespace {

/// Bytes32: two's complement, of numbers below 2^24 in magnitude; the top byte is the sign's.
constexpr const char* kWordFunction =
    "float word(vec4 t){t=floor(t*255.+.5);"
    "return t.x+t.y*256.+t.z*65536.-(t.w>127.?16777216.:0.);}\n";
constexpr const char* kBytesFunction =
    "vec4 bytes(float v){bool m=v<0.;float u=m?v+16777216.:v,h=floor(u*(1./65536.));u-=h*65536.;"
    "float g=floor(u*(1./256.));return vec4(u-g*256.,g,h,m?255.:0.);}\n";

/// The same of high * 4096 + low, below 2^31 in magnitude.
constexpr const char* kLimbsFunction =
    "vec4 limbs(float h,float l){float g=floor(l*(1./256.)),m=floor(h*(1./16.)),"
    "n=floor(m*(1./256.));return vec4(l-g*256.,g+(h-m*16.)*16.,m-n*256.,n<0.?n+256.:n);}\n";

/// Packed: four bytes of an int, the first the lowest.
constexpr const char* kUnpackFunction =
    "ivec4 unpack(int v){return (ivec4(v)>>ivec4(0,8,16,24))&255;}\n";
constexpr const char* kPackFunction =
    "int pack(ivec4 v){return v.x+(v.y<<8)+(v.z<<16)+(v.w<<24);}\n";

std::string weightFunction(const KernelPlan& plan, Dialect dialect, const std::string& size) {
  const ConstantsForm& form = plan.weights;
  const bool isInt = plan.arithmetic == Arithmetic::Int32;
  const std::string index(dialect.scalar());
  const std::string texel =
      dialect.fetch(uniforms::kWeights, dialect.entry(plan.constantsPerRow), size);
  const std::string type = isInt ? "ivec4" : "vec4";
  if (form.storage == Storage::Int32) {
    return type + " W(" + index + " i){return " + type + "(" + texel + ");}\n";
  }
  std::string sum = "C(i)";
  double place = 1;
  for (int k = 1; k < form.texels; ++k) {
    place *= 256;
    sum += "+C(i+" + dialect.whole(k) + ")*" + number(place);
  }
  sum += "-" + number(128 * place);
  return "vec4 C(" + index + " i){return floor(" + texel + "*255.+.5);}\n" + type + " W(" + index +
         " i){" + (form.texels > 1 ? "i*=" + dialect.whole(form.texels) + ";" : "") + "return " +
         (isInt ? "ivec4(" + sum + ")" : sum) + ";}\n";
}

std::string tableFunction(const KernelPlan& plan, Dialect dialect, const std::string& size) {
  const bool integers = plan.table.storage == Storage::Int32;
  const std::string texel =
      dialect.fetch(uniforms::kTable, dialect.entry(plan.constantsPerRow), size);
  const std::string value = integers ? texel + ".x" : "word(" + texel + ")";
  const std::string index(dialect.scalar());
  std::string text = "float look(float f){" + index + " i=" + index + "(f)+" + dialect.whole(1024) +
                     ";return float(" + value + ");}\n";
  if (integers) text += "int look(int i){i+=1024;return " + value + ";}\n";
  return text;
}

std::string constantFunctions(const KernelPlan& plan, Dialect dialect) {
  return "ivec4 I(int i){return " +
         dialect.fetch(uniforms::kConstants, dialect.entry(plan.constantsPerRow), {}) +
         ";}\nvec4 F(int i){return intBitsToFloat(I(i));}\n";
}

}  // namespace

std::string floatAt(const KernelPlan& plan, int i) {
  if (plan.inlineConstants()) return vector4("vec4", plan.floats[static_cast<std::size_t>(i)]);
  if (plan.fetchesConstants) return "F(" + std::to_string(i) + ")";
  return std::string(uniforms::kFloats) + "[" + std::to_string(i) + "]";
}

std::string intAt(const KernelPlan& plan, int i) {
  if (plan.inlineConstants()) return vector4("ivec4", plan.ints[static_cast<std::size_t>(i)]);
  if (plan.fetchesConstants)
    return "I(" + std::to_string(plan.floats.size() + static_cast<std::size_t>(i)) + ")";
  return std::string(uniforms::kInts) + "[" + std::to_string(i) + "]";
}

std::string sizeAt(int index) {
  return std::string(uniforms::kSizes) + "[" + std::to_string(index) + "].xy";
}

std::string helperFunctions(const KernelPlan& plan, Dialect dialect) {
  const bool weights = plan.placement == Placement::Texture;
  const auto operands = static_cast<int>(plan.operands.size());
  bool words = hasTable(plan) && plan.table.storage == Storage::Bytes32;
  bool phases = false, packed = false;
  for (const LayoutForm& form : plan.operands) {
    packed = packed || form.storage == Storage::Packed;
    words = words || form.storage == Storage::Bytes32;
    phases = phases || form.phases > 1;
  }
  std::string text;
  if (words) text += kWordFunction;
  if (plan.output.storage == Storage::Bytes32) {
    text += kBytesFunction;
    if (!plan.carries.empty()) text += kLimbsFunction;
  }
  if (packed) text += kUnpackFunction;
  if (plan.output.storage == Storage::Packed) text += kPackFunction;
  if (phases) text += dialect.phaseFunction();
  if (weights) text += weightFunction(plan, dialect, sizeAt(operands));
  if (hasTable(plan)) text += tableFunction(plan, dialect, sizeAt(operands + (weights ? 1 : 0)));
  if (plan.fetchesConstants) text += constantFunctions(plan, dialect);
  return text;
}

}  // namespace glint
