#pragma once
#include <memory>
#include <utility>

#include "src/mdp/generated_source.hpp"
#include "src/mdp/model_kind.hpp"

namespace bellshard::mdp {

/// What kinds of generated models share: the key model.storage.
///
///     class MyKind : public GeneratedKind {
///      public:
///       void declare(Keys& keys) override { keys.integer("model.states", states_, "number of states"); declare_storage(keys); }
///       std::unique_ptr<Source> make(Context&) override { return source(MyModel{states_}, {"my model"}); }
///      private:
///       std::int64_t states_ = 10;
///     };
///     BELLSHARD_MODEL(my_model, MyKind, "one line that says what it is");
class GeneratedKind : public ModelKind {
 protected:
  explicit GeneratedKind(Storage storage = Storage::stored) : storage_(storage) {}

  void declare_storage(Keys& keys) {
    keys.choice("model.storage", storage_, {{"stored", Storage::stored}, {"matrix_free", Storage::matrix_free}},
                "transitions in memory (every criterion), or made anew in each sweep (any size)");
  }
  template <dp::GeneratedModel Model>
  std::unique_ptr<Source> source(Model model, StateFacts facts) const {
    return std::make_unique<GeneratedSource<Model>>(std::move(model), std::move(facts), storage_);
  }

 private:
  Storage storage_;
};

}  // namespace bellshard::mdp
