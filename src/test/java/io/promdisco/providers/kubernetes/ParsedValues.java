package io.promdisco.providers.kubernetes;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads maps and lists as a YAML or JSON parser returns them. */
record ParsedValues(Map<?, ?> map) {
  static ParsedValues of(@Nullable Object value) {
    return new ParsedValues(value instanceof Map<?, ?> map ? map : Map.of());
  }

  boolean has(String key) {
    return map.get(key) != null;
  }

  ParsedValues at(String... path) {
    ParsedValues at = this;
    for (String key : path) {
      at = of(at.map.get(key));
    }
    return at;
  }

  List<ParsedValues> list(String key) {
    return values(key).stream().map(ParsedValues::of).toList();
  }

  List<String> texts(String key) {
    return values(key).stream().map(String::valueOf).toList();
  }

  String text(String key) {
    return optional(key).orElse("");
  }

  Optional<String> optional(String key) {
    return Optional.ofNullable(map.get(key)).map(String::valueOf);
  }

  @Nullable String textOrNull(String key) {
    return optional(key).orElse(null);
  }

  int number(String key) {
    return map.get(key) instanceof Number number ? number.intValue() : 0;
  }

  @Nullable Integer numberOrNull(String key) {
    return map.get(key) instanceof Number number ? number.intValue() : null;
  }

  boolean isTrue(String key) {
    return Boolean.TRUE.equals(map.get(key));
  }

  @Nullable Boolean flagOrNull(String key) {
    return map.get(key) instanceof Boolean flag ? flag : null;
  }

  Map<String, String> textMap(String key) {
    Map<String, String> out = new LinkedHashMap<>();
    at(key).map.forEach((name, value) -> out.put(String.valueOf(name), String.valueOf(value)));
    return out;
  }

  private List<?> values(String key) {
    return map.get(key) instanceof List<?> list ? list : List.of();
  }
}
