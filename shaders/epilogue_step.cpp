#include "shaders/epilogue_step.h"

namespace glint {
namespace {

constexpr int kAnyNumber = -1;

struct StepShape {
  int constants;
  NumberKind number;
};

StepShape shapeOf(EpilogueStep::Kind kind) {
  using Kind = EpilogueStep::Kind;
  switch (kind) {
    case Kind::ClampFloat:
      return {2, NumberKind::Float};
    case Kind::OffsetFloat:
      return {1, NumberKind::Float};
    case Kind::ScaleFloor:
      return {1, NumberKind::Float};
    case Kind::TwoLimbFloor:
      return {3, NumberKind::Float};
    case Kind::JoinFloor:
      return {3, NumberKind::Float};
    case Kind::StoreLimbs:
      return {0, NumberKind::Float};
    case Kind::LimbScale:
      return {2, NumberKind::Float};
    case Kind::ThresholdFloat:
    case Kind::ThresholdLimbs:
      return {kAnyNumber, NumberKind::Float};
    case Kind::ToInt:
      return {0, NumberKind::Float};
    case Kind::ClampInt:
      return {2, NumberKind::Int};
    case Kind::OffsetInt:
      return {1, NumberKind::Int};
    case Kind::RescaleInt:
      return {4, NumberKind::Int};
    case Kind::ThresholdInt:
      return {kAnyNumber, NumberKind::Int};
    case Kind::LookUp:
    case Kind::Abs:
      return {0, NumberKind::Either};
    case Kind::CountSpikes:
      return {3, NumberKind::Float};
    case Kind::TakeSpikes:
      return {4, NumberKind::Float};
    case Kind::ResetSpiking:
      return {2, NumberKind::Float};
    case Kind::ShiftInt:
      return {1, NumberKind::Int};
    case Kind::Exp2Int:
      return {0, NumberKind::Int};
    case Kind::DivideInt:
      return {2, NumberKind::Int};
  }
  return {0, NumberKind::Float};
}

}  // namespace

bool takesLimbs(EpilogueStep::Kind kind) {
  using Kind = EpilogueStep::Kind;
  return kind == Kind::JoinFloor || kind == Kind::StoreLimbs || kind == Kind::ThresholdLimbs;
}

bool isThreshold(EpilogueStep::Kind kind) { return shapeOf(kind).constants == kAnyNumber; }

NumberKind numberOf(EpilogueStep::Kind kind) { return shapeOf(kind).number; }

int constantsOf(EpilogueStep::Kind kind) { return shapeOf(kind).constants; }

}  // namespace glint
