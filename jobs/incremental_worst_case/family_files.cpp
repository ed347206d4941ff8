#include <algorithm>

#include "jobs/incremental_worst_case/family.hpp"
#include "src/dist/reduce.hpp"
#include "src/mdp/models/file_source.hpp"

namespace bellshard::incremental_worst_case {
namespace {

class FileFamily : public Family {
 public:
  FileFamily(Context& context, Config const& config) : config_(config) {
    for (auto const& path : config.files) {
      sources_.push_back(std::make_unique<mdp::FileSource>(context.comm(), path));
      auto const& first = *sources_.front();
      BELLSHARD_INPUT(sources_.back()->states() == first.states(), "{}: has {} states, and {} has {}; models of a family have the same states", path.string(), sources_.back()->states(),
                      config.files.front().string(), first.states());
      BELLSHARD_INPUT(!sources_.back()->interval(), "{}: has /probability_upper; an interval model is a family of its own (job value_iteration), leave it out", path.string());
    }
    if (sources_.front()->has_label("init")) {
      auto const own = Partition::equal(states(), context.ranks()).block(context.rank());
      auto const is_start = sources_.front()->initial(context.comm(), own);
      auto const found = std::find(is_start.begin(), is_start.end(), 1);
      start_ = min_over_ranks(context.comm(), found == is_start.end() ? states() : own.begin + (found - is_start.begin()));
      if (start_ == states()) start_ = 0;
    }
  }
  std::string description() const override { return fmt::format("family of {} files, {} states", sources_.size(), states()); }
  std::int64_t states() const override { return sources_.front()->states(); }
  std::int64_t start() const override { return start_; }
  std::vector<std::string> names() const override { return {"file"}; }
  std::vector<Parameters> grid() const override {
    std::vector<Parameters> all;
    for (std::size_t k = 0; k < sources_.size(); ++k) all.push_back({static_cast<double>(k)});
    return all;
  }
  mdp::Rows rows(MPI_Comm comm, Block own, Parameters const& parameters) const override { return sources_[static_cast<std::size_t>(parameters[0])]->rows(comm, own, ""); }
  std::vector<std::filesystem::path> inputs() const override { return config_.files; }

 private:
  Config const& config_;
  std::vector<std::unique_ptr<mdp::FileSource>> sources_;
  std::int64_t start_ = 0;
};

}  // namespace

std::unique_ptr<Family> make_file_family(Context& context, Config const& config) { return std::make_unique<FileFamily>(context, config); }

}  // namespace bellshard::incremental_worst_case
