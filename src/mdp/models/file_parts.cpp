// Rows that stay in the file: what they count, where their parts are cut, how one rank reads them by itself.
#include <algorithm>
#include <memory>
#include <utility>

#include "src/mdp/models/file_rows.hpp"
#include "src/mdp/models/file_source.hpp"

namespace bellshard::mdp {
namespace {

/// A column of offsets that is asked for in ascending order and read some at a time. `read` gives those of a block and the one that closes it.
class OffsetWindow {
 public:
  using Read = std::function<std::vector<std::int64_t>(Block)>;
  OffsetWindow(std::int64_t items, Read read) : items_(items), read_(std::move(read)) {}

  std::int64_t at(std::int64_t item) {
    if (offset_.empty() || item < window_.begin || item > window_.end) {
      constexpr std::int64_t length = std::int64_t{1} << 18;
      window_ = {std::min(item, items_ - 1), std::min(item + length, items_)};
      offset_ = read_(window_);
    }
    return offset_[static_cast<std::size_t>(item - window_.begin)];
  }

 private:
  std::int64_t items_;
  Read read_;
  Block window_;
  std::vector<std::int64_t> offset_;
};

}  // namespace

std::optional<RowCounts> FileSource::count_rows(MPI_Comm comm, Block own) const {
  auto const ends = [](Block block, auto const& read) {
    auto const first = read(block.empty() ? block : Block{block.begin, block.begin + 1});
    auto const last = read(block.empty() ? block : Block{block.end - 1, block.end});
    return block.empty() ? Block{} : Block{first.front(), last.back()};
  };
  auto const pairs = ends(own, [&](Block block) { return action_offset(comm, block); });
  auto const transitions = ends(pairs, [&](Block block) { return transition_offset(comm, block); });
  return RowCounts{own.size(), pairs.size(), transitions.size()};
}

std::vector<RowStream::Part> FileSource::parts(Block own, double most_bytes) const {
  std::vector<RowStream::Part> parts;
  if (own.empty()) return parts;
  OffsetWindow action(states_, [&](Block block) { return action_offset(MPI_COMM_SELF, block); });
  OffsetWindow transition(pairs_, [&](Block block) { return transition_offset(MPI_COMM_SELF, block); });
  auto const before = [&](std::int64_t state) {
    auto const pairs = action.at(state);
    return RowCounts{state, pairs, transition.at(pairs)};
  };
  auto begin = before(own.begin);
  auto last = begin;
  auto const close = [&] {
    parts.push_back({{begin.states, last.states}, last - begin});
    begin = last;
  };
  for (auto state = own.begin + 1; state <= own.end; ++state) {
    auto const now = before(state);
    if (last.states > begin.states && loading_bytes(now - begin, interval_) > most_bytes) close();
    last = now;
  }
  close();
  return parts;
}

RowStream FileSource::stream(Block own, std::string const& reward, double part_bytes) const {
  auto const alone = std::make_shared<FileSource>(MPI_COMM_SELF, file_.path());
  RowStream stream;
  stream.own = own;
  stream.states = states_;
  stream.interval = interval_;
  stream.parts = alone->parts(own, part_bytes);
  stream.read = [alone, reward](Block part, RowStream::Look look, Rows& rows) {
    alone->read_rows(MPI_COMM_SELF, part, reward, look, rows);
    tidy(rows);
  };
  return stream;
}

}  // namespace bellshard::mdp
