#include "nnets/runtime/device_resources.h"

#include <cstdint>

#include "nnets/runtime/transfer.h"

namespace glint {
namespace {

/// What the texels of an apron hold.
gpu::TexelCodes fillCodes(const LayoutForm& form, const std::vector<int>& fill,
                          const TilePlace& tile) {
  const auto first = static_cast<std::size_t>(tile.channel);
  const auto codeOf = [&](std::size_t k) {
    return (first + k < fill.size() ? fill[first + k] : 0) + form.offset();
  };
  gpu::TexelCodes codes{};
  for (std::size_t k = 0; k < 4; ++k) {
    if (form.storage == Storage::Packed) {
      std::uint32_t word = 0;
      for (std::size_t byte = 0; byte < 4; ++byte) {
        word |= static_cast<std::uint32_t>(codeOf(4 * k + byte)) << (8 * byte);
      }
      codes[k] = static_cast<std::int32_t>(word);
    } else {
      codes[k] = form.storage == Storage::Bytes32 ? storedBytes(form, fill[first])[k] : codeOf(k);
    }
  }
  return codes;
}

template <typename T>
std::vector<float> toFloats(const std::vector<std::array<T, 4>>& vectors) {
  std::vector<float> floats;
  for (const auto& vector : vectors) {
    for (T v : vector) floats.push_back(static_cast<float>(v));
  }
  return floats;
}

bool isKept(const Schedule& schedule, const ValuePlan& plan) {
  return schedule.textures[static_cast<std::size_t>(plan.textures.front())].kept;
}

Status fillAprons(const Schedule& schedule, DeviceResources& resources) {
  for (std::size_t v = 0; v < schedule.values.size(); ++v) {
    const ValuePlan& plan = schedule.values[v];
    if (plan.textures.empty() || isKept(schedule, plan)) continue;
    gpu::Framebuffer& framebuffer = resources.framebuffers.at(plan.textures);
    GLINT_TRY(framebuffer.clearToZero());
    const Layout& layout = plan.layout;
    if (layout.apronBefore == 0 && layout.apronAfter == 0) continue;
    // Whole tiles: their map parts are overwritten at each run.
    std::map<std::pair<int, int>, std::vector<gpu::TexelCodes>> tiles;
    forEachTile(layout, [&](const TilePlace& tile) {
      auto& codes = tiles[{tile.rect.x, tile.rect.y}];
      codes.resize(plan.textures.size(), gpu::TexelCodes{});
      codes[static_cast<std::size_t>(tile.plane)] =
          fillCodes(layout.form, schedule.graph.values[v].fill, tile);
    });
    for (const auto& [origin, codes] : tiles) {
      const gpu::Rect whole{origin.first - layout.apronBefore, origin.second - layout.apronBefore,
                            layout.partPitch(), layout.pitchX()};
      GLINT_TRY(framebuffer.clear(whole, codes));
    }
  }
  return {};
}

}  // namespace

Status clearKept(const Schedule& schedule, DeviceResources& resources) {
  for (const ValuePlan& plan : schedule.values) {
    if (plan.textures.empty() || !isKept(schedule, plan)) continue;
    gpu::Framebuffer& framebuffer = resources.framebuffers.at(plan.textures);
    const gpu::TexelCodes zero = fillCodes(plan.layout.form, {0}, {});
    const std::vector<gpu::TexelCodes> codes(plan.textures.size(), zero);
    GLINT_TRY(framebuffer.clear(framebuffer.extent(), codes));
  }
  return {};
}

Result<std::unique_ptr<DeviceResources>> makeResources(gpu::Context& context,
                                                       const Schedule& schedule,
                                                       Lifespan lifespan) {
  auto resources = std::make_unique<DeviceResources>();
  const bool kept = lifespan == Lifespan::OneStream;
  for (const TexturePlan& plan : schedule.textures) {
    if (plan.kept != kept) {
      resources->textures.emplace_back();
      continue;
    }
    GLINT_ASSIGN(gpu::Texture texture,
                 gpu::Texture::create(context, texelFormat(plan.storage), plan.width, plan.height));
    resources->textures.push_back(std::move(texture));
  }
  for (const ValuePlan& value : schedule.values) {
    if (value.textures.empty() || resources->framebuffers.contains(value.textures)) continue;
    if (isKept(schedule, value) != kept) continue;
    // A fed value may have more planes than the device draws to at once; it is never drawn.
    std::vector<const gpu::Texture*> targets;
    for (int t : value.textures) {
      targets.push_back(&resources->textures[static_cast<std::size_t>(t)]);
    }
    GLINT_ASSIGN(gpu::Framebuffer framebuffer, gpu::Framebuffer::create(context, targets));
    resources->framebuffers.emplace(value.textures, std::move(framebuffer));
  }
  GLINT_TRY(kept ? clearKept(schedule, *resources) : fillAprons(schedule, *resources));
  return resources;
}

Status uploadConstant(const ConstantTexture& constant, gpu::Texture& texture) {
  std::vector<IVec4> texels = constant.texels;
  texels.resize(static_cast<std::size_t>(constant.width) *
                static_cast<std::size_t>(constant.height()));
  if (constant.storage == Storage::Int32) {
    return texture.upload(std::as_bytes(std::span<const IVec4>(texels)));
  }
  std::vector<std::uint8_t> codes;
  for (const IVec4& texel : texels) codes.insert(codes.end(), texel.begin(), texel.end());
  return texture.upload(std::as_bytes(std::span<const std::uint8_t>(codes)));
}

Result<DrawConstants> makeConstants(gpu::Context& context, const Schedule& schedule) {
  DrawConstants constants;
  for (const ConstantTexture& plan : schedule.constants) {
    GLINT_ASSIGN(gpu::Texture texture, gpu::Texture::create(context, texelFormat(plan.storage),
                                                            plan.width, plan.height()));
    GLINT_TRY(uploadConstant(plan, texture));
    constants.textures.push_back(std::move(texture));
  }
  for (const DrawPlan& draw : schedule.draws) {
    DrawConstants::Floats floats{{}, toFloats(draw.sizes), toFloats(draw.floats), {}};
    if (!context.es3()) {
      floats.vectors = toFloats(draw.vectors);
      for (int v : {draw.column, draw.row, draw.width, draw.height}) {
        floats.viewport.push_back(static_cast<float>(v));
      }
    }
    constants.floats.push_back(std::move(floats));
  }
  return constants;
}

}  // namespace glint
