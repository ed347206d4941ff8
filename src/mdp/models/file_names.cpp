#include <algorithm>

#include "src/base/error.hpp"
#include "src/mdp/models/file_source.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {

/// Items of a table of texts: bytes in `dataset`, item i from dataset_offset[i] to dataset_offset[i+1].
std::vector<std::string> FileSource::texts(MPI_Comm comm, std::string const& dataset, Block items) const {
  auto const bytes = column_length(dataset);
  auto const table = dataset + "_offset";
  Block const closed = items.empty() ? items : Block{items.begin, items.end + 1};
  std::vector<std::int64_t> offset(static_cast<std::size_t>(closed.size()));
  file_.read(table, closed, std::span(offset));
  together(comm, [&] {
    for (std::size_t i = 0; i < offset.size(); ++i) {
      BELLSHARD_INPUT(offset[i] >= (i > 0 ? offset[i - 1] : 0) && offset[i] <= bytes,
                      "{}[{}] = {} (offsets must not fall and lie in 0 .. {}, the number of bytes in {})", place(table),
                      items.begin + static_cast<std::int64_t>(i), offset[i], bytes, dataset);
    }
  });

  Block const own = items.empty() ? Block{} : Block{offset.front(), offset.back()};
  std::string text(static_cast<std::size_t>(own.size()), '\0');
  file_.read_block(dataset, own, text.data(), text.size(), io::ElementType::uint8);
  std::vector<std::string> result;
  for (std::size_t i = 1; i < offset.size(); ++i) {
    result.push_back(text.substr(static_cast<std::size_t>(offset[i - 1] - own.begin), static_cast<std::size_t>(offset[i] - offset[i - 1])));
  }
  return result;
}

std::vector<std::string> FileSource::state_names(MPI_Comm comm, Block own) const {
  if (!file_.has("/state_name")) return {};
  expect_length("/state_name_offset", states_ + 1, "one more than there are states");
  return texts(comm, "/state_name", own);
}

Source::ActionNames FileSource::action_names(MPI_Comm comm, Block own) const {
  if (!file_.has("/action_name")) return {};
  expect_length("/action_name_index", pairs_, "a number for each pair of a state and an action");
  auto const distinct = column_length("/action_name_offset") - 1;
  auto names = texts(comm, "/action_name", {0, distinct});

  auto offset = action_offset(comm, own);
  Block const pairs = own.empty() ? Block{} : Block{offset.front(), offset.back()};
  std::vector<std::int32_t> index(static_cast<std::size_t>(pairs.size()));
  file_.read("/action_name_index", pairs, std::span(index));
  together(comm, [&] {
    for (std::size_t i = 0; i < index.size(); ++i) {
      BELLSHARD_INPUT(index[i] >= -1 && index[i] < distinct, "{}[{}] = {} (must lie in -1 .. {}; -1 is no name)", place("/action_name_index"),
                      pairs.begin + static_cast<std::int64_t>(i), index[i], distinct - 1);
    }
  });
  auto of = [own, pairs, offset = std::move(offset), index = std::move(index)](std::int64_t state, std::int32_t action) {
    auto const pair = offset[static_cast<std::size_t>(state - own.begin)] - pairs.begin + action;
    return index[static_cast<std::size_t>(pair)];
  };
  return {std::move(names), std::move(of)};
}

}  // namespace bellshard::mdp
