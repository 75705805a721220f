package io.promdisco.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The secrets that were sent to a server recently. Servers, proxies and debugging pages may repeat
 * them in their messages, so they are hidden before a message is shown. Values of fewer than four
 * characters are not hidden, because they occur by chance. Safe for all threads.
 */
final class SentSecrets {
  static final String HIDDEN = "<secret>";
  private static final int SHORTEST = 4;

  /** Tokens are renewed, so the oldest are dropped. */
  private static final int MOST = 32;

  @GuardedBy("this")
  private final Set<String> values = new LinkedHashSet<>();

  /** Adds the value of an {@code Authorization} header, and the password in it. */
  void addAuthorization(String value) {
    int blank = value.indexOf(' ');
    String credentials = value.substring(blank + 1).strip();
    add(credentials);
    if (blank > 0 && value.substring(0, blank).toLowerCase(Locale.ROOT).equals("basic")) {
      String pair = new String(Base64.getMimeDecoder().decode(credentials), UTF_8);
      add(pair.substring(pair.indexOf(':') + 1));
    }
  }

  /** Adds the value of another header. */
  synchronized void add(String value) {
    if (value.length() < SHORTEST) {
      return;
    }
    values.remove(value); // so that values in use are the newest
    values.add(value);
    if (values.size() > MOST) {
      values.remove(values.iterator().next());
    }
  }

  /** Returns {@code text} without the secrets. */
  String hide(String text) {
    List<String> longestFirst;
    synchronized (this) {
      longestFirst = new ArrayList<>(values);
    }
    longestFirst.sort(Comparator.comparingInt(String::length).reversed());
    String hidden = text;
    for (String value : longestFirst) {
      hidden = hidden.replace(value, HIDDEN);
    }
    return hidden;
  }

  /**
   * Returns the beginning of a text without the secrets. The text may have been cut, so the
   * beginning of a secret at its end is removed too.
   */
  String hideInBeginning(String beginning) {
    String hidden = hide(beginning);
    List<String> all;
    synchronized (this) {
      all = List.copyOf(values);
    }
    int longest = 0;
    for (String value : all) {
      for (int length = Math.min(value.length() - 1, hidden.length());
          length >= Math.max(SHORTEST, longest + 1);
          length--) {
        if (hidden.startsWith(value.substring(0, SHORTEST), hidden.length() - length)
            && hidden.regionMatches(hidden.length() - length, value, 0, length)) {
          longest = length;
        }
      }
    }
    return longest == 0 ? hidden : hidden.substring(0, hidden.length() - longest) + HIDDEN;
  }

  /** Whether the message of an exception, or of one of its causes, contains a secret. */
  boolean isShownBy(Throwable thrown) {
    Throwable at = thrown;
    for (int depth = 0; at != null && depth < 20; depth++, at = at.getCause()) {
      String text = at.toString();
      if (!hide(text).equals(text)) {
        return true;
      }
    }
    return false;
  }
}
