#include "shaders/print_epilogue.h"

#include "shaders/helpers.h"

namespace glint {
namespace {

using Kind = EpilogueStep::Kind;

/// Writes the steps of one target, one after the other.
class EpiloguePrinter {
 public:
  EpiloguePrinter(const KernelPlan& plan, int accumulator)
      : plan_(plan),
        index_(std::to_string(accumulator)),
        high_("h" + index_),
        value_("a" + index_),
        integer_(plan.arithmetic == Arithmetic::Int32) {
    const auto& steps = plan.accumulators[static_cast<std::size_t>(accumulator)].epilogue;
    if (!plan.carries.empty() && (steps.empty() || !takesLimbs(steps.front().kind))) {
      out_ += value_ + "+=clamp(" + high_ + ",-4095.,4095.)*4096.;\n";
    }
    for (const EpilogueStep& one : steps) print(one);
  }

  EpilogueText take() { return {std::move(out_), std::move(value_), integer_}; }

 private:
  void print(const EpilogueStep& step) {
    const auto& c = step.constants;
    switch (step.kind) {
      case Kind::ClampFloat:
        out_ += value_ + "=clamp(" + value_ + "," + floatAt(plan_, c[0]) + "," +
                floatAt(plan_, c[1]) + ");\n";
        break;
      case Kind::OffsetFloat:
        out_ += value_ + "+=" + floatAt(plan_, c[0]) + ";\n";
        break;
      case Kind::ScaleFloor:
        out_ += value_ + "=floor(" + value_ + "*" + floatAt(plan_, c[0]) + "+.5);\n";
        break;
      case Kind::TwoLimbFloor:
        out_ += "v=floor(" + value_ + "*(1./4096.));\n" + value_ + "=floor((v*" +
                floatAt(plan_, c[0]) + "+floor((" + value_ + "-v*4096.)*" + floatAt(plan_, c[0]) +
                "*(1./4096.))+" + floatAt(plan_, c[1]) + ")*" + floatAt(plan_, c[2]) + ");\n";
        break;
      case Kind::JoinFloor:
        out_ += value_ + "=floor((" + high_ + "*" + floatAt(plan_, c[0]) + "+floor(" + value_ +
                "*" + floatAt(plan_, c[0]) + "*(1./4096.))+" + floatAt(plan_, c[1]) + ")*" +
                floatAt(plan_, c[2]) + ");\n";
        break;
      case Kind::StoreLimbs:
        break;
      case Kind::LimbScale:
        out_ += "v=floor(" + value_ + "*(1./4096.));\n" + value_ + "=v*" + floatAt(plan_, c[0]) +
                "+floor((" + value_ + "-v*4096.)*" + floatAt(plan_, c[1]) + "+.5);\n";
        break;
      case Kind::ThresholdFloat:
      case Kind::ThresholdInt:
        out_ += value_ + "=" + countBelow(c) + ";\n";
        break;
      case Kind::ThresholdLimbs:
        out_ += value_ + "=" + countBelowLimbs(c) + ";\n";
        break;
      case Kind::ToInt:
        out_ += "ivec4 i" + index_ + "=ivec4(" + value_ + ");\n";
        value_ = "i" + index_;
        integer_ = true;
        break;
      case Kind::ClampInt:
        out_ += value_ + "=clamp(" + value_ + "," + intAt(plan_, c[0]) + "," + intAt(plan_, c[1]) +
                ");\n";
        break;
      case Kind::OffsetInt:
        out_ += value_ + "+=" + intAt(plan_, c[0]) + ";\n";
        break;
      case Kind::RescaleInt:
        out_ += value_ + "*=" + intAt(plan_, c[0]) + ";\n" + value_ + "=(" + value_ + ">>" +
                intAt(plan_, c[1]) + ")+((" + value_ + ">>" + intAt(plan_, c[2]) + ")&" +
                intAt(plan_, c[3]) + ");\n";
        break;
      case Kind::LookUp:
        out_ += value_ + (integer_ ? "=ivec4(look(" : "=vec4(look(") + value_ + ".x),look(" +
                value_ + ".y),look(" + value_ + ".z),look(" + value_ + ".w));\n";
        break;
      case Kind::CountSpikes:
        countSpikes(c, value_ + "=q");
        break;
      case Kind::TakeSpikes:
        countSpikes(c, value_ + "-=q*" + floatAt(plan_, c[3]));
        break;
      case Kind::ResetSpiking:
        out_ += value_ + "=" + value_ + "*vec4(lessThan(" + value_ + "," + floatAt(plan_, c[0]) +
                "))+" + floatAt(plan_, c[1]) + ";\n";
        break;
      case Kind::Abs:
        out_ += value_ + "=abs(" + value_ + ");\n";
        break;
      case Kind::ShiftInt:
        out_ += value_ + ">>=" + intAt(plan_, c[0]) + ";\n";
        break;
      case Kind::Exp2Int:
        out_ += value_ + "=ivec4(greaterThan(" + value_ + ",ivec4(-1)))<<max(" + value_ +
                ",ivec4(0));\n";
        break;
      case Kind::DivideInt:
        divide(intAt(plan_, c[0]), intAt(plan_, c[1]));
        break;
    }
  }

  /// q is how often the threshold fits: guessed, then set right by what is left, r.
  void countSpikes(const std::vector<int>& c, const std::string& use) {
    const std::string threshold = floatAt(plan_, c[1]);
    out_ += "{vec4 r=max(" + value_ + ",vec4(0.)),q=floor(r*" + floatAt(plan_, c[0]) + ");r-=q*" +
            threshold + ";q=min(q+vec4(greaterThanEqual(r," + threshold +
            "))-vec4(lessThan(r,vec4(0.)))," + floatAt(plan_, c[2]) + ");" + use + ";}\n";
  }

  /// A quotient that is wrong by one, as an emulated division may give it, is put right.
  void divide(const std::string& numerator, const std::string& sign) {
    out_ += "{ivec4 d=max(" + value_ + ",1),q=" + numerator + "/d,r=" + numerator + "-q*d;\n" +
            "q+=ivec4(greaterThanEqual(r,d))-ivec4(lessThan(r,ivec4(0)));\n" + value_ + "=q*" +
            sign + "*ivec4(greaterThan(" + value_ + ",ivec4(0)));}\n";
  }

  /// How many of the constants are less than the value.
  std::string countBelow(const std::vector<int>& constants) const {
    std::string text;
    for (int c : constants) {
      text += (text.empty() ? "" : "+") + std::string(integer_ ? "ivec4" : "vec4") + "(lessThan(" +
              (integer_ ? intAt(plan_, c) : floatAt(plan_, c)) + "," + value_ + "))";
    }
    return text;
  }

  /// The same in two limbs: the high ones decide unless they are equal.
  std::string countBelowLimbs(const std::vector<int>& constants) const {
    std::string text;
    for (std::size_t c = 0; c + 1 < constants.size(); c += 2) {
      text += (text.empty() ? "" : "+") + std::string("vec4(lessThan(") +
              floatAt(plan_, constants[c + 1]) + ",clamp(" + high_ + "-" +
              floatAt(plan_, constants[c]) + ",-1.,1.)*4096.+" + value_ + "))";
    }
    return text;
  }

  const KernelPlan& plan_;
  const std::string index_;
  const std::string high_;
  std::string value_;  ///< the variable that holds the result so far
  bool integer_;
  std::string out_;
};

}  // namespace

EpilogueText printEpilogue(const KernelPlan& plan, int accumulator) {
  return EpiloguePrinter(plan, accumulator).take();
}

}  // namespace glint
