#include "jobs/creativity_index/own_documents.hpp"

#include <algorithm>

#include "src/dist/partition.hpp"

namespace bellshard::creativity_index {

Block own_parts(Context const& context, corpus::IndexFile const& index) { return Partition::equal(index.parts(), context.ranks()).block(context.rank()); }

OwnDocuments::OwnDocuments(Context const& context, corpus::IndexFile const& index) {
  auto const own = own_parts(context, index);
  if (!own.empty()) documents_ = {index.documents(static_cast<int>(own.begin)).begin, index.documents(static_cast<int>(own.end) - 1).end};
  first_ = index.read_document_offsets(documents_);
}

std::int64_t OwnDocuments::at(std::int64_t position) const {
  if (first_.empty() || position < first_.front() || position >= first_.back()) return -1;
  return documents_.begin + (std::upper_bound(first_.begin(), first_.end(), position) - first_.begin()) - 1;
}

}  // namespace bellshard::creativity_index
