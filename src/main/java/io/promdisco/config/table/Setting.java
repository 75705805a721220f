package io.promdisco.config.table;

import io.promdisco.config.Secret;
import io.promdisco.config.UrlChecks;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.EffectiveSection;
import io.promdisco.config.yaml.Section;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * A key of a section: its type, its default, and how the effective configuration shows it. By
 * default it is shown unless it has the zero value of its type. Immutable.
 *
 * @param <T> the type of the value
 */
public final class Setting<T> {
  /** Reads the value of a key. */
  @FunctionalInterface
  public interface Reader<T> {
    /**
     * Reads the value, or returns the default if the key is missing. Reports problems in the
     * section.
     */
    T read(Section section, String key, ConfigPaths paths);
  }

  /** Shows a value. */
  @FunctionalInterface
  public interface Display<T> {
    /** Adds a value to the section that is shown. */
    void show(EffectiveSection to, String key, T value);
  }

  /** Checks a value that was read. */
  @FunctionalInterface
  public interface Check<T> {
    /** Reports problems of the value. */
    void check(Section section, String key, T value);
  }

  private static final String INLINE = "*";

  private final String key;
  private final String type;
  private final Object missing;
  private final Reader<T> reader;
  private final Display<T> display;
  private final String shown;

  private Setting(
      String key, String type, Object missing, Reader<T> reader, Display<T> display, String shown) {
    this.key = key;
    this.type = type;
    this.missing = missing;
    this.reader = reader;
    this.display = display;
    this.shown = shown;
  }

  /** A key of another type. */
  public static <T> Setting<T> of(String key, String type, Object missing, Reader<T> reader) {
    return new Setting<>(key, type, missing, reader, EffectiveSection::unlessZero, "if set");
  }

  /** The keys of another table, which are among those of a section. */
  public static <T> Setting<T> inline(
      String table, Reader<T> reader, Function<T, Map<String, Object>> shown) {
    return new Setting<>(
        INLINE + table,
        table,
        "",
        reader,
        (to, key, value) -> to.all(shown.apply(value)),
        "as there");
  }

  /** A text; empty if missing. */
  public static Setting<String> text(String key) {
    return text(key, "");
  }

  /** A text. */
  public static Setting<String> text(String key, String missing) {
    return of(key, "text", missing, (section, name, paths) -> section.string(name, missing));
  }

  /** The path of a file, relative to the configuration's folder. */
  public static Setting<String> file(String key) {
    return of(key, "file", "", (section, name, paths) -> paths.resolve(section.string(name)));
  }

  /** A URL, shown without its password; absent if the key is missing, but it may be empty. */
  public static Setting<Optional<String>> url(String key) {
    return Setting.<Optional<String>>of(
            key,
            "URL",
            "",
            (section, name, paths) -> {
              String url = section.url(name);
              return section.isSet(name) ? Optional.of(url) : Optional.empty();
            })
        .shownBy(
            "if set, without password",
            (to, name, value) -> value.ifPresent(url -> to.always(name, UrlChecks.shown(url))));
  }

  /** A text that must be one of a list. */
  public static Setting<String> choice(String key, String missing, Collection<String> choices) {
    return text(key, missing).documented(String.join(", ", choices), missing);
  }

  /** A section that is read with its defaults even if the key is missing. */
  public static Setting<SettingValues> defaultSection(String key, SectionTable table) {
    return Setting.<SettingValues>of(
            key,
            table.name(),
            "",
            (section, name, paths) -> table.read(section.sectionOrEmpty(name), paths))
        .shownAs(SettingValues::shown);
  }

  /** A text that is never shown. */
  public static Setting<Secret> secret(String key) {
    return of(key, "secret", "", (section, name, paths) -> section.secret(name));
  }

  /** A boolean. */
  public static Setting<Boolean> bool(String key, boolean missing) {
    return of(key, "boolean", missing, (section, name, paths) -> section.bool(name, missing));
  }

  /** A boolean that is inherited if missing. */
  public static Setting<Optional<Boolean>> optionalBool(String key) {
    return of(
        key,
        "boolean",
        "",
        (section, name, paths) -> Optional.ofNullable(section.optionalBool(name)));
  }

  /** A 64-bit integer. */
  public static Setting<Long> integer(String key, long missing) {
    return of(key, "integer", missing, (section, name, paths) -> section.integer(name, missing));
  }

  /** An unsigned 64-bit integer. */
  public static Setting<BigInteger> unsigned(String key) {
    return of(key, "unsigned", 0, (section, name, paths) -> section.unsigned(name));
  }

  /** A number. */
  public static Setting<Double> number(String key) {
    return of(key, "number", 0, (section, name, paths) -> section.number(name));
  }

  /** A duration. */
  public static Setting<Duration> duration(String key, Duration missing) {
    return of(key, "duration", missing, (section, name, paths) -> section.duration(name, missing));
  }

  /** A duration; 0 if missing. */
  public static Setting<Duration> duration(String key) {
    return duration(key, Duration.ZERO);
  }

  /** A number of bytes. */
  public static Setting<Long> size(String key) {
    return of(
            key, "size", 0, (Section section, String name, ConfigPaths paths) -> section.size(name))
        .shownAs(EffectiveSection::size);
  }

  /** A list of texts. */
  public static Setting<List<String>> texts(String key) {
    return of(key, "list of texts", "", (section, name, paths) -> section.texts(name));
  }

  /** A map of texts. */
  public static Setting<Map<String, String>> textMap(String key) {
    return of(key, "map of texts", "", (section, name, paths) -> section.stringMap(name));
  }

  /** A section that a YAML merge adds keys to; absent if the key is missing. */
  public static Setting<Optional<SettingValues>> section(String key, SectionTable table) {
    return nested(
        key,
        table,
        (section, name, paths) ->
            Optional.ofNullable(section.layeredSection(name))
                .map(inner -> table.read(inner, paths)));
  }

  /** A section that a YAML merge replaces completely; absent if the key is missing. */
  public static Setting<Optional<SettingValues>> wholeSection(String key, SectionTable table) {
    return nested(
        key,
        table,
        (section, name, paths) ->
            Optional.ofNullable(section.section(name)).map(inner -> table.read(inner, paths)));
  }

  private static Setting<Optional<SettingValues>> nested(
      String key, SectionTable table, Reader<Optional<SettingValues>> reader) {
    return Setting.<Optional<SettingValues>>of(key, table.name(), "", reader)
        .shownBy(
            "if set",
            (to, name, value) -> value.ifPresent(inner -> to.always(name, inner.shown())));
  }

  /** Returns this key, always shown. */
  public Setting<T> always() {
    return shownBy("always", EffectiveSection::always);
  }

  /** Returns this key, shown as another value unless that is a zero value. */
  public Setting<T> shownAs(Function<T, Object> as) {
    return shownBy(shown, (to, name, value) -> to.unlessZero(name, as.apply(value)));
  }

  /**
   * Returns this key, shown in another way.
   *
   * @param when when it is shown, for the documentation
   */
  public Setting<T> shownBy(String when, Display<T> by) {
    return new Setting<>(key, type, missing, reader, by, when);
  }

  /** Returns this key with another type and default in the documentation. */
  public Setting<T> documented(String newType, Object newMissing) {
    return new Setting<>(key, newType, newMissing, reader, display, shown);
  }

  /** Returns this key with a check of its value. */
  public Setting<T> checked(Check<T> check) {
    return new Setting<>(
        key,
        type,
        missing,
        (section, name, paths) -> {
          T value = reader.read(section, name, paths);
          check.check(section, name, value);
          return value;
        },
        display,
        shown);
  }

  /** Returns this key with a condition for valid values, and the message for others. */
  public Setting<T> accepted(Predicate<T> good, Function<T, String> message) {
    return checked(
        (section, name, value) -> {
          if (!good.test(value)) {
            section.error(name, message.apply(value));
          }
        });
  }

  /** The key. */
  public String key() {
    return key;
  }

  /** Whether this stands for all keys of another table. */
  public boolean isInline() {
    return key.startsWith(INLINE);
  }

  /** The type of the values, or the name of a table. */
  public String type() {
    return type;
  }

  /** The default; an empty text if there is none. */
  public Object missing() {
    return missing;
  }

  /** When the effective configuration shows the key. */
  public String shown() {
    return shown;
  }

  T read(Section section, ConfigPaths paths) {
    return reader.read(section, key, paths);
  }

  /** Adds a value to the effective configuration under this key. */
  public void show(T value, EffectiveSection to) {
    display.show(to, key, value);
  }
}
