#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "io/run_record.hpp"
#include "src/runtime/context.hpp"

namespace bellshard {

/// What every result and checkpoint of a run says of its origin: job file, command line, SHA-256 of each input, machine.
/// schema is "bellshard." + job. Collective; exit 4 where an input cannot be read.
io::RunRecord make_record(Context& context, std::string const& job, std::string const& title,
                          std::vector<std::filesystem::path> const& inputs);

}  // namespace bellshard
