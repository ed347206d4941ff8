#include "src/mdp/models/two_bets.hpp"

#include "src/mdp/generated_kind.hpp"
#include "src/mdp/models/kinds.hpp"

namespace bellshard::mdp {
namespace {

class TwoBetsKind : public GeneratedKind {
 public:
  void declare(Keys& keys) override {
    keys.real("model.prize", model_.prize, "what a bet that is won pays").range(-1e9, 1e9);
    keys.real("model.sure", model_.sure, "what one has without the second bet").range(-1e9, 1e9);
    declare_storage(keys);
  }
  std::unique_ptr<Source> make(Context&) override {
    return source(model_, {"two bets one after the other",
                           {{"init", [](std::int64_t state) { return state == 0; }}},
                           {{"bets", [](std::int64_t state) { return static_cast<double>(state); }}},
                           {"sure", "bet"}});
  }

 private:
  TwoBets model_;
};

}  // namespace

std::unique_ptr<ModelKind> make_two_bets_kind() { return std::make_unique<TwoBetsKind>(); }

}  // namespace bellshard::mdp
