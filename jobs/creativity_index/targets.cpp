#include "jobs/creativity_index/targets.hpp"

namespace bellshard::creativity_index {

Targets read_targets(Config const& config, corpus::IndexFile const& index, corpus::Vocabulary const& vocabulary) {
  bool const ids = index.tokens() == corpus::Tokens::ids;
  io::DocumentFiles const files{{config.targets}, io::DocumentFormat::jsonl, config.text_field, ids ? config.ids_field : "", config.name_field, config.group_fields(), config.broken, "targets.broken"};
  Targets targets;
  io::DocumentSource source(files, 0, 1);
  while (source.next()) {
    auto const& document = source.document();
    targets.name.push_back(document.name);
    targets.fields.push_back(document.more);
    if (ids) {
      for (auto const id : document.ids) targets.words.push_back(id < index.largest() ? id + 1 : corpus::no_word);
    } else {
      BELLSHARD_INPUT(document.text.size() < INT32_MAX, "{}: the target {} has 2 GiB of text or more; cut it", config.targets.string(), document.name);
      index.cut(document.text, vocabulary, [&](corpus::CutToken const& token) {
        targets.words.push_back(token.id);
        targets.begin.push_back(static_cast<std::int32_t>(token.begin));
        targets.end.push_back(static_cast<std::int32_t>(token.end));
      });
    }
    targets.offset.push_back(static_cast<std::int64_t>(targets.words.size()));
  }
  targets.skipped = source.skipped();
  targets.first_skipped = source.first_skipped();
  BELLSHARD_INPUT(targets.size() > 0, "{}: there is no text in it{}; check targets.file", config.targets.string(), targets.skipped > 0 ? " that could be read" : "");
  return targets;
}

}  // namespace bellshard::creativity_index
