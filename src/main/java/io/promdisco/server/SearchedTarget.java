package io.promdisco.server;

import com.fasterxml.jackson.core.JsonGenerator;
import io.promdisco.model.Labels;
import io.promdisco.scrape.DiscoveredTarget;
import io.promdisco.scrape.FailedTarget;
import io.promdisco.scrape.Target;
import java.io.IOException;
import java.util.function.BiPredicate;

/** A target in the results of a search. */
sealed interface SearchedTarget {
  /** An active target. */
  record Active(Target target) implements SearchedTarget {
    @Override
    public boolean has(String word) {
      return SearchTerms.contains(target.job(), word)
          || SearchTerms.contains(target.address(), word)
          // The URL is composed here; its other parts are discovered labels.
          || (SearchTerms.spansUrl(word) && SearchTerms.contains(target.scrapeUrl(), word));
    }

    @Override
    public boolean hasLabel(BiPredicate<String, String> test) {
      Labels labels = target.labels();
      for (int i = 0; i < labels.size(); i++) {
        if (test.test(labels.name(i), labels.value(i))) {
          return true;
        }
      }
      return target.anyDiscoveredLabel(test);
    }

    @Override
    public void write(JsonGenerator json) throws IOException {
      json.writeStringField("state", "active");
      json.writeStringField("scrapePool", target.job());
      json.writeStringField("id", target.id());
      json.writeStringField("scrapeUrl", target.scrapeUrl());
      json.writeStringField("source", target.provider() + ", " + target.source());
      ApiDocuments.labels(json, "labels", target.labels());
      ApiDocuments.labels(json, "discoveredLabels", target.discoveredLabels());
    }
  }

  /** A target that the rules dropped. */
  record Dropped(DiscoveredTarget target) implements SearchedTarget {
    @Override
    public boolean has(String word) {
      return SearchTerms.contains(target.job(), word);
    }

    @Override
    public boolean hasLabel(BiPredicate<String, String> test) {
      return target.anyDiscoveredLabel(test);
    }

    @Override
    public void write(JsonGenerator json) throws IOException {
      json.writeStringField("state", "dropped");
      json.writeStringField("scrapePool", target.job());
      json.writeStringField("source", target.provider() + ", " + target.source());
      ApiDocuments.labels(json, "discoveredLabels", target.discoveredLabels());
    }
  }

  /** A target that the rules kept but that cannot be scraped. */
  record Failed(FailedTarget failed) implements SearchedTarget {
    @Override
    public boolean has(String word) {
      return SearchTerms.contains(failed.target().job(), word);
    }

    @Override
    public boolean hasLabel(BiPredicate<String, String> test) {
      return failed.target().anyDiscoveredLabel(test);
    }

    @Override
    public void write(JsonGenerator json) throws IOException {
      DiscoveredTarget target = failed.target();
      json.writeStringField("state", "failed");
      json.writeStringField("scrapePool", target.job());
      json.writeStringField("source", target.provider() + ", " + target.source());
      json.writeStringField("error", failed.message());
      ApiDocuments.labels(json, "discoveredLabels", target.discoveredLabels());
    }
  }

  /** Whether a word, in lower case, occurs in the job or the URL. */
  boolean has(String word);

  /** Whether a label, final or discovered, passes the test. */
  boolean hasLabel(BiPredicate<String, String> test);

  /** Writes the fields of the JSON object. */
  void write(JsonGenerator json) throws IOException;
}
