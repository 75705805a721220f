package io.promdisco.config.yaml;

import io.promdisco.Internal;
import io.promdisco.config.FieldProblems;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.Secret;
import io.promdisco.config.UrlChecks;
import io.promdisco.model.Position;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.model.PrometheusSize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping of the file while it is being read. Returns the value of each key in the requested
 * type, and reports values of other types. At the end, {@link #finish} reports the keys that were
 * not read.
 *
 * <p>A missing key has the default value. A key that is null has the zero value of its type, as in
 * Prometheus. For one thread.
 */
public final class Section {
  private static final Map<String, String> EXPECTED =
      Map.of(
          "string", " (expected: text)",
          "URL", " (expected: http://host:port)",
          "list of strings", " (expected: a list of texts, for example [a, b])",
          "bool", " (expected: true or false, without quotes)",
          "int", " (expected: a whole number, without quotes)",
          "uint", " (expected: a whole number, 0 or more, without quotes)",
          "float64", " (expected: a number, without quotes)");

  private final Node node;
  private final String path;
  private final ProblemCollector problems;
  private final MergedMapping layers;
  private final Set<String> known = new LinkedHashSet<>();
  private final Set<String> refused = new LinkedHashSet<>();

  private Section(List<MappingNode> mappings, String path, ProblemCollector problems) {
    this.node = mappings.get(mappings.size() - 1);
    this.path = path;
    this.problems = problems;
    this.layers = MergedMapping.ofSection(mappings, path, problems);
  }

  /** Returns a section without keys. */
  @Internal
  public static Section empty(String path, ProblemCollector problems) {
    return new Section(
        List.of(new MappingNode(Tag.MAP, List.of(), DumperOptions.FlowStyle.BLOCK)),
        path,
        problems);
  }

  /**
   * Returns a value as a section. Returns null for a null, and for a value of another type, which
   * is reported.
   */
  @Internal
  public static @Nullable Section of(Node value, String path, ProblemCollector problems) {
    if (value instanceof MappingNode mapping) {
      return new Section(List.of(mapping), path, problems);
    }
    expected("keys and values", value, path, problems);
    return null;
  }

  /** Reports a value of the wrong type without quoting it. A null is accepted. */
  private static void expected(String what, Node value, String where, ProblemCollector problems) {
    if (!ConfigScalars.isNull(value)) {
      problems.error(
          value,
          ProblemKind.WRONG_TYPE,
          where,
          "cannot unmarshal " + ConfigScalars.kind(value) + " (expected: " + what + ")");
    }
  }

  /** The node of the section. */
  @Internal
  public Node node() {
    return node;
  }

  /** The path of the section, for example {@code scrape_configs[0].tls_config}. */
  public String path() {
    return path;
  }

  @Internal
  public ProblemCollector problems() {
    return problems;
  }

  public String child(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** Whether the key is present, possibly with null. */
  public boolean has(String key) {
    known.add(key);
    return layers.last(key) != null;
  }

  /** Whether the key is present with a value other than null. */
  public boolean hasValue(String key) {
    Node value = value(key);
    return value != null && !ConfigScalars.isNull(value);
  }

  /** Whether the key is present with a value, or with a null that Prometheus treats as a value. */
  public boolean isSet(String key) {
    return hasValue(key) || ConfigScalars.isCheckedNull(value(key));
  }

  /** Returns the node of the value, or null if the key is missing. */
  @Internal
  public @Nullable Node value(String key) {
    known.add(key);
    NodeTuple tuple = layers.last(key);
    return tuple == null ? null : tuple.getValueNode();
  }

  /**
   * Returns the node at which a problem of the key is shown: its value, or the section if it is
   * missing.
   */
  private Node place(String key) {
    NodeTuple tuple = layers.last(key);
    return tuple == null ? node : tuple.getValueNode();
  }

  /** Warns, after everything was read, if a file that {@code key} names does not exist. */
  public void expectFile(String key, String file) {
    if (!file.isEmpty()) {
      problems.onceRead(
          this,
          () -> {
            if (!ConfigPaths.exist(file)) {
              warn(key, ProblemKind.MISSING_FILE, "file \"" + file + "\" does not exist");
            }
          });
    }
  }

  /** The place where the section begins. */
  public Position position() {
    return problems.position(node.getStartMark());
  }

  /**
   * Returns the range of the file with {@code key} and its value; null if it is not written there.
   */
  @Internal
  public @Nullable YamlRange extent(String key) {
    NodeTuple tuple = layers.last(key);
    return tuple == null ? null : YamlRange.of(tuple);
  }

  /** Returns the place of each entry in the list {@code key}. */
  public List<Position> positions(String key) {
    return value(key) instanceof SequenceNode list
        ? list.getValue().stream().map(item -> problems.position(item.getStartMark())).toList()
        : List.of();
  }

  /** Reports a problem of a field, as {@link FieldProblems} names it. */
  public void note(String field, String message) {
    int bracket = field.endsWith("]") ? field.lastIndexOf('[') : -1;
    if (field.isEmpty()) {
      error(message);
    } else if (bracket > 0) {
      int index = Integer.parseInt(field.substring(bracket + 1, field.length() - 1));
      error(field.substring(0, bracket), index, message);
    } else {
      error(field, message);
    }
  }

  /** Reports an error in the value of {@code key}, or that it is missing. */
  public void error(String key, String message) {
    problems.error(place(key), child(key), message);
  }

  public void error(String key, ProblemKind kind, String message) {
    problems.error(place(key), kind, child(key), message);
  }

  /** Reports an error in an entry of the list {@code key}. */
  public void error(String key, int index, String message) {
    error(key, index, ProblemKind.INVALID_VALUE, message);
  }

  public void error(String key, int index, ProblemKind kind, String message) {
    problems.error(place(key, index), kind, child(key) + "[" + index + "]", message);
  }

  private Node place(String key, int index) {
    Node place = place(key);
    return place instanceof SequenceNode list && index < list.getValue().size()
        ? list.getValue().get(index)
        : place;
  }

  /** Reports a value of {@code key} that is valid but probably a mistake. */
  public void warn(String key, String message) {
    warn(key, ProblemKind.QUESTIONABLE, message);
  }

  public void warn(String key, ProblemKind kind, String message) {
    problems.warning(place(key), kind, child(key), message);
  }

  public void warn(String key, int index, ProblemKind kind, String message) {
    problems.warning(place(key, index), kind, child(key) + "[" + index + "]", message);
  }

  /** Reports an error in an entry of the map {@code key}. */
  public void entryError(String key, String name, String message) {
    problems.error(entry(key, name), child(key, name), message);
  }

  /** Reports an entry of the map {@code key} that is valid but probably a mistake. */
  public void entryWarn(String key, String name, ProblemKind kind, String message) {
    problems.warning(entry(key, name), kind, child(key, name), message);
  }

  /** Whether the map {@code key} has an entry whose name is an unchecked null. */
  public boolean hasNullName(String key) {
    for (Node value : layers.since(key)) {
      if (value instanceof MappingNode mapping
          && mapping.getValue().stream()
              .map(NodeTuple::getKeyNode)
              .anyMatch(name -> ConfigScalars.isNull(name) && !ConfigScalars.isCheckedNull(name))) {
        return true;
      }
    }
    return false;
  }

  private Node entry(String key, String name) {
    List<Node> values = layers.since(key);
    for (int i = values.size() - 1; i >= 0; i--) {
      if (values.get(i) instanceof MappingNode mapping) {
        NodeTuple tuple =
            MergedMapping.ofMap(List.of(mapping), "", new ProblemCollector("")).last(name);
        if (tuple != null) {
          return tuple.getValueNode();
        }
      }
    }
    return place(key);
  }

  /** Reports an error in the section as a whole. */
  public void error(String message) {
    problems.error(node, path, message);
  }

  /** Reports that the section is valid but probably a mistake. */
  public void warn(String message) {
    warn(ProblemKind.QUESTIONABLE, message);
  }

  public void warn(ProblemKind kind, String message) {
    problems.warning(node, kind, path, message);
  }

  /** Returns the keys that are present. */
  public List<String> keys() {
    return List.copyOf(layers.keys());
  }

  /** Returns the keys that are present but were not read. */
  public List<String> unread() {
    List<String> unread = new ArrayList<>(layers.keys());
    unread.removeAll(known);
    unread.removeAll(refused);
    return unread;
  }

  /** Reports an error about a key itself. */
  public void keyError(String key, ProblemKind kind, String message) {
    refused.add(key);
    problems.error(keyPlace(key), kind, child(key), message);
  }

  /** Reports a warning about a key whose value is not read. */
  public void keyWarning(String key, ProblemKind kind, String message) {
    refused.add(key);
    problems.warning(keyPlace(key), kind, child(key), message);
  }

  private Node keyPlace(String key) {
    NodeTuple tuple = layers.last(key);
    return tuple == null ? node : tuple.getKeyNode();
  }

  /** Reports the keys that were not read as unknown. Call it after reading everything. */
  public void finish() {
    List<String> names = List.copyOf(known);
    for (String key : unread()) {
      boolean hinted = problems.hasHint(keyPlace(key));
      String hint = hinted ? "" : Problem.hint(key, names);
      String expected = hinted ? "" : " (expected: one of " + String.join(", ", names) + ")";
      keyError(
          key,
          ProblemKind.UNKNOWN_KEY,
          "field " + key + " not found" + (hint.isEmpty() ? expected : hint));
    }
  }

  private <T> T read(
      String key, T missing, T zero, String type, Function<ScalarNode, @Nullable T> as) {
    return read(key, missing, zero, type, as, false);
  }

  private <T> T read(
      String key,
      T missing,
      T zero,
      String type,
      Function<ScalarNode, @Nullable T> as,
      boolean checksNull) {
    Node value = value(key);
    if (value == null) {
      return missing;
    }
    for (Node overridden : layers.overridden(key)) {
      if (!ConfigScalars.isNull(overridden)
          && !(overridden instanceof ScalarNode scalar && as.apply(scalar) != null)) {
        wrongType(overridden, child(key), type);
      }
    }
    if (ConfigScalars.isNull(value) && !(checksNull && ConfigScalars.isCheckedNull(value))) {
      if (!missing.equals(zero)) {
        warn(
            key,
            "null means " + shown(zero) + " (expected: a value, or no key to use the default)");
      }
      return zero;
    }
    T result = value instanceof ScalarNode scalar ? as.apply(scalar) : null;
    if (result == null) {
      wrongType(value, child(key), type);
      return missing;
    }
    return result;
  }

  private static String shown(Object zero) {
    return zero instanceof Duration ? "0s" : zero.equals("") ? "empty" : zero.toString();
  }

  private void wrongType(Node value, String where, String type) {
    problems.error(
        value,
        ProblemKind.WRONG_TYPE,
        where,
        "cannot unmarshal " + ConfigScalars.describe(value) + " into " + type + EXPECTED.get(type));
  }

  /** Returns a text; empty if missing. */
  public String string(String key) {
    return string(key, "");
  }

  /** Returns a text. */
  public String string(String key, String missing) {
    return read(key, missing, "", "string", ConfigScalars::text);
  }

  /**
   * Reports errors in texts that a merge overrides, because Prometheus reads them too.
   *
   * @param problem returns null for a valid text
   */
  public void checkOverridden(String key, Function<String, @Nullable String> problem) {
    for (Node overridden : layers.overridden(key)) {
      if (overridden instanceof ScalarNode scalar && !ConfigScalars.isNull(scalar)) {
        String wrong = problem.apply(ConfigScalars.text(scalar));
        if (wrong != null) {
          problems.error(overridden, child(key), wrong);
        }
      }
    }
  }

  /** Returns a URL. The plain scalars {@code null} and {@code ~} are nulls, not URLs. */
  public String url(String key) {
    checkOverridden(key, UrlChecks::problem);
    String url = string(key);
    Node value = value(key);
    if ((url.equals("null") || url.equals("~")) && value != null && !hasTag(value)) {
      wrongType(value, child(key), "URL");
    }
    return url;
  }

  private static boolean hasTag(Node value) {
    return value.getTag().getValue().startsWith("!") || value.getTag().startsWith(Tag.PREFIX);
  }

  /** Returns a text that no message quotes. */
  public Secret secret(String key) {
    Node value = value(key);
    layers.overridden(key).forEach(overridden -> secret(overridden, child(key)));
    return value == null ? Secret.NONE : secret(value, child(key));
  }

  private Secret secret(Node value, String where) {
    if (!(value instanceof ScalarNode scalar)) {
      expected("string", value, where, problems);
      return Secret.NONE;
    }
    String text = ConfigScalars.isNull(value) ? "" : ConfigScalars.text(scalar);
    return text.isEmpty() ? Secret.NONE : new Secret(text);
  }

  /** Returns a list of texts that no message quotes. */
  public List<Secret> secrets(String key) {
    Node value = value(key);
    layers.overridden(key).forEach(overridden -> secrets(overridden, child(key)));
    return value == null ? List.of() : secrets(value, child(key));
  }

  private List<Secret> secrets(Node value, String where) {
    if (!(value instanceof SequenceNode list)) {
      expected("list of strings", value, where, problems);
      return List.of();
    }
    return items(list, where, this::secret);
  }

  private <T> List<T> items(SequenceNode list, String where, BiFunction<Node, String, T> read) {
    List<Node> nodes = list.getValue();
    problems.reads(list, nodes.size());
    List<T> items = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      items.add(read.apply(nodes.get(i), where + "[" + i + "]"));
    }
    return items;
  }

  /** Returns a map of lists of texts that no message quotes. */
  public Map<String, List<Secret>> secretListMap(String key) {
    Map<String, List<Secret>> lists = new LinkedHashMap<>();
    map(key, true).forEach((name, value) -> lists.put(name, secrets(value, child(key, name))));
    return lists;
  }

  /** Returns a boolean. */
  public boolean bool(String key, boolean missing) {
    return read(key, missing, false, "bool", ConfigScalars::bool);
  }

  /** Returns a boolean; null if missing or null. */
  public @Nullable Boolean optionalBool(String key) {
    return isSet(key) ? Boolean.valueOf(bool(key, false)) : null;
  }

  /** Returns a 64-bit integer. */
  public long integer(String key, long missing) {
    return read(key, missing, 0L, "int", ConfigScalars::signed);
  }

  /** Returns an unsigned 64-bit integer; 0 if missing. */
  public BigInteger unsigned(String key) {
    return read(
        key,
        BigInteger.ZERO,
        BigInteger.ZERO,
        "uint",
        scalar -> {
          BigInteger read = ConfigScalars.unsigned(scalar);
          Double written = ConfigScalars.number(scalar);
          if (read != null && written != null && read.doubleValue() != truncated(written)) {
            warn(key, "read as " + read + " (expected: a whole number from 0 to 2^64 - 1)");
          }
          return read;
        });
  }

  private static double truncated(double number) {
    return number < 0 ? Math.ceil(number) : Math.floor(number);
  }

  /** Returns a number; 0 if missing. */
  public double number(String key) {
    return read(key, 0.0, 0.0, "float64", ConfigScalars::number);
  }

  /** Returns a duration. */
  public Duration duration(String key, Duration missing) {
    return read(
        key, missing, Duration.ZERO, "string", as(key, missing, Section::parseDuration), true);
  }

  private static Duration parseDuration(String text) {
    try {
      return PrometheusDuration.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + " (expected: a duration, for example 15s, 1m30s or 500ms)", e);
    }
  }

  /** Returns a number of bytes; 0 if missing. */
  public long size(String key) {
    return read(key, 0L, 0L, "string", as(key, 0L, PrometheusSize::parse));
  }

  private <T> Function<ScalarNode, @Nullable T> as(
      String key, T otherwise, Function<String, T> parse) {
    return scalar -> {
      try {
        return parse.apply(ConfigScalars.isNull(scalar) ? "" : ConfigScalars.text(scalar));
      } catch (IllegalArgumentException e) {
        error(key, String.valueOf(e.getMessage()));
        return otherwise;
      }
    };
  }

  /** Returns a list of texts; null if missing or null. */
  public @Nullable List<String> strings(String key) {
    Node value = value(key);
    for (Node overridden : layers.overridden(key)) {
      if (!ConfigScalars.isNull(overridden)) {
        strings(overridden, child(key));
      }
    }
    return value == null || ConfigScalars.isNull(value) ? null : strings(value, child(key));
  }

  /** Returns a list of texts; empty if missing or null. */
  public List<String> texts(String key) {
    List<String> texts = strings(key);
    return texts == null ? List.of() : texts;
  }

  private List<String> strings(Node value, String where) {
    if (!(value instanceof SequenceNode list)) {
      wrongType(value, where, "list of strings");
      return List.of();
    }
    return items(list, where, this::text);
  }

  private String text(Node value, String where) {
    String text = value instanceof ScalarNode scalar ? ConfigScalars.text(scalar) : null;
    if (text == null) {
      wrongType(value, where, "string");
    }
    return text == null || ConfigScalars.isNull(value) ? "" : text;
  }

  private String child(String key, String name) {
    return name.isEmpty() ? child(key) : child(key) + "." + name;
  }

  /**
   * Returns the keys and values of a map in order. A repeated key is reported.
   *
   * @param layered whether merges add keys to the map; otherwise they replace it
   */
  @Internal
  public Map<String, Node> map(String key, boolean layered) {
    known.add(key);
    List<MappingNode> mappings = mappings(key, layered);
    Map<String, Node> map = new LinkedHashMap<>();
    MergedMapping.ofMap(mappings, child(key), problems)
        .forEach((name, tuple) -> map.put(name, tuple.getValueNode()));
    return map;
  }

  private List<MappingNode> mappings(String key, boolean layered) {
    layers.overridden(key).forEach(overridden -> mapping(key, overridden));
    List<Node> values = layers.since(key);
    List<MappingNode> mappings = new ArrayList<>();
    for (Node value :
        layered || values.isEmpty() ? values : values.subList(values.size() - 1, values.size())) {
      MappingNode mapping = mapping(key, value);
      if (mapping != null) {
        mappings.add(mapping);
      }
    }
    return mappings;
  }

  private @Nullable MappingNode mapping(String key, Node value) {
    if (value instanceof MappingNode mapping) {
      return mapping;
    }
    expected("keys and values", value, child(key), problems);
    return null;
  }

  /** Returns a map of texts; merges add keys to it. */
  public Map<String, String> stringMap(String key) {
    return stringMap(key, true);
  }

  public Map<String, String> stringMap(String key, boolean layered) {
    Map<String, String> texts = new LinkedHashMap<>();
    map(key, layered).forEach((name, value) -> texts.put(name, text(value, child(key, name))));
    return texts;
  }

  /** Returns a map of values of any type; merges add keys to it. */
  public Map<String, @Nullable Object> values(String key) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    map(key, true).forEach((name, value) -> values.put(name, value(value, child(key, name))));
    return values;
  }

  private @Nullable Object value(Node node, String where) {
    if (node instanceof SequenceNode list) {
      return items(list, where, this::value);
    }
    if (node instanceof MappingNode mapping) {
      Map<String, @Nullable Object> values = new LinkedHashMap<>();
      MergedMapping.ofMap(List.of(mapping), where, problems)
          .forEach(
              (name, tuple) -> {
                // As Go prints a key: y becomes true, 010 becomes 8.
                Object key = ConfigScalars.value((ScalarNode) tuple.getKeyNode());
                values.put(
                    name.isEmpty() ? name : String.valueOf(key),
                    value(tuple.getValueNode(), where + "." + name));
              });
      return values;
    }
    return ConfigScalars.value((ScalarNode) node);
  }

  /** Returns a map of lists of texts; merges add keys to it. */
  public Map<String, List<String>> stringListMap(String key) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    map(key, true)
        .forEach(
            (name, value) ->
                lists.put(
                    name,
                    ConfigScalars.isNull(value) ? List.of() : strings(value, child(key, name))));
    return lists;
  }

  /** Returns a nested section, which a merge replaces completely; null if missing or null. */
  public @Nullable Section section(String key) {
    return section(key, false);
  }

  /**
   * Same as {@link #section(String)}, but returns a section without keys if it is missing or null.
   */
  public Section sectionOrEmpty(String key) {
    return orEmpty(key, section(key));
  }

  /**
   * Same as {@link #layeredSection}, but returns a section without keys if it is missing or null.
   */
  public Section layeredSectionOrEmpty(String key) {
    return orEmpty(key, layeredSection(key));
  }

  private Section orEmpty(String key, @Nullable Section section) {
    return section == null ? empty(child(key), problems) : section;
  }

  /** Returns a nested section; merges add keys to it. Null if missing or null. */
  public @Nullable Section layeredSection(String key) {
    return section(key, true);
  }

  private @Nullable Section section(String key, boolean layered) {
    known.add(key);
    List<MappingNode> mappings = mappings(key, layered);
    return mappings.isEmpty() ? null : new Section(mappings, child(key), problems);
  }

  /** Returns the sections in the list {@code key}. Reports entries that are not sections. */
  public List<Section> sections(String key) {
    return sections(key, "empty or null section in " + key);
  }

  /**
   * Returns the sections in the list {@code key}.
   *
   * @param ifNull the message for an empty entry; if it is an empty text, an empty entry is read as
   *     a section without keys
   */
  public List<Section> sections(String key, String ifNull) {
    List<Section> sections = new ArrayList<>();
    Node value = value(key);
    layers.overridden(key).forEach(overridden -> list(key, overridden));
    if (value == null || ConfigScalars.isNull(value)) {
      return sections;
    }
    SequenceNode list = list(key, value);
    if (list == null) {
      return sections;
    }
    problems.reads(list, list.getValue().size());
    for (int i = 0; i < list.getValue().size(); i++) {
      Node item = list.getValue().get(i);
      String where = child(key) + "[" + i + "]";
      Section section =
          ConfigScalars.isCheckedNull(item)
              ? emptyAt(item, where)
              : ConfigScalars.isNull(item) ? null : of(item, where, problems);
      if (section != null) {
        sections.add(section);
      } else if (ConfigScalars.isNull(item) && ifNull.isEmpty()) {
        sections.add(emptyAt(item, where));
      } else if (ConfigScalars.isNull(item)) {
        problems.error(item, where, ifNull + " (expected: keys and values)");
      }
    }
    return sections;
  }

  private @Nullable SequenceNode list(String key, Node value) {
    if (value instanceof SequenceNode list) {
      return list;
    }
    expected("a list", value, child(key), problems);
    return null;
  }

  private Section emptyAt(Node item, String where) {
    return new Section(List.of(emptyMapping(item)), where, problems);
  }

  /** Returns a mapping without keys, in place of a node of another type. */
  static MappingNode emptyMapping(Node at) {
    return new MappingNode(
        Tag.MAP,
        true,
        List.of(),
        at.getStartMark(),
        at.getEndMark(),
        DumperOptions.FlowStyle.BLOCK);
  }
}
