#include "jobs/robust_offline/offline_data.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "io/hdf5/input_file.hpp"
#include "kernels/dp/regression_sums.hpp"
#include "kernels/host_copy.hpp"
#include "kernels/sample/normal.hpp"
#include "src/dist/reduce.hpp"

namespace bellshard::robust_offline {
namespace {

constexpr std::uint32_t purpose_trajectory = 0x56, purpose_start = 0x57;

std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }

void draw_put(World const& world, Config const& config, Block rows, Trajectories& drawn) {
  auto const H = world.horizon;
  for (auto r = rows.begin; r < rows.end; ++r) {
    sample::Stream first(static_cast<std::uint32_t>(config.seed), purpose_start, static_cast<std::uint64_t>(r / config.trajectories));
    double const start = config.start_low + (config.start_high - config.start_low) * first.uniform();
    sample::Stream stream(static_cast<std::uint32_t>(config.seed), purpose_trajectory, static_cast<std::uint64_t>(r));
    std::int64_t ups = 0;
    for (std::int64_t h = 0; h <= H; ++h) {
      drawn.state.push_back(world.price(start, h, ups));  // by its node, so that ways to one price give the same bits
      if (h < H) ups += stream.uniform() < 0.5 ? 1 : 0;
    }
    drawn.action.insert(drawn.action.end(), at(H), 0);
    drawn.reward.insert(drawn.reward.end(), at(H), 0);
  }
}

void draw_walk(World const& world, Config const& config, Block rows, Trajectories& drawn) {
  std::vector<std::vector<double>> next;
  for (std::int64_t h = 0; h < world.horizon; ++h) next.push_back(world.next_states(h, 0));
  for (auto r = rows.begin; r < rows.end; ++r) {
    sample::Stream stream(static_cast<std::uint32_t>(config.seed), purpose_trajectory, static_cast<std::uint64_t>(r));
    std::int64_t s = 0;
    drawn.state.push_back(0);
    for (std::int64_t h = 0; h < world.horizon; ++h) {
      auto const a = static_cast<std::int32_t>(16 * stream.uniform());
      double reward = 0, left = stream.uniform();
      std::vector<double> chance(5, 0);
      for (std::int64_t i = 0; i < 4; ++i) {
        double const phi = world.feature[at((s * 16 + a) * 4 + i)];
        reward += phi * world.theta[at(h * 4 + i)];
        for (std::int64_t t = 0; t < 5; ++t) chance[at(t)] += phi * next[at(h)][at(i * 5 + t)];
      }
      std::int64_t t = 0;
      while (t < 4 && left >= chance[at(t)]) left -= chance[at(t++)];
      while (chance[at(t)] == 0) --t;  // rounding alone leads past the last one
      s = t;
      drawn.action.push_back(a);
      drawn.reward.push_back(reward);
      drawn.state.push_back(static_cast<double>(s));
    }
  }
}

std::string dataset_of(io::InputFile const& file, char const* name) {
  for (auto const& path : {fmt::format("/{}", name), fmt::format("/results/{}", name)})
    if (file.has(path)) return path;
  fail(ExitCode::bad_input, "{}: has neither /{} nor /results/{}; offline data are S [trajectory, step + 1] and A [trajectory, step]", file.path().string(), name, name);
}

void check_rows(World const& world, io::InputFile const& file, std::string const& S, std::string const& A, std::int64_t first, Trajectories const& read) {
  auto const H = world.horizon;
  auto const name = file.path().string();
  for (std::size_t k = 0; k < read.state.size(); ++k) {
    double const s = read.state[k];
    auto const row = first + static_cast<std::int64_t>(k) / (H + 1), step = static_cast<std::int64_t>(k) % (H + 1);
    BELLSHARD_INPUT(std::isfinite(s), "{}:{}[{}, {}] = {} is not finite; repair the file", name, S, row, step, s);
    BELLSHARD_INPUT(world.states == 0 || (s >= 0 && s < static_cast<double>(world.states) && s == std::floor(s)), "{}:{}[{}, {}] = {} is no state (0 to {}); repair the file", name, S, row,
                    step, s, world.states - 1);
  }
  for (std::size_t k = 0; k < read.action.size(); ++k) {
    auto const row = first + static_cast<std::int64_t>(k) / H, step = static_cast<std::int64_t>(k) % H;
    BELLSHARD_INPUT(read.action[k] >= 0 && read.action[k] < world.features.actions, "{}:{}[{}, {}] = {} is no action of which features are regressed on (0 to {}){}", name, A, row, step,
                    read.action[k], world.features.actions - 1, world.strike >= 0 ? "; leave trajectories out that exercise" : "");
  }
}

/// Steps of one stage, merged block by block: equal ones (bit by bit) at the place of the first.
class Merged {
 public:
  /// Rows of `read` [row, step].
  void add_block(Trajectories const& read, std::int64_t horizon, std::int64_t stage, Block rows) {
    std::int16_t place[places];
    std::fill(std::begin(place), std::end(place), std::int16_t{-1});
    auto const first = state_.size();
    for (auto r = rows.begin; r < rows.end; ++r) {
      double const s = read.state[at(r * (horizon + 1) + stage)], t = read.state[at(r * (horizon + 1) + stage + 1)];
      auto const a = read.action[at(r * horizon + stage)];
      auto at_place = mixed(s, t, a);
      for (;; at_place = (at_place + 1) % places) {
        if (place[at_place] < 0) {
          place[at_place] = static_cast<std::int16_t>(state_.size() - first);
          state_.push_back(s), next_.push_back(t), action_.push_back(a), count_.push_back(1);
          break;
        }
        auto const k = first + static_cast<std::size_t>(place[at_place]);
        if (same(state_[k], s) && same(next_[k], t) && action_[k] == a) {
          ++count_[k];
          break;
        }
      }
    }
    begin_.push_back(static_cast<std::int64_t>(state_.size()));
  }
  StageRows on_device() const {
    auto const label = "bellshard::robust_offline::rows";
    return {to_device(begin_, label), to_device(state_, label), to_device(next_, label), to_device(action_, label), to_device(count_, label)};
  }

 private:
  static constexpr std::size_t places = 2 * dp::RegressionRows::block_rows;  // more than rows of a block
  static bool same(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }
  static std::size_t mixed(double s, double t, std::int32_t a) {
    auto const x = std::bit_cast<std::uint64_t>(s) * 0x9E3779B97F4A7C15u + static_cast<std::uint64_t>(a), y = std::bit_cast<std::uint64_t>(t) ^ (x >> 29);
    return static_cast<std::size_t>(((y ^ x) * 0xBF58476D1CE4E5B9u) >> 40) % places;
  }
  std::vector<std::int64_t> begin_{0};
  std::vector<double> state_, next_, count_;
  std::vector<std::int32_t> action_;
};

}  // namespace

std::int64_t Shares::own_blocks() const { return (own_rows() + dp::RegressionRows::block_rows - 1) / dp::RegressionRows::block_rows; }

Shares share_out(Context const& context, Config const& config, std::int64_t replications, std::int64_t trajectories) {
  Shares shares{config.sharing, replications, trajectories, {0, replications}, {0, trajectories}};
  constexpr auto size = dp::RegressionRows::block_rows;
  shares.blocks = (trajectories + size - 1) / size;
  if (shares.sharing == Sharing::automatic) shares.sharing = replications >= context.ranks() ? Sharing::replications : Sharing::rows;
  if (shares.sharing == Sharing::replications) {
    shares.sets = Partition::equal(replications, context.ranks()).block(context.rank());
  } else {
    auto const own = Partition::equal(shares.blocks, context.ranks()).block(context.rank());
    shares.first_block = own.begin;
    shares.rows = {std::min(trajectories, own.begin * size), std::min(trajectories, own.end * size)};
  }
  return shares;
}

Trajectories draw(World const& world, Config const& config, Block rows) {
  Trajectories drawn;
  if (world.kind == WorldKind::american_put) draw_put(world, config, rows, drawn);
  if (world.kind == WorldKind::linear_walk) draw_walk(world, config, rows, drawn);
  return drawn;
}

std::pair<std::int64_t, std::int64_t> data_size(Context& context, Config const& config, World const& world) {
  if (config.source == DataSource::generated) return {config.replications, config.trajectories};
  io::InputFile const file(context.comm(), config.data_file);
  auto const S = dataset_of(file, "S"), A = dataset_of(file, "A"), name = config.data_file.string();
  auto const states = file.shape(S), actions = file.shape(A);
  auto const H = world.horizon;
  BELLSHARD_INPUT(states.size() == 2 && states[1] == H + 1, "{}:{} must be [trajectory, {}]: a state before each of the {} steps of this world, and one after", name, S, H + 1, H);
  BELLSHARD_INPUT(actions.size() == 2 && actions[1] == H && actions[0] == states[0], "{}:{} must be [{}, {}], as {} has it; repair the file", name, A, states[0], H, S);
  BELLSHARD_INPUT(states[0] > 0 && states[0] % config.file_replications == 0, "{}: {} trajectories do not part into {} equal data sets; set data.replications to a divisor", name, states[0],
                  config.file_replications);
  return {config.file_replications, states[0] / config.file_replications};
}

OfflineData load_data(Context& context, Config const& config, World const& world) {
  auto const [replications, trajectories] = data_size(context, config, world);
  OfflineData data;
  data.shares = share_out(context, config, replications, trajectories);
  auto const& shares = data.shares;
  auto const H = world.horizon;
  std::vector<Merged> merged(at(H));

  std::unique_ptr<io::InputFile> file;
  std::string S, A;
  if (config.source == DataSource::file) {
    file = std::make_unique<io::InputFile>(context.comm(), config.data_file);
    S = dataset_of(*file, "S"), A = dataset_of(*file, "A");
  }
  constexpr std::int64_t piece = 1 << 16;  // trajectories at once
  std::int64_t const pieces = (shares.own_rows() + piece - 1) / piece;
  auto const turns = max_over_ranks(context.comm(), shares.own_sets() * pieces);
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    bool const busy = turn < shares.own_sets() * pieces;
    auto const set = busy ? turn / pieces : 0, begin = busy ? turn % pieces * piece : 0;
    auto const end = busy ? std::min(begin + piece, shares.own_rows()) : begin;
    auto const first = (shares.sets.begin + set) * trajectories + shares.rows.begin;
    Block const block = busy ? Block{first + begin, first + end} : Block{};
    Trajectories read;
    if (file) {
      read.state.resize(at(block.size() * (H + 1)));
      read.action.resize(at(block.size() * H));
      file->read(S, block, std::span(read.state));
      file->read(A, block, std::span(read.action));
      together(context.comm(), [&] { check_rows(world, *file, S, A, block.begin, read); });
    } else {
      read = draw(world, config, block);
    }
    for (std::int64_t first = 0; first < block.size(); first += dp::RegressionRows::block_rows)
      for (std::int64_t h = 0; h < H; ++h) merged[at(h)].add_block(read, H, h, {first, std::min(first + dp::RegressionRows::block_rows, block.size())});
  }
  for (auto const& steps : merged) data.stage.push_back(steps.on_device());
  return data;
}

}  // namespace bellshard::robust_offline
