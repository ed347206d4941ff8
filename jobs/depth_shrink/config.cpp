#include "jobs/depth_shrink/config.hpp"

#include <fmt/format.h>

namespace bellshard::depth_shrink {

void Config::declare(Keys& keys) {
  keys.table("evaluator", "what says how good a network is without some of its blocks");
  keys.choice("evaluator.kind", kind, {{"network", Kind::network}, {"file", Kind::file}}, "forward passes of a network, or a file of what was measured elsewhere");
  keys.variant("evaluator.kind", "network", "forward passes of a residual network", [&] {
    keys.choice("evaluator.metric", metric, {{"accuracy", Metric::accuracy}, {"cross_entropy", Metric::cross_entropy}}, "share of images that are classified right, or mean cross-entropy, which is less where better");
    keys.integer("memory.batch", batch, "images in memory at once on a rank; 0: what suits the machine").range(0, 1e9).unit("count");
    keys.integer("memory.activations", activations, "memory of a rank for activations that evaluations begin at; more would be computed anew").range(0, 1e9).unit("MiB");
    keys.table("memory", "memory that is used; changes no result");
    keys.table("network", "the network");
    keys.file("network.file", network_file, "HDF5, a dataset for each tensor").required().example("\"resnet20.h5\"");
    images.declare(keys);
    keys.find("images.file").required().example("\"images.h5\"");
    keys.flag("compare.contiguous", contiguous, "evaluate each run of neighbouring free blocks too");
    keys.flag("compare.ranking", ranking, "remove by block influence too: 1 - cosine of a block's input and output");
    keys.integer("compare.brute_force", brute_force, "evaluate all masks too, where there are no more than this; 0: never").range(0, 1e7).unit("count");
  });
  keys.variant("evaluator.kind", "file", "metrics that were measured elsewhere, for networks of any size", [&] {
    keys.table("metrics", "metrics measured elsewhere");
    keys.file("metrics.file", rows, "JSONL, {\"mask\": \"110111\", \"metric\": 0.53} a line: 1 for a block in force").required().example("\"metrics.jsonl\"");
    keys.choice("metrics.goal", row_goal, {{"max", Goal::max}, {"min", Goal::min}}, "is a greater metric better, or a lesser one?");
    keys.flag("compare.contiguous", contiguous_of_file, "compare with runs of neighbouring free blocks; the file must have them");
    keys.integer("compare.brute_force", brute_force_of_file, "compare with all masks, where there are no more than this; the file must have them").range(0, 1e7).unit("count");
  });
  keys.table("shrink", "which blocks may go");
  keys.integer("shrink.min_blocks", min_blocks, "blocks that stay at least").range(0, 1e6).unit("count");
  keys.integer("shrink.kept_first", kept_first, "first blocks that must stay").range(0, 1e6).unit("count");
  keys.integer("shrink.kept_last", kept_last, "last blocks that must stay").range(0, 1e6).unit("count");
  keys.integers("shrink.kept", kept, "further blocks that must stay, counted from 0; those of a network that change the shape stay anyway").range(0, 1e6);
  keys.integer("shrink.beam", beam, "best masks that each cell of the table keeps").range(1, 1e6).unit("count");
  keys.table("compare", "other ways to choose");
  keys.table("output", "where it goes");
  keys.text("output.file", file, "result file, below the output folder (-o)");
}

void Config::check(Keys const& keys) const {
  if (of_network()) images.check(keys);
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"depth_shrink.h5\"");
}

}  // namespace bellshard::depth_shrink
