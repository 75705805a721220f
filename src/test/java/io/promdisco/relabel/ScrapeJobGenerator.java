package io.promdisco.relabel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;
import java.util.function.Supplier;

/**
 * Makes random scrape jobs: targets, labels, settings and relabelling rules. Every scrape goes
 * through a proxy on a closed port of the loopback address, so no other host is ever contacted.
 */
final class ScrapeJobGenerator {
  private static final List<String> LABELS =
      List.of(
          "a",
          "b",
          "c",
          "A",
          "app",
          "env",
          "instance",
          "job",
          "le",
          "__address__",
          "__scheme__",
          "__metrics_path__",
          "__param_x",
          "__param_y",
          "__param_é",
          "__param_",
          "__scrape_interval__",
          "__scrape_timeout__",
          "__meta_x",
          "__meta_kubernetes_pod_label_app",
          "__meta_kubernetes_pod_annotation_prometheus_io_port",
          "__meta_ä",
          "__tmp",
          "__tmp_a",
          "__",
          "_",
          "__name__",
          "ä",
          "with.dot",
          "with space",
          "1a",
          "$1",
          "😀",
          "{x}",
          "__always_scrape_classic_histograms__",
          "__convert_classic_histograms_to_nhcb__",
          "__scrape_native_histograms__",
          "__scrape_protocols__");
  private static final List<String> ODD_LABELS = List.of("", "${1}", "a-b", "a\nb", "İ", "__meta_");
  private static final List<String> ADDRESSES =
      List.of(
          "127.0.0.1:9",
          "127.0.0.1:9",
          "10.0.0.1:9100",
          "host",
          "host:80",
          "host:443",
          "[::1]:9",
          "::1",
          "a:b:c",
          "web-1.example:8080",
          "a b:1",
          "é:1",
          "http://host",
          "host/path",
          "",
          ":9",
          "host:",
          "x?y#z",
          "%41:1",
          "u@host:1",
          "a;b",
          "\"q\"",
          "<h>",
          "[v1.x]",
          "h\\x",
          "h^`{|}",
          "!$&'()*+,=",
          " ",
          "日本:1",
          "\u007f",
          "UPPER:1");
  private static final List<String> VALUES =
      List.of(
          "",
          "",
          "a",
          "b",
          "prod",
          "PROD",
          "Prod",
          "web-1",
          "web-2",
          "10.0.0.1:9100",
          "9100",
          "true",
          "false",
          "T",
          "1",
          "0",
          "yes",
          "http",
          "https",
          "HTTPS",
          "ftp",
          "/metrics",
          "metrics",
          "/a b",
          "/a?b=c",
          "/a#b",
          "//x",
          "*",
          "/é",
          "/%41",
          "/a;b",
          "1h",
          "30m",
          "90m",
          "1d",
          "1w",
          "1h30m",
          "0s",
          "0",
          "-1h",
          "1.5h",
          "60",
          "3600s",
          "1y",
          "5s",
          "10s",
          "45s",
          "é",
          "ÄÖÜ",
          "ß",
          "İ",
          "ı",
          "ſ",
          "K",
          "ΣΑΣ",
          "ǅ",
          "ა",
          "Ꭰ",
          "ﬀ",
          "😀",
          "𐐀",
          "a;b",
          "a;b;c",
          "x\ny",
          "x\n",
          "$1",
          "${1}",
          "$",
          " ",
          " a ",
          "\t",
          "\u0000",
          "\u0085",
          "\u2028",
          "\ufeff",
          "a:b",
          "é\u0301",
          "__meta_x",
          "with space",
          "%",
          "a&b=c",
          "+",
          "~",
          "'",
          "\\",
          "aaa",
          "abc");
  private static final List<String> REPLACEMENTS =
      List.of(
          "$1",
          "$1",
          "${1}",
          "$2",
          "$0",
          "${2}-$1",
          "$1_x",
          "${1}_x",
          "$name",
          "${name}",
          "$n",
          "${n}",
          "$$",
          "$$1",
          "${1",
          "$-",
          "a$",
          "",
          "x",
          "prod",
          "127.0.0.1:$1",
          "${1}:9",
          "https",
          "/$1",
          "/probe",
          "30m",
          "${1}m",
          "2h",
          "$10",
          "$01",
          "${01}",
          "${}",
          "$é",
          "${é}",
          "$1é",
          "$n1",
          "${_}",
          "$_",
          "${ 1}",
          "é$1",
          "$1$1",
          "${1}${2}${3}",
          "true",
          "$99999999999",
          "a b",
          "\n");
  private static final List<String> TARGETS =
      List.of(
          "${1}",
          "$1",
          "x_$1",
          "${1}_x",
          "__meta_$1",
          "__param_$1",
          "$1_x",
          "$name",
          "${n}",
          "$$",
          "x$",
          "${1",
          "a-b",
          "é$1",
          "$é",
          "1x",
          "$2$1",
          "__tmp_${name}");
  private static final List<String> ACTIONS =
      List.of(
          "replace",
          "replace",
          "replace",
          "replace",
          "keep",
          "drop",
          "keepequal",
          "dropequal",
          "hashmod",
          "labelmap",
          "labelmap",
          "labelmap",
          "labeldrop",
          "labelkeep",
          "lowercase",
          "uppercase");
  private static final List<String> SEPARATORS = List.of("", ";", "-", "::", "é", "\n", "$1", ".");
  private static final List<String> MODULI =
      List.of(
          "1",
          "2",
          "3",
          "8",
          "10",
          "1000",
          "18446744073709551615",
          "9223372036854775808",
          "0x10",
          "010",
          "4294967296",
          "7",
          "1e3",
          "0",
          "-1",
          "1.5");
  private static final List<String> NAME_PATTERNS =
      List.of(
          "__meta_(.+)",
          "__meta_kubernetes_pod_label_(.+)",
          "__tmp.*",
          "__(.*)",
          "(.)",
          "a|b",
          "_*(.+)",
          "__param_(.*)",
          "(?i)a",
          "(?P<n>[a-z]+)",
          "instance",
          "__meta_.*|a",
          "(.*)",
          "__s.*",
          ".*_");

  private final Random random;
  private final RegexGenerator regexes;

  /** The label values of the job that is being made, for its regexes to match. */
  private final List<String> known = new ArrayList<>();

  ScrapeJobGenerator(Random random) {
    this.random = random;
    regexes = new RegexGenerator(random);
  }

  /** The next job, as an item of {@code scrape_configs} in one line of YAML. */
  String next(String name) {
    known.clear();
    Map<String, String> job = new LinkedHashMap<>();
    job.put("job_name", quoted(name));
    job.put("proxy_url", "'http://127.0.0.1:9'");
    StringJoiner groups = new StringJoiner(", ", "[", "]");
    int count = chance(0.2) ? 2 : 1;
    for (int i = 0; i < count; i++) {
      groups.add(group());
    }
    job.put("static_configs", groups.toString());
    settings(job);
    int rules = random.nextInt(6);
    if (rules > 0 || chance(0.1)) {
      StringJoiner all = new StringJoiner(", ", "[", "]");
      for (int i = 0; i < rules; i++) {
        all.add(rule());
      }
      job.put("relabel_configs", all.toString());
    }
    return map(job);
  }

  private String group() {
    StringJoiner targets = new StringJoiner(", ", "[", "]");
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      targets.add(quoted(remember(chance(0.6) ? ADDRESSES.get(i) : pick(ADDRESSES))));
    }
    Map<String, String> labels = new LinkedHashMap<>();
    int size = random.nextInt(7);
    for (int i = 0; i < size; i++) {
      labels.put(quoted(label()), quoted(remember(value())));
    }
    Map<String, String> group = new LinkedHashMap<>();
    group.put("targets", targets.toString());
    if (size > 0) {
      group.put("labels", map(labels));
    }
    return map(group);
  }

  private void settings(Map<String, String> job) {
    maybe(job, 0.1, "scheme", () -> pick(List.of("https", "http", "''", "", "ftp")));
    maybe(job, 0.15, "metrics_path", () -> quoted(pick(List.of("/m", "/a b", "", "x", "/é?y"))));
    maybe(job, 0.2, "params", this::params);
    maybe(job, 0.15, "scrape_interval", () -> pick(List.of("2h", "7d", "90m", "3600s", "1h30m")));
    maybe(job, 0.1, "scrape_timeout", () -> pick(List.of("5s", "1000ms", "60s", "1m30s")));
    maybe(job, 0.1, "honor_labels", () -> String.valueOf(random.nextBoolean()));
    maybe(job, 0.05, "honor_timestamps", () -> String.valueOf(random.nextBoolean()));
    maybe(
        job, 0.2, "metric_name_validation_scheme", () -> pick(List.of("legacy", "legacy", "utf8")));
    maybe(
        job, 0.05, "always_scrape_classic_histograms", () -> String.valueOf(random.nextBoolean()));
    maybe(job, 0.05, "convert_classic_histograms_to_nhcb", () -> pick(List.of("true", "false")));
    maybe(job, 0.05, "scrape_native_histograms", () -> pick(List.of("true", "false")));
    maybe(job, 0.05, "keep_dropped_targets", () -> String.valueOf(random.nextInt(3)));
    maybe(job, 0.03, "target_limit", () -> "1");
    maybe(job, 0.03, "label_limit", () -> "2");
  }

  private void maybe(Map<String, String> to, double chance, String key, Supplier<String> value) {
    if (chance(chance)) {
      to.put(key, value.get());
    }
  }

  private String params() {
    Map<String, String> params = new LinkedHashMap<>();
    for (String name : List.of("x", "y", "é", "", "module", "a b")) {
      if (chance(0.35)) {
        StringJoiner values = new StringJoiner(", ", "[", "]");
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
          values.add(quoted(remember(value())));
        }
        params.put(quoted(name), values.toString());
      }
    }
    return map(params);
  }

  private String rule() {
    Map<String, String> rule = new LinkedHashMap<>();
    String action = chance(0.15) ? "replace" : pick(ACTIONS);
    boolean plain = !chance(0.06); // only fields that the action accepts
    boolean equal = action.equals("keepequal") || action.equals("dropequal");
    boolean names = action.startsWith("label");
    if (!names || !plain) {
      if (!chance(0.08)) {
        rule.put("source_labels", sources());
      }
      if (chance(0.25) && (!equal || !plain)) {
        rule.put("separator", quoted(pick(SEPARATORS)));
      }
    }
    if (!action.equals("replace") || chance(0.5)) {
      rule.put("action", action);
      if (chance(0.04)) {
        rule.put("action", action.toUpperCase(Locale.ROOT));
      }
    }
    boolean regex = !equal && (names || action.equals("keep") || action.equals("drop"));
    if (regex ? !chance(0.05) : chance(equal && plain ? 0 : 0.6)) {
      rule.put("regex", quoted(names ? namePattern() : regexes.next(joined())));
    }
    if ((!names && !action.equals("keep") && !action.equals("drop")) || !plain) {
      boolean template = action.equals("replace") ? chance(0.25) : chance(0.05);
      rule.put("target_label", quoted(template ? pick(TARGETS) : label()));
    }
    boolean writes = action.equals("replace") || action.equals("labelmap");
    if (writes ? chance(0.6) : (!plain && chance(0.3))) {
      rule.put("replacement", quoted(replacement(action)));
    }
    if (action.equals("hashmod") || (!plain && chance(0.3))) {
      rule.put("modulus", pick(MODULI));
    }
    return map(rule);
  }

  private String replacement(String action) {
    if (action.equals("labelmap") && chance(0.5)) {
      return pick(TARGETS);
    }
    return chance(0.8) ? pick(REPLACEMENTS) : value();
  }

  private String sources() {
    if (chance(0.02)) {
      return pick(List.of("[]", "null", "['']", "[null]"));
    }
    StringJoiner sources = new StringJoiner(", ", "[", "]");
    int count = 1 + (chance(0.3) ? 1 + random.nextInt(3) : 0);
    for (int i = 0; i < count; i++) {
      sources.add(quoted(label()));
    }
    return sources.toString();
  }

  private String namePattern() {
    return chance(0.65) ? pick(NAME_PATTERNS) : regexes.next(label());
  }

  /** A value that joined source labels of a rule may have. */
  private String joined() {
    String one = known.isEmpty() ? value() : pick(known);
    return chance(0.2) ? one + ";" + pick(known.isEmpty() ? VALUES : known) : one;
  }

  private String label() {
    return chance(0.015) ? pick(ODD_LABELS) : pick(LABELS);
  }

  private String value() {
    if (!chance(0.06)) {
      return pick(VALUES);
    }
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(5);
    for (int i = 0; i < length; i++) {
      int c = random.nextInt(chance(0.5) ? 0x600 : 0x1F700);
      text.appendCodePoint(c >= 0xD800 && c < 0xE000 ? 'x' : c);
    }
    return text.toString();
  }

  private String remember(String value) {
    known.add(value);
    return value;
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static String map(Map<String, String> entries) {
    StringJoiner all = new StringJoiner(", ", "{", "}");
    entries.forEach((key, value) -> all.add(key + ": " + value));
    return all.toString();
  }

  /** The text in double quotes, in ASCII only. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
              } else if (c >= ' ' && c < 0x7f) {
                out.append((char) c);
              } else {
                out.append(String.format(c < 0x10000 ? "\\u%04x" : "\\U%08x", c));
              }
            });
    return out.append('"').toString();
  }
}
