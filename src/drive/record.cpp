#include "src/drive/record.hpp"

#include "src/base/hash.hpp"
#include "src/runtime/session.hpp"

namespace bellshard {
namespace {

constexpr std::size_t sha256_digits = 64;

}  // namespace

io::RunRecord make_record(Context& context, std::string const& job, std::string const& title,
                          std::vector<std::filesystem::path> const& inputs) {
  io::RunRecord record;
  record.job = job;
  record.title = title;
  record.schema = "bellshard." + job;
  record.job_file = context.options().job_file_text;
  record.command_line = context.options().command_line;
  record.provenance = machine_provenance(context.comm());
  for (auto const& input : inputs) {
    std::string digest(sha256_digits, '0');
    together(context.comm(), [&] {
      if (context.root()) digest = sha256_of_file(input);
    });
    BELLSHARD_MPI(MPI_Bcast(digest.data(), static_cast<int>(digest.size()), MPI_CHAR, 0, context.comm()));
    record.inputs.emplace_back(input.string(), digest);
  }
  return record;
}

}  // namespace bellshard
