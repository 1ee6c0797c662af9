#include "shaders/print.h"

#include <doctest/doctest.h>

#include "shaders/program_interface.h"
#include "tests/shaders/plan_fixture.h"

using namespace glint;

namespace {

constexpr const char* kUniform = R"(#version 300 es
precision highp float;
precision highp int;
uniform highp sampler2D s0_0;
uniform highp sampler2D s0_1;
uniform highp ivec4 uD[1];
uniform highp vec4 uF[6];
layout(location=0) out highp vec4 o0;
void main(){
ivec2 p0=ivec2(gl_FragCoord.xy);
vec4 v;
vec4 a0=uF[2];
v=floor(texelFetch(s0_0,p0+uD[0].xy,0)*255.+.5);
a0+=uF[0]*v.x;
v=floor(texelFetch(s0_1,p0+uD[0].xy+ivec2(2,1),0)*255.+.5);
a0+=uF[1]*v.w;
a0=floor(a0*uF[3]+.5);
a0=clamp(a0,uF[4],uF[5]);
o0=(a0+128.25)*(1./255.);
}
)";

}  // namespace

TEST_CASE("uniform placement") { CHECK(printFragment(test::smallPlan(), {}) == kUniform); }

TEST_CASE("programs that differ in constants alone share their text, unless inline") {
  KernelPlan a = test::smallPlan(), b = a;
  b.floats[0] = {7, 7, 7, 7};
  CHECK(printFragment(a, {}) == printFragment(b, {}));
  a.placement = b.placement = Placement::Inline;
  CHECK(printFragment(a, {}) != printFragment(b, {}));
  const std::string text = printFragment(a, {});
  CHECK(text.find("a0+=vec4(1.,2.,3.,4.)*v.x;") != std::string::npos);
  CHECK(text.find("uF") == std::string::npos);
}

TEST_CASE("signed codes lose their offset in the rounding") {
  KernelPlan plan = test::smallPlan();
  plan.operands[0].isSigned = true;
  CHECK(printFragment(plan, {}).find("*255.-127.5)") != std::string::npos);
}

TEST_CASE("OpenGL ES 2: every byte is rounded to its code and read at its texel's centre") {
  // Drivers may give a little less than n / 255 for n: those at hand do not.
  const Dialect es2{2};
  KernelPlan plan = test::smallPlan();
  CHECK(printFragment(plan, es2).find(
            "v=vec4(ivec4(texture2D(s0_0,(p0+uD[0].xy+.5)*uR[0].xy)*255.+.5));\n") !=
        std::string::npos);
  plan.operands[0].isSigned = true;
  CHECK(printFragment(plan, es2).find("*255.+.5))-128.);\n") != std::string::npos);
  plan.operands[0].storage = Storage::Bytes32;
  CHECK(printFragment(plan, es2).find("float word(vec4 t){t=floor(t*255.+.5);") !=
        std::string::npos);
}

TEST_CASE("fetched constants are texels: floats bit by bit, integers behind them") {
  KernelPlan plan = test::smallPlan();
  plan.fetchesConstants = true;
  plan.ints = {{1, 2, 3, 4}};
  plan.accumulators[0].epilogue.push_back({EpilogueStep::Kind::ToInt, {}});
  plan.accumulators[0].epilogue.push_back({EpilogueStep::Kind::ThresholdInt, {0}});
  REQUIRE(validate(plan).empty());
  const std::string text = printFragment(plan, {});
  CHECK(text.find("uniform highp isampler2D uK;\n") != std::string::npos);
  CHECK(text.find("a0+=F(0)*v.x;") != std::string::npos);
  CHECK(text.find("lessThan(I(6),i0)") != std::string::npos);
  CHECK(text.find("uF") == std::string::npos);
  CHECK(constantSamplers(plan) == std::vector<const char*>{uniforms::kConstants});
  CHECK(uniformVectors(plan, {}) == 1);
  plan.placement = Placement::Inline;
  CHECK(validate(plan) == "literals that are fetched");
}

TEST_CASE("integers: extreme constants are literals that GLSL accepts") {
  KernelPlan plan = test::smallPlan();
  plan.arithmetic = Arithmetic::Int32;
  plan.placement = Placement::Inline;
  plan.ints = {{INT32_MIN, 1, 2, 3}, {1, 1, 1, 1}, {5, 5, 5, 5}};
  plan.accumulators[0].epilogue.clear();
  plan.output.storage = Storage::Int32;
  const std::string text = printFragment(plan, {});
  CHECK(text.find("ivec4((-2147483647-1),1,2,3)") != std::string::npos);
  CHECK(text.find("out highp ivec4 o0") != std::string::npos);
  CHECK(text.find("ivec4(floor(texelFetch(") != std::string::npos);
}

TEST_CASE("thresholds are comparisons, one a bound, in either arithmetic") {
  KernelPlan plan = test::smallPlan();
  plan.accumulators[0].epilogue = {{EpilogueStep::Kind::ThresholdFloat, {3, 4, 5}}};
  CHECK(printFragment(plan, {}).find("a0=vec4(lessThan(uF[3],a0))+vec4(lessThan(uF[4],a0))+"
                                     "vec4(lessThan(uF[5],a0));") != std::string::npos);
  plan.placement = Placement::Inline;
  plan.ints = {{-7, -7, -7, -7}};
  plan.accumulators[0].epilogue = {{EpilogueStep::Kind::ToInt, {}},
                                   {EpilogueStep::Kind::ThresholdInt, {0}}};
  const std::string text = printFragment(plan, {});
  CHECK(text.find("i0=ivec4(lessThan(ivec4(-7),i0));") != std::string::npos);
  CHECK(text.find("o0=(vec4(i0)+") != std::string::npos);
}

TEST_CASE("thresholds of a sum in two limbs: high bound, low bound") {
  KernelPlan plan = test::smallPlan();
  plan.carries = {2};
  plan.accumulators[0].epilogue = {{EpilogueStep::Kind::ThresholdLimbs, {0, 1, 2, 3}}};
  const std::string text = printFragment(plan, {});
  CHECK(text.find("a0=vec4(lessThan(uF[1],clamp(h0-uF[0],-1.,1.)*4096.+a0))+"
                  "vec4(lessThan(uF[3],clamp(h0-uF[2],-1.,1.)*4096.+a0));") != std::string::npos);
  CHECK(text.find("-4095.") == std::string::npos);  // not joined before
}

TEST_CASE("an inner accumulator begins where it is needed, and its result is not stored") {
  KernelPlan plan = test::smallPlan();
  plan.accumulators.push_back(plan.accumulators[0]);
  plan.accumulators[0].epilogue.clear();
  plan.macs = {{0, Mac::kDiagonal, 1, 0}, {1, 3, 0, 1}};
  plan.fetches[1] = {};
  plan.fetches[1].inner = 1;
  const std::string text = printFragment(plan, {});
  CHECK(text.find("vec4 a1=uF[2];\na1+=uF[0]*v;\n"
                  "a1=floor(a1*uF[3]+.5);\na1=clamp(a1,uF[4],uF[5]);\n"
                  "v=a1;\na0+=uF[1]*v.w;\no0=") != std::string::npos);
  CHECK(text.find("s0_1") == std::string::npos);  // what it replaces is not fetched
}

TEST_CASE("an inner accumulator that is fetched twice is finished once") {
  KernelPlan plan = test::smallPlan();
  plan.accumulators.push_back(plan.accumulators[0]);
  plan.ints = {{1, 1, 1, 1}, {2, 2, 2, 2}};
  plan.accumulators[1].epilogue = {{EpilogueStep::Kind::ToInt, {}},
                                   {EpilogueStep::Kind::ClampInt, {0, 1}}};
  plan.macs = {{0, Mac::kDiagonal, 1, 0}, {1, 3, 0, 1}, {2, 2, 0, 1}};
  plan.fetches[1] = {};
  plan.fetches[1].inner = 1;
  plan.fetches.push_back(plan.fetches[1]);
  const std::string text = printFragment(plan, {});
  CHECK(text.find("ivec4 i1=") == text.rfind("ivec4 i1="));
  CHECK(text.find("v=vec4(i1);\na0+=uF[1]*v.w;\nv=vec4(i1);\na0+=uF[1]*v.z;") != std::string::npos);
}

TEST_CASE("operands of different strides have positions of their own") {
  KernelPlan plan = test::smallPlan();
  plan.operands.push_back(plan.operands[0]);
  plan.strides = {{2, 2}, {1, 1}};
  plan.addresses.push_back({1, 0});
  plan.fetches[1].operand = 1;
  plan.fetches[1].address = 1;
  const std::string text = printFragment(plan, {});
  CHECK(text.find("p0=ivec2(gl_FragCoord.xy)*2;\nivec2 p1=ivec2(gl_FragCoord.xy);") !=
        std::string::npos);
  CHECK(text.find("s1_1,p1+uD[1].xy") != std::string::npos);
}

TEST_CASE("the strides of rows and columns") {
  KernelPlan plan = test::smallPlan();
  plan.strides = {{2, 2}};
  CHECK(printFragment(plan, {}).find("p0=ivec2(gl_FragCoord.xy)*2;") != std::string::npos);
  plan.strides = {{2, 3}};  // columns are the first component
  CHECK(printFragment(plan, {}).find("p0=ivec2(gl_FragCoord.xy)*ivec2(3,2);") != std::string::npos);
}

TEST_CASE("every sampler and output is highp") {
  // lowp is the default of samplers in OpenGL ES, and some drivers honour it.
  const std::string text = printFragment(test::smallPlan(), {});
  std::size_t at = 0;
  while ((at = text.find("sampler2D", at)) != std::string::npos) {
    CHECK(text.compare(at - 6, 6, "highp ") == 0);
    at += 9;
  }
}

TEST_CASE("limbs: a carry behind every number of multiply-accumulates that is asked for, 0 too") {
  KernelPlan plan = test::smallPlan();
  const auto moves = [&](std::vector<int> carries) {
    plan.carries = std::move(carries);
    const std::string text = printFragment(plan, {});
    std::vector<std::string> found;
    for (std::size_t at = 0; (at = text.find("h0+=c;", at)) != std::string::npos; ++at) {
      const std::size_t before = text.rfind(";\n", at);
      found.push_back(text.substr(text.rfind('\n', before) + 1, before - text.rfind('\n', before)));
    }
    return found;
  };
  using Lines = std::vector<std::string>;
  CHECK(moves({2}) == Lines{"a0+=uF[1]*v.w;"});
  CHECK(moves({1, 2}) == Lines{"a0+=uF[0]*v.x;", "a0+=uF[1]*v.w;"});
  CHECK(moves({0, 2}) == Lines{"vec4 h0=vec4(0.);", "a0+=uF[1]*v.w;"});
}

TEST_CASE("a saturated sum clamps a summand to the room that is left") {
  KernelPlan plan;
  plan.arithmetic = Arithmetic::Int32;
  plan.operands = {LayoutForm{}};
  plan.operands[0].storage = Storage::Int32;
  plan.strides = {{}};
  plan.output.storage = Storage::Int32;
  plan.addresses = {{0, 0, 0}, {0, 0, 1}};
  plan.ints = {{-2048, -2048, -2048, -2048}, {2047, 2047, 2047, 2047}};
  plan.fetches.resize(2);
  plan.fetches[1].address = 1;
  plan.macs = {{0, Mac::kDiagonal, 0, -1}, {1, Mac::kDiagonal, 0, -1}};
  plan.accumulators.emplace_back();
  plan.accumulators[0].reduce = Accumulator::Reduce::Saturated;
  CHECK(!validate(plan).empty());
  plan.accumulators[0].lo = 0;
  plan.accumulators[0].hi = 1;
  CHECK(validate(plan).empty());
  const std::string text = printFragment(plan, {});
  CHECK(text.find("a0+=clamp(v,uI[0]-min(a0,0),uI[1]-max(a0,0));") != std::string::npos);
  CHECK(text.find("uD[1].xy") != std::string::npos);  // another map of the same texture
  plan.arithmetic = Arithmetic::Float;
  CHECK(!validate(plan).empty());
}

TEST_CASE("draw vectors: addresses, then phases, then the loop") {
  KernelPlan plan = test::smallPlan();
  CHECK(drawVectors(plan).count == 1);
  plan.operands[0].phases = 2;
  plan.loop = true;
  const DrawVectors v = drawVectors(plan);
  CHECK(v.operands == 1);
  CHECK(v.loop == 2);
  CHECK(v.count == 4);
}
