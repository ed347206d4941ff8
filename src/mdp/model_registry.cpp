#include <utility>

#include "src/mdp/model_kind.hpp"

namespace bellshard::mdp {

std::map<std::string, ModelEntry>& model_registry() {
  static std::map<std::string, ModelEntry> registry;
  return registry;
}

ModelRegistration::ModelRegistration(std::string name, std::string summary, std::function<std::unique_ptr<ModelKind>()> make) {
  model_registry().emplace(std::move(name), ModelEntry{std::move(summary), std::move(make)});
}

}  // namespace bellshard::mdp
