#include <algorithm>
#include <memory>

#include "src/mdp/problem.hpp"

namespace bellshard::mdp {

template <class T>
io::ShardedArray host_field(Partition const& states, Block own, std::vector<T> values, std::string name, std::string unit,
                            std::string long_name) {
  auto const kept = std::make_shared<std::vector<T> const>(std::move(values));
  io::ShardedArray array;
  array.name = std::move(name);
  array.type = io::element_type<T>();
  array.shape = {states.size()};
  array.own = own;
  array.unit = std::move(unit);
  array.long_name = std::move(long_name);
  array.fetch = [kept, own](Block items, void* host) {
    std::copy_n(kept->begin() + (items.begin - own.begin), items.size(), static_cast<T*>(host));
  };
  return array;
}

template io::ShardedArray host_field(Partition const&, Block, std::vector<double>, std::string, std::string, std::string);
template io::ShardedArray host_field(Partition const&, Block, std::vector<std::int32_t>, std::string, std::string, std::string);
template io::ShardedArray host_field(Partition const&, Block, std::vector<std::uint8_t>, std::string, std::string, std::string);

}  // namespace bellshard::mdp
