#include "jobs/depth_shrink/result.hpp"

#include "io/hdf5/result_file.hpp"

namespace bellshard::depth_shrink {

void write_result(Context& context, Config const& config, Blocks const& blocks, Shrink const& shrink, io::RunRecord const& record, DriveResult const& driven) {
  io::ResultFile out(context.comm(), context.options().output_dir / config.file, record);
  auto const removed = out.axis("removed", blocks.most + 1, "number of blocks that are replaced by the identity");
  auto const row = out.axis("row", blocks.rows() + 1, "free blocks, counted from the last one, that may be off");
  auto const block = out.axis("block", blocks.name, "residual blocks, from the images on");
  io::Flags const bits{{0, 1}, {"off", "in_force"}};
  auto const write = [&](std::string const& name, std::vector<io::Axis> const& axes, auto const& values, std::string const& unit, std::string const& meaning, io::Flags const& flags = {}) {
    out.write(name, axes, context.root() ? Block{0, axes.front().size} : Block{}, values, {unit}, meaning, flags);
  };
  auto const unit = config.metric_unit(), metric = config.metric_name();
  auto const write_choice = [&](std::string const& name, Choice const& choice, std::size_t way, std::string const& meaning) {
    write(name + "metric", {removed}, choice.metric, unit, metric + " " + meaning);
    write(name + "mask", {removed, block}, choice.mask, "1", "blocks " + meaning, bits);
    out.attribute(name + "evaluations", static_cast<double>(shrink.evaluations()[way]));
  };

  std::vector<std::uint8_t> may_go(blocks.name.size(), 0);
  for (auto const b : blocks.free) may_go[b] = 1;
  write("free", {block}, may_go, "1", "blocks that may be removed", io::Flags{{0, 1}, {"kept", "free"}});
  write_choice("", shrink.best(), 0, "of the best mask of the table");
  write("table", {row, removed}, shrink.table(), unit, metric + " of the best mask with so many of the last free blocks off; not a number where there is none");
  write("table_mask", {row, removed, block}, shrink.table_mask(), "1", "that mask", bits);
  if (config.beam > 1) {
    auto const place = out.axis("beam", config.beam, "place among the best masks of a cell");
    write("beam_metric", {removed, place}, shrink.beam_metric(), unit, metric + " of the best masks of the last row; not a number where there are fewer");
    write("beam_mask", {removed, place, block}, shrink.beam_mask(), "1", "the best masks of the last row", bits);
  }
  if (config.wants_contiguous()) write_choice("contiguous_", shrink.contiguous(), 1, "of the best run of neighbouring free blocks");
  if (config.wants_ranking()) {
    write_choice("ranking_", shrink.ranking(), 2, "without the free blocks of least influence");
    write("influence", {block}, shrink.influence(), "1", "block influence: 1 - cosine of a block's input and output, mean over images");
  }
  if (shrink.has_brute_force()) write_choice("brute_force_", shrink.brute_force(), 3, "of the best of all masks");
  out.attribute("metric", metric);
  out.attribute("goal", config.goal() == Goal::max ? "max" : "min");
  out.attribute("beam", static_cast<double>(config.beam));
  out.write(driven.trace);
  out.commit();
}

}  // namespace bellshard::depth_shrink
