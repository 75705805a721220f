package io.promdisco.security;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Secrets that stand nowhere else, so that any text that holds one has leaked it. */
final class CanarySecrets {
  private final Map<String, String> forms = new LinkedHashMap<>();
  private int number;

  /** A new secret of letters and digits. */
  String plant(String where) {
    number++;
    String value = "cnry" + number + "q" + Integer.toHexString(0x5eed0000 + number * 7919) + "z";
    forms.put(value, where);
    forms.put(base64(value), where + ", as base64");
    forms.put(base64("u:" + value), where + ", as basic credentials");
    return value;
  }

  /** Looks out for the lines of a private key too. */
  String plantKey(String where, String pem) {
    number++;
    pem.lines().filter(line -> line.length() > 40).forEach(line -> forms.put(line, where));
    return pem;
  }

  int count() {
    return number;
  }

  /** Where the secrets that a text holds come from. */
  List<String> in(String text) {
    List<String> found = new ArrayList<>();
    forms.forEach(
        (form, where) -> {
          int at = text.indexOf(form);
          if (at >= 0) {
            int from = Math.max(0, at - 160);
            int to = Math.min(text.length(), at + form.length() + 80);
            found.add(where + ": …" + text.substring(from, to) + "…");
          }
        });
    return found;
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
