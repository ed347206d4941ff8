#pragma once
#include "jobs/creativity_index/search_targets.hpp"
#include "jobs/creativity_index/writer.hpp"

namespace bellshard::creativity_index {

/// Writes the maximal matches and the near spans, with the documents that they name. Collective.
void write_spans(Context const& context, Writer& writer, corpus::IndexFile const& index, Targets const& targets, SearchTargets const& found);

}  // namespace bellshard::creativity_index
