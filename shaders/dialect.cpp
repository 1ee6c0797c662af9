#include "shaders/dialect.h"

namespace glint {

std::string_view Dialect::head() const {
  return isEs2() ? "#version 100\nprecision highp float;\nprecision highp int;\n"
                   "varying highp vec2 glintAt;\n"
                 : "#version 300 es\nprecision highp float;\nprecision highp int;\n";
}

std::string Dialect::whole2(int a, int b) const {
  return std::string(vector2()) + "(" + whole(a) + "," + whole(b) + ")";
}

std::string_view Dialect::fragment() const {
  return isEs2() ? "floor(glintAt)" : "ivec2(gl_FragCoord.xy)";
}

std::string Dialect::fetch(const std::string& sampler, const std::string& position,
                           const std::string& size) const {
  if (isEs2()) return "texture2D(" + sampler + ",(" + position + "+.5)*" + size + ")";
  return "texelFetch(" + sampler + "," + position + ",0)";
}

std::string Dialect::entry(int perRow) const {
  if (!isEs2()) {
    int shift = 0;
    while (1 << shift < perRow) ++shift;
    return "ivec2(i&" + std::to_string(perRow - 1) + ",i>>" + std::to_string(shift) + ")";
  }
  // A power of two: the quotient is exact.
  const std::string row = "floor(i*(1./" + whole(perRow) + "))";
  return "vec2(i-" + row + "*" + whole(perRow) + "," + row + ")";
}

std::string Dialect::declareTarget(int t, Storage storage) const {
  if (isEs2()) return {};
  const bool ints = storage == Storage::Int32 || storage == Storage::Packed;
  const char* type = ints ? "ivec4" : storage == Storage::Uint8 ? "uvec4" : "vec4";
  return "layout(location=" + std::to_string(t) + ") out highp " + type + " o" + std::to_string(t) +
         ";\n";
}

std::string Dialect::target(int t) const {
  return isEs2() ? "gl_FragColor" : "o" + std::to_string(t);
}

std::string Dialect::loopHead(const std::array<int, 3>& constantCounts, const std::string& counts,
                              const std::string& pitch) const {
  if (!isEs2()) {
    return "for(int i=0;i<" + counts + ".x;i++){\nivec2 t=ivec2(i%" + counts + ".w,i/" + counts +
           ".w)*" + pitch + ".xy;\nfor(int x=0;x<" + counts + ".y;x++)for(int y=0;y<" + counts +
           ".z;y++){\nivec2 w=ivec2(y,x);\n";
  }
  const auto to = [&](std::size_t i) { return std::to_string(constantCounts[i]); };
  // A quotient that is half a row away from the next integer survives an inexact division.
  return "for(int i=0;i<" + to(0) + ";i++){\nfloat r=floor((float(i)+.5)/" + counts +
         ".w);\nvec2 t=vec2(float(i)-r*" + counts + ".w,r)*" + pitch + ".xy;\nfor(int x=0;x<" +
         to(1) + ";x++)for(int y=0;y<" + to(2) + ";y++){\nvec2 w=vec2(float(y),float(x));\n";
}

std::string_view Dialect::phaseFunction() const {
  return isEs2() ? "vec2 phase(vec2 q,float pitch){vec2 h=floor(q*.5),b=q-h*2.;"
                   "return h+vec2((b.y*2.+b.x)*pitch,0.);}\n"
                 : "ivec2 phase(ivec2 q,int pitch){return (q>>1)+"
                   "ivec2(((q.y&1)*2+(q.x&1))*pitch,0);}\n";
}

}  // namespace glint
