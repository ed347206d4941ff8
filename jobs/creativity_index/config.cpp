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
  keys.table("near", "spans that the corpus holds with other words of like meaning; the index must have word vectors");
  keys.flag("near.search", near.search, "search them too: a heuristic search, which may miss spans");
  keys.real("near.threshold", near.threshold, "least mean similarity of a span and a window of a document, in both directions; 1: the same words").range(0.01, 1);
  keys.integer("near.content_words", near.content_words, "content words that a span and a window have at least").range(1, 1000).unit("count");
  keys.integer("near.longest_window", near.longest_window, "content words that a window has at most").range(1, 100'000).unit("count");
  keys.integer("near.common_words", near.common_words, "so many of the most frequent words are no content words, and passed over").range(0, 1e9).unit("count");
  keys.integer("near.documents", near.documents, "documents that a target is compared with: those that share the rarest words with it").range(1, 1e9).unit("count");
  keys.integer("near.rare_words", near.rare_words, "the rarest words of a target, by which these documents are found").range(1, 1e6).unit("count");
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
  if (near.longest_window < near.content_words) {
    keys.reject("near.longest_window", fmt::format("near.longest_window = {} is less than near.content_words = {}: no window would do; raise it", near.longest_window, near.content_words));
  }
  if (by.empty() && keys.given("compare.strata")) keys.reject("compare.strata", "compare.strata has no use without compare.by; name the field that tells the sides apart");
  if (file.empty()) keys.reject("output.file", "output.file is empty; name the result, for example \"creativity.h5\"");
}

}  // namespace bellshard::creativity_index
