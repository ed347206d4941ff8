#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "src/config/keys.hpp"
#include "src/mdp/source.hpp"
#include "src/runtime/context.hpp"

namespace bellshard::mdp {

/// One kind of model that job files name (model.kind = "garnet"): its keys and how they become a source.
class ModelKind {
 public:
  virtual ~ModelKind() = default;
  virtual void declare(Keys& keys) = 0;  ///< "model.*", in force where model.kind names this kind
  virtual void check_keys(Keys const&) {}
  virtual std::unique_ptr<Source> make(Context& context) = 0;
  virtual std::vector<std::filesystem::path> inputs() const { return {}; }  ///< files, for the record of the run
};

struct ModelEntry {
  std::string summary;
  std::function<std::unique_ptr<ModelKind>()> make;
};

/// All kinds by name: those of the engine and those that a user's own program registers with BELLSHARD_MODEL.
std::map<std::string, ModelEntry>& model_registry();

struct ModelRegistration {
  ModelRegistration(std::string name, std::string summary, std::function<std::unique_ptr<ModelKind>()> make);
};

}  // namespace bellshard::mdp

#define BELLSHARD_MODEL(name, Type, summary)                               \
  static ::bellshard::mdp::ModelRegistration const bellshard_model_##name{ \
      #name, summary, [] { return std::make_unique<Type>(); }}
