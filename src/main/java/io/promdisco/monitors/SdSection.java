package io.promdisco.monitors;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A kind of service discovery: its field in a ScrapeConfig, its key in Prometheus, what is checked
 * and what is written. Immutable once it is built.
 */
final class SdSection {
  private final String field;
  private final String place;
  private final String key;
  private final List<Check> checks = new ArrayList<>();
  private final List<Part> parts = new ArrayList<>();

  /** Checks a source. */
  interface Check {
    void check(SpecNode source, HttpChecks http) throws InvalidMonitorException;
  }

  /** Writes a part of a source. */
  interface Part {
    void write(JobTree tree, SpecNode source, HttpTrees http) throws InvalidMonitorException;
  }

  /**
   * @param place what problems call it
   */
  SdSection(String field, String place, String key) {
    this.field = field;
    this.place = place;
    this.key = key;
  }

  /** {@code http_sd_configs}. */
  String key() {
    return key;
  }

  /** Adds a check, which runs after those before. */
  SdSection check(Check check) {
    checks.add(check);
    return this;
  }

  /** Adds a part. */
  SdSection part(Part part) {
    parts.add(part);
    return this;
  }

  SdSection basicAuth() {
    return check((source, http) -> http.basicAuth(source))
        .part((tree, source, http) -> http.basicAuth(tree, source));
  }

  SdSection authorization() {
    return check((source, http) -> http.authorization(source))
        .part((tree, source, http) -> http.authorization(tree, source));
  }

  SdSection oauth2() {
    return check((source, http) -> http.oauth2(source))
        .part((tree, source, http) -> http.oauth2(tree, source));
  }

  SdSection tls() {
    return check((source, http) -> http.tls(source, false))
        .part((tree, source, http) -> http.tls(tree, source));
  }

  SdSection proxy() {
    return check((source, http) -> http.proxy(source))
        .part((tree, source, http) -> http.proxy(tree, source));
  }

  SdSection redirects() {
    return part((tree, source, http) -> ScrapeTrees.redirects(tree, source, "enableHTTP2"));
  }

  /** Adds strings that are written even if they are missing. */
  SdSection required(String... names) {
    for (String name : names) {
      part((tree, source, http) -> tree.put(ScrapeTrees.key(name), source.textOrEmpty(name)));
    }
    return this;
  }

  /** Adds strings, numbers and booleans that are written if they are there. */
  SdSection optional(String... names) {
    for (String name : names) {
      part((tree, source, http) -> tree.putPresent(ScrapeTrees.key(name), source.scalar(name)));
    }
    return this;
  }

  /** Adds strings that are written unless they are empty. */
  SdSection unlessEmpty(String... names) {
    for (String name : names) {
      part((tree, source, http) -> tree.putText(ScrapeTrees.key(name), source.textOrEmpty(name)));
    }
    return this;
  }

  /** Adds lists of strings that are written unless they are empty. */
  SdSection lists(String... names) {
    for (String name : names) {
      part(
          (tree, source, http) -> {
            tree.putItems(ScrapeTrees.key(name), source.texts(name));
          });
    }
    return this;
  }

  /** Adds a string that is written in small letters, even if it is missing. */
  SdSection lowerCase(String name) {
    return part(
        (tree, source, http) ->
            tree.put(ScrapeTrees.key(name), source.textOrEmpty(name).toLowerCase(Locale.ROOT)));
  }

  /**
   * Adds a value of a Secret.
   *
   * @param asKey its key in Prometheus
   */
  SdSection secret(String name, String asKey) {
    return check((source, http) -> http.secret(source.child(name)))
        .part((tree, source, http) -> tree.putPresent(asKey, http.secret(source.child(name))));
  }

  /** Adds a value of a Secret that must be there. */
  SdSection requiredSecret(String name) {
    return check((source, http) -> http.secret(source.section(name)))
        .part(
            (tree, source, http) -> {
              Object value = http.secret(source.section(name));
              tree.put(ScrapeTrees.key(name), value == null ? "" : value);
            });
  }

  /** Adds the two keys of Amazon's clouds, which are written if both are there. */
  SdSection accessKeys() {
    return check((source, http) -> http.secret(source.child("accessKey")))
        .check((source, http) -> http.secret(source.child("secretKey")))
        .part(
            (tree, source, http) -> {
              if (source.has("accessKey") && source.has("secretKey")) {
                tree.putPresent("access_key", http.secret(source.child("accessKey")));
                tree.putPresent("secret_key", http.secret(source.child("secretKey")));
              }
            });
  }

  /** Adds filters, sorted by name. */
  SdSection filters() {
    return part(
        (tree, source, http) -> {
          List<JobTree> written = new ArrayList<>();
          for (SpecNode filter : source.items("filters")) {
            written.add(
                JobTree.of("name", filter.textOrEmpty("name"), "values", filter.texts("values")));
          }
          written.sort(Comparator.comparing(filter -> String.valueOf(filter.get("name"))));
          tree.putItems("filters", written);
        });
  }

  void check(SpecNode spec, HttpChecks http) throws InvalidMonitorException {
    InvalidMonitorException.withinEach(
        place + ": ",
        spec.items(field),
        source -> {
          for (Check check : checks) {
            check.check(source, http);
          }
        });
  }

  List<JobTree> write(SpecNode spec, HttpTrees http) throws InvalidMonitorException {
    List<JobTree> written = new ArrayList<>();
    for (SpecNode source : spec.items(field)) {
      JobTree tree = new JobTree();
      for (Part part : parts) {
        part.write(tree, source, http);
      }
      written.add(tree);
    }
    return written;
  }
}
