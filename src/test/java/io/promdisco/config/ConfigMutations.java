package io.promdisco.config;

import io.promdisco.config.yaml.ConfigScalars;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.YamlFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Mutates configuration files at random: values of other types, null, empty values, limits,
 * repeated keys, misspelled ones or in the wrong section, keys that exclude each other, files that
 * do not exist. The same seed gives the same files.
 */
final class ConfigMutations {
  /** Values for any key, as they are written in YAML. */
  private static final List<String> ANY =
      List.of(
          // Nothing.
          "",
          "~",
          "null",
          "\"\"",
          "[]",
          "{}",
          "[~]",
          "[\"\"]",
          "{a: }",
          "{\"\": b}",
          // Booleans.
          "true",
          "false",
          "yes",
          "Off",
          "\"true\"",
          "tRue",
          // Whole numbers.
          "0",
          "1",
          "-1",
          "010",
          "0x1F",
          "0b11",
          "0o17",
          "1_000",
          "+5",
          "65535",
          "65536",
          "2147483648",
          "4294967296",
          "9223372036854775807",
          "9223372036854775808",
          "-9223372036854775808",
          "-9223372036854775809",
          "18446744073709551615",
          "18446744073709551616",
          "1844674407370955161600",
          // Numbers.
          "1.5",
          "-0.5",
          "100",
          "100.5",
          "1e3",
          "1e19",
          "1e400",
          ".inf",
          "-.inf",
          ".nan",
          "1.",
          ".5",
          // Text.
          "text",
          "\" text \"",
          "ü",
          "\"\\u0001\"",
          "\"a\\nb\"",
          "a b",
          "'@'",
          "2020-01-01",
          "1:30",
          "$1",
          "\"${a}b\"",
          "\"$$\"",
          "a.b",
          "a-b",
          "a:80",
          "a/b",
          "_",
          "__a",
          // Lists and maps.
          "[a]",
          "[a, a]",
          "[a, b]",
          "[1, true]",
          "[[a]]",
          "[{a: b}]",
          "{a: b}",
          "{a: ~}",
          "{a: [b]}",
          "{a: [~]}",
          "{a: {b: c}}",
          "{a: 1, b: true}",
          "{a-b: c}",
          "{ü: c}",
          "{a: b, a: c}",
          "{1: b}",
          "{~: b}",
          "{[a]: b}");

  private static final List<String> DURATIONS =
      List.of(
          "0s",
          "1ms",
          "1s",
          "9s",
          "10s",
          "11s",
          "1m",
          "59s",
          "61s",
          "5m",
          "1h30m",
          "1m1h",
          "1d",
          "1w",
          "7d",
          "1y",
          "292y",
          "293y",
          "106751d",
          "106752d",
          "9223372036854ms",
          "9223372036855ms",
          "999999999999y",
          "-1s",
          "1.5h",
          "10x",
          "1m 30s",
          "1S",
          "s",
          "01s",
          "1s1s",
          "1y2w3d4h5m6s7ms",
          "0y0s",
          "60s",
          "3600s",
          "1000ms",
          "90m",
          "24h",
          "365d",
          "9223372036854775807s",
          "99999999999999999999s");

  private static final List<String> SIZES =
      List.of(
          "1B",
          "1KB",
          "1kB",
          "1KiB",
          "1MB",
          "1.5MB",
          "0B",
          "0",
          "1PB",
          "1EB",
          "7EB",
          "8EB",
          "16EB",
          "1ZB",
          "-1MB",
          "1 MB",
          "1M",
          "1Mi",
          "MB",
          "1MB1KB",
          "1KB1MB",
          "+1MB",
          "1MB 1KB",
          ".5GB",
          "1e3MB",
          "1024B",
          "1536KB",
          "1Kb",
          "0.5B",
          "10MiB512KiB");

  private static final List<String> URLS =
      List.of(
          "http://a",
          "https://a:80/b?c=d#e",
          "http://",
          "'http:'",
          "http:/a",
          "http:a",
          "a:1",
          ":a",
          "//a/b",
          "/a",
          "a",
          "HTTP://A/B",
          "ftp://a",
          "http://a:b",
          "http://a:99999",
          "'http://a:'",
          "http://[::1]:80",
          "http://[::1",
          "http://::1",
          "http://a b",
          "http://a%20b",
          "http://a%zz",
          "http://a/%zz",
          "\"http://a/b c\"",
          "http://u:p@a",
          "http://u@a",
          "http://u:p%20q@a",
          "http://u:p w@a",
          "\"http://a/\\u0001\"",
          "http://ü",
          "http://a?b",
          "http://{a}",
          "http://a/{b}",
          "http://u:@a",
          "socks5://a:1",
          "unix:///a",
          "http://[fe80::1%25en0]",
          "http://a;b",
          "http://a/ü",
          "\"http://a?b c\"",
          "http://a#b%zz",
          "mailto:a@b",
          "1a://b");

  private static final List<String> FILES =
      List.of(
          "missing",
          "missing/*.yml",
          "secrets/token",
          ".",
          "/",
          "..",
          "*",
          "*.yml",
          "*/*",
          "sd/*.json",
          "sd/*.yml",
          "sd/t*s.yml",
          "rules/*",
          "rules/[a-z]*.yml",
          "rules/one.yml",
          "'['",
          "'[a'",
          "'a[]'",
          "'\\\\'",
          "\"a\\\\\"",
          "more/*.yml",
          "more/jobs.yml",
          "a.json",
          "a.JSON",
          "a.txt",
          "*.json",
          "a*b.json",
          "'?.json'",
          "sd/../sd/targets.json",
          "./sd/targets.json",
          "/missing.yml",
          "sd",
          "'[missing.yml'",
          "a//b.yml",
          "a*/b.yml",
          "**.yml",
          "{a,b}.yml");

  private static final List<String> NAMES =
      List.of(
          "pod",
          "node",
          "service",
          "endpoints",
          "endpointslice",
          "ingress",
          "Pod",
          "endpoint",
          "A",
          "AAAA",
          "MX",
          "NS",
          "SRV",
          "srv",
          "TXT",
          "grpc",
          "http",
          "https",
          "HTTP",
          "legacy",
          "utf8",
          "UTF8",
          "underscores",
          "dots",
          "values",
          "allow-utf-8",
          "debug",
          "info",
          "warn",
          "error",
          "DEBUG",
          "warning",
          "xor",
          "xor2",
          "gzip",
          "zstd",
          "v1",
          "v2",
          "TLS10",
          "TLS12",
          "TLS13",
          "TLS14",
          "tls12",
          "RS256",
          "RS512",
          "HS256",
          "Bearer",
          "basic",
          "Basic",
          "client_credentials",
          "urn:ietf:params:oauth:grant-type:jwt-bearer",
          "prometheus.WriteRequest",
          "io.prometheus.write.v2.Request",
          "PrometheusProto",
          "prometheusproto",
          "OpenMetricsText2.0.0",
          "PrometheusText1.0.0",
          "[PrometheusProto, prometheusproto]",
          "[OpenMetricsText2.0.0, PrometheusProto]",
          "NoTranslation",
          "UnderscoreEscapingWithSuffixes",
          "NoUTF8EscapingWithSuffixes",
          "notranslation",
          "AzureChina",
          "AzurePublic",
          "azurepublic",
          "00000000-1111-2222-3333-444444444444",
          "{00000000-1111-2222-3333-444444444444}",
          "00000000111122223333444444444444",
          "urn:uuid:00000000-1111-2222-3333-444444444444",
          "replace",
          "keep",
          "drop",
          "keepequal",
          "dropequal",
          "hashmod",
          "labelmap",
          "labeldrop",
          "labelkeep",
          "lowercase",
          "uppercase",
          "Replace",
          "REPLACE",
          "Drop",
          "{authorization: a}",
          "{Host: a}",
          "{X-Amz-Date: a}",
          "{Content-Encoding: {values: [a]}}",
          "{Authorization: {values: [a]}}",
          "{X-Prometheus-Scrape-Timeout-Seconds: {values: [a]}}",
          "{A: {values: [a]}}",
          "{A: {files: [missing]}}",
          "{A: {secrets: [a, ~]}}",
          "{A: {}}",
          "{A: {b: c}}",
          "{A: }");

  private static final List<String> TEXTS =
      List.of(
          "'('",
          "'a)|(b'",
          "'[a&&b]'",
          "'(?P<n>a)'",
          "'\\d+'",
          "'(?i)a'",
          "'a{1001}'",
          "'\\C'",
          "'$1'",
          "'${1}'",
          "'${a'",
          "'$1_x'",
          "'${1}_x'",
          "'a$'",
          "__name__",
          "'a=b'",
          "'a==b'",
          "'a!=b,c'",
          "'a in (b,c)'",
          "'a notin (b)'",
          "'!a'",
          "'a>1'",
          "'a>b'",
          "'a in b'",
          "'a in ()'",
          "'=b'",
          "','",
          "'a,'",
          "'a=b,'",
          "'metadata.name=a'",
          "'a/b=c'",
          "'a/b/c=d'",
          "'-a=b'",
          "'a=-b'",
          "'a=b c'",
          "'spec.nodeName!=a'",
          "'a\\=b=c'",
          "'a='",
          "'(.*)'",
          "'.*'",
          "'(a'",
          "'^(?s:.*)$'",
          "'a='' '",
          "'a in (b'",
          "'a=b)'",
          "' a = b '");

  /** Parts of texts, by the syntax of the value. */
  private static final List<List<String>> PIECES =
      List.of(
          // A regular expression.
          List.of(
              "a",
              "b",
              "1",
              "(",
              ")",
              "(?:",
              "(?i)",
              "(?P<n>",
              "(?<n>",
              "[",
              "]",
              "[^",
              "a-z",
              "*",
              "+",
              "?",
              "{2}",
              "{,2}",
              "{2,}",
              "{2,1}",
              "{1001}",
              "|",
              "^",
              "$",
              ".",
              "\\",
              "\\d",
              "\\pL",
              "\\p{Greek}",
              "\\Q",
              "\\E",
              "\\x41",
              "\\x{41}",
              "\\b",
              "\\1",
              "\\z",
              "\\C",
              "[:alpha:]",
              "-",
              "&&",
              "(?s)",
              "(?=",
              "ü"),
          // A template.
          List.of(
              "$", "1", "{", "}", "a", "_", "${1}", "${a}", "$1", "$$", "-", ".", ":", "ü", "$a"),
          // A selector.
          List.of(
              "a",
              "b",
              "=",
              "==",
              "!=",
              "!",
              "in",
              "notin",
              "(",
              ")",
              "()",
              ",",
              " ",
              ">",
              "<",
              "1",
              "/",
              ".",
              "-",
              "_",
              "\\",
              "a/b",
              "metadata.name",
              "spec.nodeName",
              "x.y/z",
              "a=b",
              "a in (b)",
              "exists",
              "A"),
          // A duration.
          List.of(
              "1",
              "0",
              "2",
              "60",
              "y",
              "w",
              "d",
              "h",
              "m",
              "s",
              "ms",
              ".",
              " ",
              "-",
              "99999999999"),
          // A size.
          List.of(
              "1",
              "0",
              "2",
              "1024",
              ".5",
              "B",
              "KB",
              "MB",
              "GiB",
              "TiB",
              "PB",
              "EB",
              "K",
              "i",
              "-",
              "+",
              "kB",
              " ",
              "99999999999"),
          // A URL.
          List.of(
              "http", "https", ":", "/", "//", "://", "a", "b.c", "@", "u:p@", "?", "#", "%", "%20",
              "%zz", "80", "[", "]", "::1", "[::1]", "%25", "ü", " ", "=", "&", "{", "}", "\\", "*",
              "<", "+", "1.2.3.4", "HTTP", "."),
          // A pattern of file names.
          List.of(
              "a", "sd", "/", "*", "?", "[", "]", "[a-z]", "[^a]", "\\", ".json", ".yml", ".yaml",
              "targets", ".", "..", "rules", "more", "-", "{", "}"),
          // An address or a name.
          List.of(
              "a", "b", ".", ":", "80", "/", "[", "]", "::1", "_", "-", "ü", " ", "1", "__", "A"));

  /** Keys whose values have their own syntax. */
  private static final Pattern LANGUAGES =
      Pattern.compile(
          "regex|replacement|target_label|label|field|targets|files|.*_files|.*url|api_server|.*size"
              + "|.*size_limit|.*interval|.*timeout|time|.*window|.*labels|role|type");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./-]*");

  private final Random random;

  /** The known entries of sections, by the path of the section without indexes. */
  private final Map<String, List<Entry>> known = new LinkedHashMap<>();

  private final List<Entry> all = new ArrayList<>();

  ConfigMutations(long seed) {
    this.random = new Random(seed);
  }

  /** A value of a configuration file; a scalar is stored as written. */
  private sealed interface Value {
    Value copy();
  }

  private record Scalar(String text) implements Value {
    @Override
    public Value copy() {
      return this;
    }
  }

  private record Items(List<Value> values) implements Value {
    @Override
    public Value copy() {
      return new Items(new ArrayList<>(values.stream().map(Value::copy).toList()));
    }
  }

  private record Entries(List<Entry> entries) implements Value {
    @Override
    public Value copy() {
      return new Entries(new ArrayList<>(entries.stream().map(Entry::copy).toList()));
    }
  }

  private record Entry(String key, Value value) {
    Entry copy() {
      return new Entry(key, value.copy());
    }
  }

  /** A configuration that can be changed. */
  static final class Base {
    private final Value root;

    private Base(Value root) {
      this.root = root;
    }
  }

  /**
   * Reads a file, and learns which keys its sections have.
   *
   * @return empty if the file is not YAML
   */
  Optional<Base> learn(byte[] content) {
    ProblemCollector problems = new ProblemCollector("base");
    Optional<Base> base = YamlFile.parse(content, problems).map(node -> new Base(value(node)));
    base.ifPresent(read -> learn("", read.root));
    return base;
  }

  private void learn(String path, Value value) {
    if (value instanceof Items items) {
      items.values.forEach(item -> learn(path, item));
    } else if (value instanceof Entries entries) {
      for (Entry entry : entries.entries) {
        known.computeIfAbsent(path, any -> new ArrayList<>()).add(entry);
        all.add(entry);
        learn(path + "." + entry.key, entry.value);
      }
    }
  }

  private static Value value(Node node) {
    if (node instanceof SequenceNode list) {
      return new Items(
          new ArrayList<>(list.getValue().stream().map(ConfigMutations::value).toList()));
    }
    if (node instanceof MappingNode map) {
      List<Entry> entries = new ArrayList<>();
      for (NodeTuple tuple : map.getValue()) {
        entries.add(new Entry(text(tuple.getKeyNode()), value(tuple.getValueNode())));
      }
      return new Entries(entries);
    }
    return new Scalar(text(node));
  }

  private static String text(Node node) {
    if (!(node instanceof ScalarNode scalar)) {
      return "odd";
    }
    String text = scalar.getValue();
    if (PLAIN.matcher(text).matches()) {
      return ConfigScalars.isPlain(scalar) ? text : "\"" + text + "\"";
    }
    boolean number = ConfigScalars.isPlain(scalar) && text.matches("[0-9][0-9.a-zA-Z]*");
    return number || ConfigScalars.isNull(node) || text.equals("<<") ? text : quoted(text);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                out.append('\\').appendCodePoint(c);
              } else if (c < ' ' || c > '~') {
                out.append(String.format("\\U%08x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.append('"').toString();
  }

  /**
   * Changes a file in one to three places.
   *
   * @param about receives a description of the changes
   */
  byte[] mutate(Base base, StringBuilder about) {
    Value root = base.root.copy();
    int changes = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
    for (int i = 0; i < changes; i++) {
      root = change(root, about);
    }
    StringBuilder out = new StringBuilder();
    write(root, 0, out);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A place in a configuration: an entry of a map or of a list. */
  private record Place(Value parent, int index, String path, String key) {
    Value value() {
      return parent instanceof Entries map
          ? map.entries.get(index).value
          : ((Items) parent).values.get(index);
    }

    void set(Value value) {
      if (parent instanceof Entries map) {
        map.entries.set(index, new Entry(map.entries.get(index).key, value));
      } else {
        ((Items) parent).values.set(index, value);
      }
    }
  }

  private static void places(Value value, String path, String key, List<Place> to) {
    if (value instanceof Items items) {
      for (int i = 0; i < items.values.size(); i++) {
        to.add(new Place(value, i, path, key));
        places(items.values.get(i), path, key, to);
      }
    } else if (value instanceof Entries map) {
      for (int i = afterMerges(map); i < map.entries.size(); i++) {
        Entry entry = map.entries.get(i);
        to.add(new Place(value, i, path, entry.key));
        places(entry.value, path + "." + entry.key, entry.key, to);
      }
    }
  }

  /**
   * Returns the index after the last merge. promdisco checks only the type of lists and sections
   * that another value overrides, so nothing is changed in what a merge adds or may override.
   */
  private static int afterMerges(Entries map) {
    for (int i = map.entries.size(); i > 0; i--) {
      if (map.entries.get(i - 1).key.equals("<<")) {
        return i;
      }
    }
    return 0;
  }

  private Value change(Value root, StringBuilder about) {
    List<Place> places = new ArrayList<>();
    places(root, "", "", places);
    if (places.isEmpty() || random.nextInt(500) == 0) {
      String value = any(ANY);
      about.append("all: ").append(value).append("; ");
      return new Scalar(value);
    }
    Place place = any(places);
    if (random.nextInt(4) == 0) {
      List<Place> texts =
          places.stream().filter(some -> LANGUAGES.matcher(some.key).matches()).toList();
      if (!texts.isEmpty()) {
        Place text = any(texts);
        about.append(text.path).append('.').append(text.key).append(": ");
        about.append(set(text, composed(text.key))).append("; ");
        return root;
      }
    }
    about.append(place.path).append('.').append(place.key).append(": ");
    int at = about.length();
    String what =
        switch (random.nextInt(20)) {
          case 0, 1, 2 -> set(place, any(ANY));
          case 3, 4, 5, 6, 7, 8 -> set(place, fitting(place.key));
          case 9 -> wrap(place);
          case 10 -> unwrap(place);
          case 11 -> remove(place);
          case 12 -> repeat(place);
          case 13 -> misspell(place);
          case 14, 15, 16, 17 -> insert(place, known.getOrDefault(place.path, all));
          case 18 -> insert(place, all);
          default -> replaceBy(place, any(all).value.copy());
        };
    about.setLength(at);
    about.append(what).append("; ");
    return root;
  }

  private <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /** Returns a value of a suitable type. */
  private String fitting(String key) {
    if (random.nextInt(4) == 0) {
      return composed(key);
    }
    if (random.nextInt(6) == 0) {
      return any(List.of(DURATIONS, SIZES, URLS, FILES, NAMES, TEXTS).get(random.nextInt(6)));
    }
    if (key.matches(".*(interval|timeout|time|duration|offset|window|backoff|deadline|limit)")) {
      return any(random.nextInt(4) == 0 || key.equals("body_size_limit") ? SIZES : DURATIONS);
    }
    if (key.matches(".*(url|server|endpoint|host)")) {
      return any(URLS);
    }
    if (key.matches(".*(files?|path|kubeconfig)")) {
      return key.endsWith("files") && random.nextBoolean() ? "[" + any(FILES) + "]" : any(FILES);
    }
    if (key.equals("size")) {
      return any(SIZES);
    }
    if (key.matches("targets")) {
      return "[" + any(List.of(URLS, ANY).get(random.nextInt(2))) + "]";
    }
    if (key.matches("regex|replacement|label|field|.*labels|separator")) {
      return any(List.of(TEXTS, ANY).get(random.nextInt(2)));
    }
    return any(List.of(NAMES, ANY).get(random.nextInt(2)));
  }

  /** Returns a text of parts that a value of this key may have. */
  private String composed(String key) {
    int kind =
        switch (key) {
          case "regex" -> 0;
          case "replacement", "target_label" -> 1;
          case "label", "field" -> 2;
          case "size", "body_size_limit" -> 4;
          case "files", "rule_files", "scrape_config_files" -> 6;
          case "targets", "source_labels", "server_name", "no_proxy", "names" -> 7;
          default ->
              key.matches(".*(url|server|endpoint)")
                  ? 5
                  : key.matches(".*(interval|timeout|time|duration|offset|window|backoff|limit)")
                      ? 3
                      : random.nextInt(PIECES.size());
        };
    StringBuilder text = new StringBuilder();
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      text.append(any(PIECES.get(kind)));
    }
    boolean list = key.matches("files|.*_files|targets|names|source_labels");
    return list ? "[" + quoted(text.toString()) + "]" : quoted(text.toString());
  }

  private static String set(Place place, String value) {
    place.set(new Scalar(value));
    return value.isEmpty() ? "nothing" : value;
  }

  private static String replaceBy(Place place, Value value) {
    place.set(value);
    return "another value: " + shown(value);
  }

  private static String wrap(Place place) {
    place.set(new Items(new ArrayList<>(List.of(place.value()))));
    return "in a list";
  }

  private String unwrap(Place place) {
    if (place.value() instanceof Items items && !items.values.isEmpty()) {
      place.set(items.values.get(0));
      return "its first item";
    }
    if (place.value() instanceof Entries map && !map.entries.isEmpty()) {
      Entry entry = any(map.entries);
      place.set(entry.value);
      return "the value of its " + entry.key;
    }
    return set(place, any(ANY));
  }

  private String remove(Place place) {
    if (place.parent instanceof Entries map) {
      map.entries.remove(place.index);
    } else {
      ((Items) place.parent).values.remove(place.index);
    }
    return "removed";
  }

  private String repeat(Place place) {
    if (place.parent instanceof Entries map) {
      Entry entry = map.entries.get(place.index);
      map.entries.add(
          random.nextInt(map.entries.size() + 1),
          random.nextBoolean() ? entry.copy() : new Entry(entry.key, new Scalar(any(ANY))));
    } else {
      ((Items) place.parent).values.add(place.value().copy());
    }
    return "twice";
  }

  private String misspell(Place place) {
    if (!(place.parent instanceof Entries map)) {
      return set(place, any(ANY));
    }
    String key = place.key;
    String other =
        switch (random.nextInt(8)) {
          case 0 -> key.toUpperCase(java.util.Locale.ROOT);
          case 1 -> key + "s";
          case 2 -> key.isEmpty() ? "a" : key.substring(0, key.length() - 1);
          case 3 -> "\"" + key.replace("\"", "") + " \"";
          case 4 -> key.replace('_', '-');
          case 5 -> any(List.of("1", "true", "~", "[a]", "{a: b}", "\"\"", "unknown"));
          case 6 -> "'" + key.replace("'", "").replace("\"", "") + "'";
          default -> any(all).key;
        };
    map.entries.set(place.index, new Entry(other, map.entries.get(place.index).value));
    return "called " + other;
  }

  /** Adds an entry beside a place; in half of the cases its key remains unchanged. */
  private String insert(Place place, List<Entry> from) {
    Entry entry = any(from).copy();
    if (random.nextInt(3) == 0) {
      entry = new Entry(entry.key, new Scalar(fitting(entry.key)));
    }
    if (place.parent instanceof Entries map) {
      String key = entry.key;
      if (random.nextInt(4) != 0) {
        map.entries.removeIf(other -> other.key.equals(key));
      }
      int first = afterMerges(map);
      map.entries.add(first + random.nextInt(map.entries.size() + 1 - first), entry);
    } else {
      ((Items) place.parent).values.add(entry.value);
    }
    return "beside it " + entry.key + ": " + shown(entry.value);
  }

  private static String shown(Value value) {
    StringBuilder out = new StringBuilder();
    flow(value, out);
    return out.length() > 200 ? out.substring(0, 200) + "..." : out.toString();
  }

  private static void flow(Value value, StringBuilder out) {
    if (value instanceof Scalar scalar) {
      out.append(scalar.text);
    } else if (value instanceof Items items) {
      out.append('[');
      items.values.forEach(
          item -> {
            flow(item, out);
            out.append(", ");
          });
      out.append(']');
    } else if (value instanceof Entries map) {
      out.append('{');
      map.entries.forEach(
          entry -> {
            out.append(entry.key).append(": ");
            flow(entry.value, out);
            out.append(", ");
          });
      out.append('}');
    }
  }

  private static void write(Value value, int indent, StringBuilder out) {
    String blanks = "  ".repeat(indent);
    if (value instanceof Scalar scalar) {
      out.append(blanks).append(scalar.text).append('\n');
    } else if (value instanceof Items items) {
      if (items.values.isEmpty()) {
        out.append(blanks).append("[]\n");
      }
      for (Value item : items.values) {
        out.append(blanks).append("-\n");
        if (item instanceof Scalar scalar) {
          out.setLength(out.length() - 1);
          out.append(' ').append(scalar.text).append('\n');
        } else {
          write(item, indent + 1, out);
        }
      }
    } else if (value instanceof Entries map) {
      if (map.entries.isEmpty()) {
        out.append(blanks).append("{}\n");
      }
      for (Entry entry : map.entries) {
        boolean complex = entry.key.startsWith("[") || entry.key.startsWith("{");
        out.append(blanks)
            .append(complex ? "? " + entry.key + "\n" + blanks : entry.key)
            .append(':');
        if (entry.value instanceof Scalar scalar) {
          out.append(' ').append(scalar.text).append('\n');
        } else {
          out.append('\n');
          write(entry.value, indent + 1, out);
        }
      }
    }
  }
}
