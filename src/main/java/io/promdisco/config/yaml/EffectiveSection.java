package io.promdisco.config.yaml;

import io.promdisco.config.Secret;
import io.promdisco.model.PrometheusDuration;
import io.promdisco.model.PrometheusSize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Builds a section of the effective configuration as Prometheus shows it: durations in their normal
 * form, secrets hidden.
 */
public final class EffectiveSection {
  /** Above this, a double cannot represent every integer. */
  private static final double LARGEST_WHOLE = 0x1p53;

  private final Map<String, @Nullable Object> map = new LinkedHashMap<>();

  /** Shows a value, even a zero value. */
  public EffectiveSection always(String key, Object value) {
    map.put(key, plain(value));
    return this;
  }

  /** Shows a value unless it is the zero value of its type. */
  public EffectiveSection unlessZero(String key, @Nullable Object value) {
    if (value != null && !isZero(value)) {
      map.put(key, plain(value));
    }
    return this;
  }

  /** Shows everything that another section shows. */
  public EffectiveSection all(Map<String, Object> others) {
    map.putAll(others);
    return this;
  }

  /** Returns the section, in order: maps, lists, texts, numbers and booleans. */
  public Map<String, Object> map() {
    return map;
  }

  /** Returns a number of bytes as Prometheus shows it; empty for no limit. */
  public static String size(long bytes) {
    return bytes == 0 ? "" : PrometheusSize.format(bytes);
  }

  private static boolean isZero(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.isEmpty() || isZero(optional.get());
    }
    if (value instanceof String text) {
      return text.isEmpty();
    }
    if (value instanceof Boolean flag) {
      return !flag;
    }
    if (value instanceof BigInteger number) {
      return number.signum() == 0;
    }
    if (value instanceof Number number) {
      return number.doubleValue() == 0;
    }
    if (value instanceof Collection<?> list) {
      return list.isEmpty();
    }
    if (value instanceof Map<?, ?> entries) {
      return entries.isEmpty();
    }
    if (value instanceof Duration duration) {
      return duration.isZero();
    }
    return value instanceof Secret secret && secret.isEmpty();
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Duration duration) {
      return PrometheusDuration.format(duration);
    }
    if (value instanceof Optional<?> optional) {
      return plain(optional.orElse(null));
    }
    if (value instanceof Secret secret) {
      return secret.isEmpty() ? null : secret.toString();
    }
    if (value instanceof Double number
        && number == Math.rint(number)
        && Math.abs(number) < LARGEST_WHOLE) {
      return number.longValue();
    }
    if (value instanceof Map<?, ?> entries) {
      Map<Object, @Nullable Object> out = new LinkedHashMap<>();
      entries.forEach((key, entry) -> out.put(key, plain(entry)));
      return out;
    }
    return value instanceof List<?> list
        ? list.stream().map(EffectiveSection::plain).toList()
        : value;
  }
}
