#include "jobs/creativity_index/config.hpp"

#include <fmt/format.h>

namespace bellshard::creativity_index {

std::vector<std::string> Config::group_fields() const {
  auto fields = strata;
  if (!by.empty()) fields.push_back(by);
  return fields;
}

void Config::declare(Keys& keys) {
  keys.table("index", "the corpus that is searched");
  keys.file("index.file", index, "index, as `bellshard run corpus_index` writes it").required().example("\"index.h5\"");
  keys.table("targets", "the texts");
  keys.file("targets.file", targets, "JSONL, a text a line, also compressed").required().example("\"targets.jsonl\"");
  keys.text("targets.text_field", text_field, "the field with the text");
  keys.text("targets.ids_field", ids_field, "the field with the token ids, where the index has ids");
  keys.text("targets.name_field", name_field, "the field with the name; where it is absent, the file and the byte are the name");
  keys.choice("targets.broken", broken, {{"refuse", io::BrokenDocument::refuse}, {"skip", io::BrokenDocument::skip}},
              "a text that cannot be read (broken UTF-8, no JSON, a field absent): refuse the file, or skip and count it");
  keys.table("search", "what counts as a match");
  keys.integers("search.min_length", min_length, "the least and the greatest L: at level L a word is covered that lies in a match of L words or more")
      .range(1, 10'000)
      .unit("count");
  keys.integer("search.batch", batch, "words that are searched between two checkpoints").range(1, 1e8).unit("count");
  keys.table("exclude", "what is taken out of the corpus first");
  keys.file("exclude.file", exclude, "JSONL: {\"document\": NAME}, or with \"begin\" and \"end\" for the words [begin, end) of it alone");
  keys.flag("exclude.duplicates", duplicates, "every place where a whole target stands word for word");
  keys.table("compare", "groups of targets");
  keys.texts("compare.strata", strata, "fields of the targets; targets are compared among those that agree in all of them, where null agrees with anything").example("[\"domain\", \"model\"]");
  keys.text("compare.by", by, "field of the targets that tells the two sides apart").example("\"author\"");
  keys.text("compare.positive", positive, "its value on the side that the index should be greater on");
  keys.integer("compare.resamples", resamples, "bootstrap samples for the intervals of 95 percent").range(0, 1e6).unit("count");
  keys.integer("compare.seed", seed, "seed of the bootstrap").range(0, 4294967295.0);
  keys.table("output", "where it goes");
  keys.text("output.file", file, "the result, below the output folder (-o)");
}

void Config::check(Keys const& keys) const {
  if (min_length.size() != 2 || min_length[0] > min_length[1]) {
    keys.reject("search.min_length", fmt::format("search.min_length = {} (must be two numbers, the least and the greatest L); write [5, 12]", keys.find("search.min_length").value_toml));
  }
  if (by.empty() && keys.given("compare.strata")) keys.reject("compare.strata", "compare.strata has no use without compare.by; name the field that tells the sides apart");
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"creativity.h5\"");
}

}  // namespace bellshard::creativity_index
