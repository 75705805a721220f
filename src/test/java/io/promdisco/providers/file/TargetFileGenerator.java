package io.promdisco.providers.file;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.StringJoiner;

/**
 * Makes random target files in YAML and JSON: valid, unusual and broken ones. No label is a {@code
 * __meta_} one, because Prometheus shows those of one of several equal targets at random.
 */
final class TargetFileGenerator {
  private static final List<String> FIELDS =
      List.of(
          "targets",
          "targets",
          "targets",
          "labels",
          "labels",
          "labels",
          "Targets",
          "LABELS",
          "targetS",
          "target\u017f",
          "label\u017f",
          "label",
          "source",
          "",
          "targets ",
          "tar\\u0067ets");
  private static final List<String> ADDRESSES =
      List.of("a:1", "b:2", "127.0.0.1:9", "[::1]:9", "host", "", "é:1", "a/b", "1", "x:y:z");
  private static final List<String> NAMES =
      List.of(
          "env",
          "a",
          "b",
          "job",
          "",
          "ä",
          "with.dot",
          "1",
          "__tmp_x",
          "__param_y",
          "a b",
          "__address__",
          "__meta_filepath",
          "instance",
          "ENV",
          "true",
          "null");
  private static final List<String> TEXTS =
      List.of(
          "prod", "", "x", "é", "😀", "a b", " a ", "1", "true", "null", "a: b", "a #b", "-",
          "x,y");

  private static final List<String> JSON_SCALARS =
      List.of(
          "null",
          "true",
          "false",
          "1",
          "-1",
          "0",
          "1.5",
          "1e3",
          "-0",
          "01",
          "1.",
          ".5",
          "+1",
          "1e",
          "nul",
          "True",
          "NaN",
          "Infinity",
          "'x'",
          "x",
          "1E400",
          "123456789012345678901234567890",
          "\"",
          "\"\\ud83d\"",
          "\"\\ud83d\\ude00\"",
          "\"\\ude00\\ud83d\"",
          "\"\\ud83dx\"",
          "\"\\u00e9\"",
          "\"\\x41\"",
          "\"\\'\"",
          "\"\\/\\b\\f\\n\\r\\t\"",
          "\"\\u0000\"",
          "\"\\u12\"",
          "\"\\U0041\"",
          "\"a\tb\"",
          "\"a\nb\"",
          "\"\u007f\"",
          "\"\u2028\"",
          "\"\\ud800\\ud800\"",
          "\"\ufeff\"",
          "\"\ufffd\"",
          "\"\\ufffe\"",
          "[]",
          "{}",
          "[[]]",
          "[null]",
          "{\"a\": 1}",
          "[\"x\"]");
  private static final List<String> YAML_SCALARS =
      List.of(
          "~",
          "null",
          "Null",
          "NULL",
          "nULL",
          "",
          "true",
          "yes",
          "on",
          "Off",
          "n",
          "1",
          "-1",
          "+1",
          "0x1F",
          "0o17",
          "017",
          "08",
          "0b11",
          "1_000",
          "_1",
          "1.0",
          "1.50",
          ".5",
          "1e3",
          "1e400",
          ".inf",
          "-.INF",
          ".nan",
          "190:20:30",
          "2001-01-01",
          "2001-12-14t21:59:43.10-05:00",
          "2001-1-1 1:1:1",
          "=",
          "'<<'",
          "<<",
          "0.",
          "0x",
          "12345678901234567890123",
          "\"q\"",
          "'q'",
          "'it''s'",
          "\"a\\tb\"",
          "\"\\x41\\u00e9\\U0001F600\"",
          "\"\\N\\_\\L\\P\\e\\0\"",
          "\"a\\\n  b\"",
          "'a\n  b'",
          "a\n  b",
          "!!str 1",
          "!!str",
          "!!int \"1\"",
          "!!int x",
          "!!float 1",
          "!!bool yes",
          "!!bool \"x\"",
          "!!null ''",
          "!!null x",
          "!!timestamp 2001-01-01",
          "!!binary aGk=",
          "!!binary '%'",
          "!foo bar",
          "!<tag:yaml.org,2002:str> 1",
          "! 1",
          "!!map {}",
          "!!seq []",
          "[]",
          "{}",
          "[a]",
          "{a: b}",
          "[a, b,]",
          "{a, b: c}",
          "{a}",
          "[a: b]",
          "? a",
          "*x",
          "*none",
          "&x a",
          "&x",
          "|\n    a\n    b",
          "|-\n    a",
          ">\n    a\n    b",
          "|2\n     a",
          "|+\n    a\n",
          "# c",
          "a # c",
          "a#c",
          "a:b",
          "a: b",
          "-",
          "- a",
          "@a",
          "`a",
          "%a",
          "a,b",
          "a]",
          "\"unclosed",
          "'unclosed",
          "é",
          "😀",
          "a\u00a0b",
          "a\u2028b",
          "a\u0085b",
          "\ufeffa",
          "a\tb",
          "\ta",
          "a\t",
          "{\"a\":1}",
          "{\"a\": \"b\"}",
          "[\"a\",\"b\"]",
          "\"a\": b",
          "? [a]\n    : b",
          "!!set {a}",
          "!!omap [a: b]",
          "00",
          "-0",
          "+.inf",
          "1__0",
          "0x_1",
          "1e+3",
          "y",
          "~ ",
          "\"\"",
          "''");
  private static final List<String> YAML_PIECES =
      List.of(
          "\t",
          " ",
          "  ",
          "\n",
          "#",
          " #",
          ": ",
          ":",
          "- ",
          "-",
          "? ",
          ", ",
          "~",
          "null",
          "<<: *a",
          "<<: ",
          "&a ",
          "*a",
          "*a ",
          "!!str ",
          "!!int ",
          "!!float ",
          "!!binary ",
          "!x ",
          "'",
          "\"",
          "|\n",
          ">-\n",
          "\n---\n",
          "\n...\n",
          "%YAML 1.1\n---\n",
          "%YAML 1.2\n---\n",
          "%TAG ! x\n---\n",
          "%FOO\n",
          "\ufeff",
          "\r\n",
          "\r",
          "\u2028",
          "\u0085",
          "\u00a0",
          "\u0000",
          "\u0001",
          "\u007f",
          "{",
          "}",
          "[",
          "]",
          ",",
          "0",
          "labels:",
          "targets:",
          "  labels: {a: b}\n",
          "- targets: [z]\n",
          "\\",
          "@",
          "`",
          "%",
          "&",
          "*",
          "!",
          "\t# c\n",
          "\ud83d\ude00",
          "\n\t\n",
          " \t \n",
          "=",
          "[]");
  private static final List<String> JSON_PIECES =
      List.of(
          ",",
          ":",
          "\"",
          "{",
          "}",
          "[",
          "]",
          "null",
          " ",
          "\t",
          "\n",
          "\r",
          "\u000b",
          "\u00a0",
          "\ufeff",
          "//c\n",
          "/*c*/",
          "#",
          "\\",
          "\\u0041",
          "\\ud800",
          "1",
          "-",
          "true",
          "\u0000",
          "\u0001",
          "\"targets\":[\"z\"],",
          "\"labels\":{\"a\":\"b\"},",
          "\"labels\":null,",
          "\"targets\":null,",
          "'");
  private static final byte[][] BAD_BYTES = {
    {(byte) 0xff},
    {(byte) 0xc3},
    {(byte) 0xe2, (byte) 0x82},
    {(byte) 0xf0, (byte) 0x9f, (byte) 0x98},
    {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
    {(byte) 0xc0, (byte) 0x80},
    {(byte) 0x80},
    {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
    {(byte) 0xf8, (byte) 0x88},
    {(byte) 0xe2, 'x'},
    {(byte) 0xf0, (byte) 0x80, (byte) 0x80, (byte) 0x80},
    {(byte) 0xe0, (byte) 0x80, (byte) 0xaf},
  };

  private final Random random;

  TargetFileGenerator(Random random) {
    this.random = random;
  }

  /** Returns the next file, whose valid form is a list of target groups. */
  byte[] next(boolean json) {
    String text = json ? jsonDocument() : yamlDocument();
    int mutations = chance(0.6) ? 0 : chance(0.8) ? 1 : 2 + random.nextInt(2);
    for (int i = 0; i < mutations; i++) {
      text = mutated(text, json ? JSON_PIECES : YAML_PIECES);
    }
    return encoded(text);
  }

  private byte[] encoded(String text) {
    double kind = random.nextDouble();
    if (kind < 0.02) {
      return ("\ufeff" + text).getBytes(UTF_8);
    }
    if (kind < 0.03) {
      return ("\ufeff" + text).getBytes(chance(0.5) ? UTF_16LE : UTF_16BE);
    }
    if (kind < 0.04) {
      return text.getBytes(chance(0.5) ? UTF_16LE : UTF_16BE);
    }
    if (kind < 0.05) {
      return text.replace("\n", chance(0.5) ? "\r\n" : "\r").getBytes(UTF_8);
    }
    byte[] bytes = text.getBytes(UTF_8);
    if (kind < 0.1) {
      int at = random.nextInt(bytes.length + 1);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      out.write(bytes, 0, at);
      out.writeBytes(BAD_BYTES[random.nextInt(BAD_BYTES.length)]);
      out.write(bytes, at, bytes.length - at);
      return out.toByteArray();
    }
    return kind < 0.11 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
  }

  private String mutated(String text, List<String> pieces) {
    int at = at(text);
    int to = Math.min(text.length(), at + 1 + random.nextInt(6));
    return switch (random.nextInt(8)) {
      case 0 -> text.substring(0, at) + text.substring(to);
      case 1 -> text.substring(0, to) + text.substring(at, to) + text.substring(to);
      case 2 -> text.substring(0, at);
      case 3 -> lines(text);
      default -> text.substring(0, at) + pick(pieces) + text.substring(at);
    };
  }

  private int at(String text) {
    int at = random.nextInt(text.length() + 1);
    return at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at + 1 : at;
  }

  /** Removes or repeats a line, or changes its indentation. */
  private String lines(String text) {
    String[] lines = text.split("\n", -1);
    int at = random.nextInt(lines.length);
    lines[at] =
        switch (random.nextInt(5)) {
          case 0 -> "";
          case 1 -> lines[at] + "\n" + lines[at];
          case 2 -> " " + lines[at];
          case 3 -> "\t" + lines[at];
          default -> lines[at].strip();
        };
    return String.join("\n", lines);
  }

  private String jsonDocument() {
    if (chance(0.04)) {
      return pick(
          List.of("", "null", "[]", "{}", " \n", "[null]", "\"x\"", "[[]]", "[{}]", "[{},null]"));
    }
    StringJoiner groups = new StringJoiner(chance(0.5) ? ", " : ",\n  ", "[", "]");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      groups.add(chance(0.97) ? jsonGroup() : pick(JSON_SCALARS));
    }
    return chance(0.3) ? groups + "\n" : groups.toString();
  }

  private String jsonGroup() {
    StringJoiner fields = new StringJoiner(", ", "{", "}");
    if (chance(0.9)) {
      fields.add("\"targets\": " + jsonTargets());
    }
    if (chance(0.7)) {
      fields.add("\"labels\": " + jsonLabels());
    }
    while (chance(0.12)) {
      String field = pick(FIELDS);
      boolean labels = field.toLowerCase(Locale.ROOT).startsWith("label");
      fields.add("\"" + field + "\": " + (labels ? jsonLabels() : jsonTargets()));
    }
    return fields.toString();
  }

  private String jsonTargets() {
    if (chance(0.05)) {
      return pick(JSON_SCALARS);
    }
    StringJoiner targets = new StringJoiner(", ", "[", "]");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      targets.add(chance(0.96) ? "\"" + pick(ADDRESSES) + "\"" : pick(JSON_SCALARS));
    }
    return targets.toString();
  }

  private String jsonLabels() {
    if (chance(0.05)) {
      return pick(JSON_SCALARS);
    }
    StringJoiner labels = new StringJoiner(", ", "{", "}");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String value = chance(0.95) ? "\"" + pick(TEXTS) + "\"" : pick(JSON_SCALARS);
      labels.add("\"" + (chance(0.9) ? NAMES.get(i) : pick(NAMES)) + "\": " + value);
    }
    return labels.toString();
  }

  private String yamlDocument() {
    if (chance(0.04)) {
      return pick(
          List.of(
              "",
              "~",
              "null",
              "[]",
              "{}",
              "\n",
              "# c\n",
              "---\n",
              "---\n...\n",
              "- \n",
              "- ~\n",
              "[null]",
              "- {}\n",
              "x\n",
              "- x\n",
              "--- []\n",
              "...\n",
              "[]\n---\n- x\n",
              "!!seq\n",
              "!!null x",
              "&a\n"));
    }
    if (chance(0.08)) {
      return jsonDocument();
    }
    StringBuilder out = new StringBuilder(chance(0.1) ? "---\n" : "");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      out.append(chance(0.03) ? "- " + pick(YAML_SCALARS) + "\n" : yamlGroup(i));
    }
    if (chance(0.1)) {
      out.append(chance(0.5) ? "...\n" : "---\n- targets: [second]\n");
    }
    return out.toString();
  }

  private String yamlGroup(int index) {
    StringBuilder out = new StringBuilder("- ");
    if (chance(0.1)) {
      out.append("&g").append(index).append('\n').append("  ");
    } else if (index > 0 && chance(0.05)) {
      out.append("<<: *g0\n  ");
    }
    boolean first = true;
    if (chance(0.92)) {
      out.append("targets:").append(yamlTargets());
      first = false;
    }
    if (chance(0.7)) {
      out.append(first ? "" : "  ").append("labels:").append(yamlLabels());
      first = false;
    }
    while (chance(0.04)) {
      String field = pick(FIELDS);
      boolean labels = field.startsWith("label");
      out.append(first ? "" : "  ").append(field).append(':');
      out.append(labels ? yamlLabels() : yamlTargets());
      first = false;
    }
    return first ? out.append("{}\n").toString() : out.toString();
  }

  private String yamlTargets() {
    if (chance(0.05)) {
      return " " + pick(YAML_SCALARS) + "\n";
    }
    boolean flow = chance(0.5);
    StringBuilder out = new StringBuilder(flow ? " [" : "\n");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String target = chance(0.88) ? "'" + pick(ADDRESSES) + "'" : pick(YAML_SCALARS);
      out.append(flow ? (i == 0 ? "" : ", ") : chance(0.5) ? "  - " : "    - ").append(target);
      out.append(flow ? "" : "\n");
    }
    return out.append(flow ? "]\n" : "").toString();
  }

  private String yamlLabels() {
    if (chance(0.05)) {
      return " " + pick(YAML_SCALARS) + "\n";
    }
    boolean flow = chance(0.4);
    StringBuilder out = new StringBuilder(flow ? " {" : "\n");
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      String name =
          chance(0.94) ? NAMES.get(i) : chance(0.5) ? "'" + pick(NAMES) + "'" : pick(YAML_SCALARS);
      String value = chance(0.82) ? "'" + pick(TEXTS) + "'" : pick(YAML_SCALARS);
      out.append(flow ? (i == 0 ? "" : ", ") : "    ").append(name).append(": ").append(value);
      out.append(flow ? "" : "\n");
    }
    return out.append(flow ? "}\n" : "").toString();
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private String pick(List<String> from) {
    return from.get(random.nextInt(from.size()));
  }
}
