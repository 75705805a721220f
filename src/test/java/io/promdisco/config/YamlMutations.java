package io.promdisco.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mutates the syntax of a YAML file: blanks and tabs, quotes and escapes, indentation, anchors,
 * tags, directives, block scalars, flow style, comments, line breaks and encodings. The same seed
 * gives the same changes. For one thread.
 */
final class YamlMutations {
  /** Replacements for a scalar; some mean the same and some are not YAML. */
  private static final List<String> SCALARS =
      List.of(
          "",
          "null",
          "Null",
          "NULL",
          "~",
          "''",
          "\"\"",
          "\"null\"",
          "'~'",
          "yes",
          "No",
          "on",
          "y",
          "true",
          "TRUE",
          "'true'",
          "0",
          "-0",
          "+5",
          "5",
          "08",
          "010",
          "0o17",
          "0x1F",
          "0X1f",
          "0b101",
          "-0b11",
          "1_000",
          "_1",
          "1__0_",
          "190:20:30",
          ".5",
          "5.",
          "5e3",
          "1e400",
          ".inf",
          "-.Inf",
          "+.INF",
          ".nan",
          "=",
          "<<",
          "2020-01-01",
          "2020-01-01T10:00:00Z",
          "18446744073709551615",
          "18446744073709551616",
          "-9223372036854775808",
          "9223372036854775808",
          "0xFFFFFFFFFFFFFFFFF",
          "5s",
          "1m30s",
          "'5s'",
          "? a",
          ": a",
          "- a",
          "-",
          "?",
          ":",
          "a: b",
          "a #b",
          "a#b",
          "#a",
          "@a",
          "`a`",
          "%a",
          "&a b",
          "*a",
          "!a",
          "|",
          ">",
          "[a]",
          "[]",
          "{}",
          "{a: b}",
          "[a, b]",
          "a, b",
          "a]",
          "}",
          "\\",
          "'a''b'",
          "\"a\\tb\"",
          "a\\tb",
          "http://a:80/?b=c#d",
          "::1",
          "[::1]:80",
          "[a: b]",
          "[? a]",
          "[? : a]",
          "[a, ]",
          "[, a]",
          "{a, b}",
          "{a:}",
          "{a:b}",
          "{\"a\":b}",
          "{? a : b}",
          "{: a}",
          "{a: b, }",
          "[a\n  b]",
          "\"a\n  b\"",
          "a\n    b",
          "'a\n\n  b'",
          "\"a\\\n  b\"");

  /** Text that go-yaml reads as null, always or for some types only. */
  private static final List<String> NULLS =
      List.of(
          "",
          "null",
          "Null",
          "NULL",
          "~",
          "!!null",
          "!!null ''",
          "!!null Null",
          "!!str",
          "!!str null",
          "! null",
          "''",
          "\"null\"",
          "'~'",
          "'Null'",
          "[null]",
          "[Null]",
          "[~, '']",
          "['null', \"~\"]",
          "[!!null '']",
          "{null: a}",
          "{Null: a}",
          "{a: null}",
          "{a: Null}",
          "{~: ~}",
          "{'null': '~'}",
          "{a: [null]}",
          "{a: [NULL]}",
          "{}",
          "[{}]",
          "&a null",
          "|-\n",
          "|-\n        null");

  private static final List<String> TAGS =
      List.of(
          "!!str",
          "!!int",
          "!!float",
          "!!bool",
          "!!null",
          "!!binary",
          "!!timestamp",
          "!!merge",
          "!!map",
          "!!seq",
          "!!set",
          "!!omap",
          "!",
          "!a",
          "!!",
          "!a!b",
          "!e!str",
          "!<tag:yaml.org,2002:str>",
          "!<tag:yaml.org,2002:int>",
          "!<!a>",
          "!<a",
          "!%61",
          "!%",
          "!%zz",
          "!%c3%a4",
          "!a%20",
          "!a,b",
          "!a[b]",
          "!a{",
          "!ä",
          "!!python/str",
          "!a\t",
          "!!str\n   ");

  private static final List<String> ANCHORS =
      List.of(
          "&a", "&a-b_1", "&A9", "&ä", "&a.b", "&a:", "&a,", "&", "&a]", "&a@", "&a\t", "&a\n   ",
          "& a", "&a/b", "&1");

  private static final List<String> HEADERS =
      List.of(
          "|", ">", "|-", ">-", "|+", ">+", "|2", ">1", "|2-", "|-2", "|+4", "|0", "|10", "| ",
          "|\t", "|# c", "| # c", ">-#c", "|-\t# c", "|a", "| a", "|--", "|-+", ">9", "|2 # c");

  private static final List<String> STARTS =
      List.of(
          "---\n",
          "--- \n",
          "---\t\n",
          "--- # c\n",
          "---\n---\n",
          "...\n",
          "...\n---\n",
          "%YAML 1.1\n---\n",
          "%YAML 1.2\n---\n",
          "%YAML 1.0\n---\n",
          "%YAML 2.0\n---\n",
          "%YAML 1.1 # c\n---\n",
          "%YAML  1.1\n",
          "%YAML 1.1\n%YAML 1.1\n---\n",
          "%YAML 1.100\n---\n",
          "%YAML 1\n---\n",
          "%YAML\t1.1\t\n---\n",
          "%TAG !e! tag:yaml.org,2002:\n---\n",
          "%TAG ! tag:yaml.org,2002:\n---\n",
          "%TAG !! !a\n---\n",
          "%TAG !e! !a\n%TAG !e! !b\n---\n",
          "%TAG !e tag:a\n---\n",
          "%TAG\n---\n",
          "%FOO a\n---\n",
          "%\n---\n",
          "%%\n---\n",
          " %YAML 1.1\n---\n",
          "# c\n%YAML 1.1\n---\n",
          "\n\n",
          "\t\n",
          " \t\n",
          "# c\n",
          "\uFEFF",
          "\uFEFF\uFEFF",
          "--- |\n",
          "--- &a\n",
          "--- !!map\n",
          "--- !a &a\n",
          "---\n# c\n\n",
          "--- {}\n",
          "--- {}\n---\n",
          "[]\n---\n",
          "a\n---\n",
          "&a\n",
          "!!map\n",
          "!a\n",
          "  ");

  private static final List<String> ENDS =
      List.of(
          "\n...\n",
          "\n---\n",
          "\n---\na: b\n",
          "\n...\n...\n",
          "\n... a\n",
          "\n...\na: b\n",
          "\n---\n\t\u0001\n",
          "\n---\n[\n",
          "\n%YAML 1.2\n---\n",
          "\n---\n" + "# filling\n".repeat(200) + "\u0001\n",
          "\n# c",
          "\t",
          "\n\t",
          "\n \t# c\n",
          "  ",
          "\n]",
          "\n}",
          "\n'",
          "\n\"",
          "\n|",
          "\u0000",
          "\n--- a\n",
          "\n---a\n",
          "\n...a\n",
          "\n-\n",
          "\n" + "# filling\n".repeat(150),
          "\n\u2028");

  private static final List<String> ESCAPES =
      List.of(
          "\\0",
          "\\a",
          "\\b",
          "\\t",
          "\\\t",
          "\\n",
          "\\v",
          "\\f",
          "\\r",
          "\\e",
          "\\ ",
          "\\\"",
          "\\'",
          "\\/",
          "\\\\",
          "\\N",
          "\\_",
          "\\L",
          "\\P",
          "\\x41",
          "\\x4",
          "\\xg1",
          "\\u0041",
          "\\u00e4",
          "\\ud83d\\ude00",
          "\\ud83d",
          "\\U0001F600",
          "\\U00110000",
          "\\UFFFFFFFF",
          "\\u",
          "\\c",
          "\\q",
          "\\.",
          "\\\n",
          "\\\n   ",
          "\\ \n",
          "\n",
          "\n\n  ",
          "\n---\n",
          "\n--- a",
          "\n...\n",
          "\n\t",
          "\t",
          "\u0085",
          "\u2028",
          "''",
          "\uFEFF",
          "\u00a0",
          "\u007f",
          "#",
          " #");

  private static final List<String> CHARACTERS =
      List.of(
          "\t", " ", "  ", "\n", "\r", "\r\n", "\u0085", "\u2028", "\u2029", "\u00a0", "\uFEFF",
          "'", "\"", ",", ":", "-", "?", "#", "&", "*", "!", "|", ">", "%", "@", "`", "{", "}", "[",
          "]", "\\", "~", "=", "<<", "0", "a", "ä", "😀", "\u0001", "\u0000", "\u007f", "\u0080",
          "\u009f", "\uFFFE", "\uFFFF", "\uFFFD", "\u001b", "\u200b", ": ", "- ", " #", "? ",
          "\n\t", "\t\n", " \t", "\t ", "---", "...", ": \n", ":\t");

  private static final List<String> KEYS =
      List.of(
          "<<: *a",
          "<<:",
          "<<: {}",
          "<<: []",
          "<<: [*a, *a]",
          "<<: [[]]",
          "<<: a",
          "\"<<\": {}",
          "! <<: {}",
          "!!merge <<: {}",
          "!!str <<: {}",
          "? a",
          "? a\n: b",
          "? [a]\n: b",
          "{}: a",
          "[]: a",
          "*a : b",
          "? *a\n: b",
          "'a': b",
          "\"a\" : b",
          "a : b",
          "a:b",
          "a:\tb",
          "a\t: b",
          "~: a",
          ": a",
          "!!null x: a",
          "!!int 5: a",
          "!!int x: a",
          "!!binary YQ==: a",
          "- a",
          "a",
          "# a",
          "\ta: b",
          " a: b",
          "#a: b",
          "&a a: b",
          "&b b: *b",
          "x: &x\n  y: *x",
          "%a: b",
          "@a: b",
          "a: b: c",
          "a: 'b' c",
          "a: \"b\": c",
          "a: [b] c",
          "a: |\n b",
          "...",
          "---",
          "a: >-\n\n  b\n c");

  private static final Pattern PAIR =
      Pattern.compile("^([ \\t]*(?:- +)*[^\\s:#'\"\\[{-][^\\s:#]*:)([ \\t]+)(\\S.*)$");
  private static final Pattern ITEM = Pattern.compile("^([ \\t]*(?:- +)*-)([ \\t]+)(\\S.*)$");

  private final SplittableRandom random;

  /** Creates mutations that depend on a seed and a number. */
  YamlMutations(long seed, long number) {
    random = new SplittableRandom(seed * 1_000_003 + number);
  }

  /** The content with one to three changes. */
  byte[] mutate(byte[] content) {
    String text = new String(content, StandardCharsets.UTF_8);
    int changes = 1 + (random.nextInt(3) == 0 ? random.nextInt(3) : 0);
    for (int i = 0; i < changes; i++) {
      String changed = change(text);
      for (int tries = 0; changed.equals(text) && tries < 10; tries++) {
        changed = change(text);
      }
      text = changed;
    }
    return encode(text);
  }

  private String change(String text) {
    return switch (random.nextInt(21)) {
      case 0 -> insertAnywhere(text, one(CHARACTERS));
      case 1 -> deleteSome(text);
      case 2, 3 -> blanks(text);
      case 4 -> indentation(text);
      case 5, 6 -> scalar(text, (Writing) YamlMutations::quoted);
      case 7 -> scalar(text, (Writing) YamlMutations::block);
      case 8 -> scalar(text, m -> m.one(SCALARS));
      case 9 -> scalar(text, m -> m.one(NULLS));
      case 10 -> properties(text, ANCHORS);
      case 11 -> properties(text, TAGS);
      case 12 -> aliases(text);
      case 13 -> one(STARTS) + text;
      case 14 -> text.stripTrailing() + one(ENDS);
      case 15 -> comments(text);
      case 16 -> breaks(text);
      case 17 -> keys(text);
      case 18 -> lines(text);
      case 19 -> nested(text);
      default -> escapes(text);
    };
  }

  private String one(List<String> list) {
    return list.get(random.nextInt(list.size()));
  }

  private String one(String... list) {
    return list[random.nextInt(list.length)];
  }

  private String insertAnywhere(String text, String what) {
    int at = random.nextInt(text.length() + 1);
    return text.substring(0, at) + what + text.substring(at);
  }

  private String deleteSome(String text) {
    if (text.isEmpty()) {
      return text;
    }
    int at = random.nextInt(text.length());
    int end = Math.min(text.length(), at + 1 + (random.nextInt(4) == 0 ? random.nextInt(8) : 0));
    return text.substring(0, at)
        + (random.nextInt(4) == 0 ? one(CHARACTERS) : "")
        + text.substring(end);
  }

  /** Inserts something at blanks, or blanks where they are allowed. */
  private String blanks(String text) {
    String[] patterns = {
      " ", ":(?= )", ": ", "- ", "(?m)$", "(?m)^", "(?m)^ +", ",", "\\[|\\{", "\\]|\\}", "'|\"",
      "\n"
    };
    String with = one("\t", " ", "\t\t", " \t", "\t ", "", "   ");
    int kind = random.nextInt(patterns.length);
    return replaceOne(
        text,
        patterns[kind],
        found ->
            switch (random.nextInt(3)) {
              case 0 -> found + with;
              case 1 -> with + found;
              default -> found.isBlank() && !found.contains("\n") ? with : found.strip() + with;
            });
  }

  private interface Change {
    String of(String found);
  }

  private String replaceOne(String text, String pattern, Change change) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    List<int[]> places = new ArrayList<>();
    while (matcher.find()) {
      places.add(new int[] {matcher.start(), matcher.end()});
    }
    if (places.isEmpty()) {
      return text;
    }
    int[] place = places.get(random.nextInt(places.size()));
    return text.substring(0, place[0])
        + change.of(text.substring(place[0], place[1]))
        + text.substring(place[1]);
  }

  private String indentation(String text) {
    List<String> lines = lineList(text);
    int from = random.nextInt(lines.size());
    int to = Math.min(lines.size(), from + 1 + (random.nextBoolean() ? 0 : random.nextInt(6)));
    int more = random.nextInt(-4, 5);
    for (int i = from; i < to; i++) {
      String line = lines.get(i);
      int blanks = line.length() - line.stripLeading().length();
      lines.set(i, " ".repeat(Math.max(0, blanks + more)) + line.stripLeading());
    }
    return String.join("\n", lines);
  }

  static List<String> lineList(String text) {
    return new ArrayList<>(Arrays.asList(text.split("\n", -1)));
  }

  private interface Writing {
    String of(YamlMutations random, String value, int indentation);

    static Writing of(java.util.function.Function<YamlMutations, String> any) {
      return (random, value, indentation) -> any.apply(random);
    }
  }

  private String scalar(String text, java.util.function.Function<YamlMutations, String> any) {
    return scalar(text, Writing.of(any));
  }

  /** Writes the value of one key, or one entry of a list, in another way. */
  private String scalar(String text, Writing writing) {
    List<String> lines = lineList(text);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (PAIR.matcher(lines.get(i)).matches() || ITEM.matcher(lines.get(i)).matches()) {
        places.add(i);
      }
    }
    if (places.isEmpty()) {
      return text;
    }
    int line = places.get(random.nextInt(places.size()));
    Matcher matcher = PAIR.matcher(lines.get(line));
    if (!matcher.matches()) {
      matcher = ITEM.matcher(lines.get(line));
      if (!matcher.matches()) {
        return text;
      }
    }
    String start = matcher.group(1);
    String value = matcher.group(3).replaceFirst("^(['\"])(.*)\\1$", "$2");
    int indentation = start.length() - start.replaceFirst("^[ \\t]*(- +)*", "").length();
    lines.set(line, start + matcher.group(2) + writing.of(this, value, indentation));
    return String.join("\n", lines);
  }

  private static String quoted(YamlMutations m, String value, int indentation) {
    return switch (m.random.nextInt(7)) {
      case 0 -> "'" + value + "'";
      case 1 -> "\"" + value + "\"";
      case 2 -> "\"" + m.insertAnywhere(value, m.one(ESCAPES)) + "\"";
      case 3 -> "'" + m.insertAnywhere(value, m.one(ESCAPES)) + "'";
      case 4 -> m.insertAnywhere(value, m.one(ESCAPES));
      case 5 ->
          "!!binary "
              + Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))
              + m.one("", "", "=", "\n", " ");
      default -> m.one("[", "{", "'", "\"") + value + m.one("]", "}", "'", "\"");
    };
  }

  private static String block(YamlMutations m, String value, int indentation) {
    String pad = " ".repeat(Math.max(0, indentation + m.random.nextInt(-1, 5)));
    String before = m.one("", "", "", "\n", "  \n", "\t\n", pad + "\n", pad + " \n", "# c\n");
    String after =
        m.one(
            "",
            "",
            "\n" + pad,
            "\n" + pad + "a",
            "\n" + pad + "# c",
            "\n# c",
            "\n" + pad + "\t",
            "\n\t",
            "\n" + pad + " a\n" + pad + "b");
    return m.one(HEADERS) + "\n" + before + pad + value + after;
  }

  /** Adds an anchor or a tag to a value or a key. */
  private String properties(String text, List<String> properties) {
    String property = one(properties) + one(" ", " ", " ", "", "\t", "\n");
    if (random.nextInt(4) == 0) {
      return replaceOne(text, "(?m)^[ \\t]*(- +)*(?=\\S)", found -> found + property);
    }
    if (random.nextInt(4) == 0) {
      return replaceOne(text, "(?m):$", found -> found + " " + property.stripTrailing());
    }
    return replaceOne(text, "(?<=[:,\\[-]) +(?=\\S)", found -> found + property);
  }

  /** Names a value and uses it elsewhere. */
  private String aliases(String text) {
    String named =
        replaceOne(text, "(?<=[:-]) +(?=\\S)|(?m)(?<=:)$", found -> " &a " + found.stripLeading());
    String alias = one("*a", "*a", "*a", "*b", "*a ", "* a", "*ä", "*a:", "*", "!!str *a", "&b *a");
    return switch (random.nextInt(4)) {
      case 0 -> replaceOne(named, "(?<=[:-] )[^&\\s][^\\s:]*$", found -> alias);
      case 1 -> replaceOne(named, "(?m)(?<=[:-] )[^&\\s].*$", found -> alias);
      case 2 ->
          replaceOne(
              named,
              "(?m)^( *)(?=[a-z])",
              found ->
                  found + "<<: " + one("*a", "[*a]", "[*a, *a]", "*b", "{<<: *a}") + "\n" + found);
      default -> named;
    };
  }

  private String comments(String text) {
    String comment =
        one(
            " # c",
            "# c",
            "\t# c",
            " #",
            "#c: d",
            " # ä\u0085",
            " # \u0001",
            " #\tc",
            " # 'c",
            "  # \"");
    return switch (random.nextInt(4)) {
      case 0 -> replaceOne(text, "(?m)$", found -> comment);
      case 1 -> replaceOne(text, "(?m)^", found -> " ".repeat(random.nextInt(8)) + comment + "\n");
      case 2 ->
          replaceOne(text, ": ", found -> ":" + comment + "\n" + " ".repeat(random.nextInt(8)));
      default -> replaceOne(text, "[,\\[{ ]", found -> found + comment + "\n");
    };
  }

  private String breaks(String text) {
    String other = one("\r\n", "\r", "\u0085", "\u2028", "\u2029", "\n\n", "\n \n", "\n\t\n");
    return random.nextInt(3) == 0
        ? text.replace("\n", other)
        : replaceOne(text, "\n", found -> other);
  }

  /** Adds a line beside another with the same indentation, or changes how a key is written. */
  private String keys(String text) {
    return switch (random.nextInt(6)) {
      case 0, 1 ->
          replaceOne(
              text,
              "(?m)^ *(?=[a-z])",
              found -> found + one(KEYS).replace("\n", "\n" + found) + "\n" + found);
      case 2 ->
          replaceOne(
              text,
              "(?m)^( *)(?:- )?[a-z_]+(?=:)",
              found ->
                  found.replaceFirst(
                      "([a-z_]+)",
                      one(
                          "'$1'",
                          "\"$1\"",
                          "? $1\n",
                          "$1 ",
                          "$1\t",
                          "!!str $1",
                          "&k $1",
                          "\"$1\" ",
                          "'$1'\t")));
      case 3 ->
          replaceOne(
              text,
              "(?<=[a-z]): ",
              found -> one(":", ":\n", ":\n          ", " : ", ":\t", "\n: ", ": ? ", ": - "));
      case 4 -> replaceOne(text, "(?m)^( *)[a-z_]+: .*$", found -> found + "\n" + found);
      default ->
          replaceOne(
              text,
              "(?m)^( *)[a-z_]+(?=:)",
              found -> found + one("", "x") + " ".repeat(random.nextInt(1010, 1030)));
    };
  }

  /** Writes something else instead of a list or mapping below a key or a dash. */
  private String nested(String text) {
    int line = random.nextInt(lineList(text).size());
    return withValue(text, line, one(random.nextBoolean() ? NULLS : SCALARS));
  }

  /** The file with another value in one line, instead of all that is written below it. */
  static String withValue(String text, int line, String value) {
    List<String> lines = lineList(text);
    String old = lines.get(line);
    int end = line + 1;
    while (end < lines.size()
        && (lines.get(end).isBlank() || indentationOf(lines.get(end)) > indentationOf(old))) {
      end++;
    }
    lines.subList(line + 1, end).clear();
    lines.set(line, old.replaceFirst("^([ \\t]*(?:- +)*(?:[^\\s:#]+:)?).*$", "$1") + " " + value);
    return String.join("\n", lines);
  }

  private static int indentationOf(String line) {
    return line.length() - line.stripLeading().length();
  }

  private String lines(String text) {
    List<String> lines = lineList(text);
    int at = random.nextInt(lines.size());
    int other = random.nextInt(lines.size());
    switch (random.nextInt(5)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(other, lines.get(at));
      case 2 -> lines.set(at, lines.set(other, lines.get(at)));
      case 3 ->
          lines.set(
              at,
              lines.get(at) + " " + (at + 1 < lines.size() ? lines.remove(at + 1).strip() : ""));
      default -> lines.set(at, insertAnywhere(lines.get(at), "\n" + " ".repeat(random.nextInt(8))));
    }
    return String.join("\n", lines);
  }

  private String escapes(String text) {
    return replaceOne(
        text, "(?<=['\"])[^'\"\n]*(?=['\"])", found -> insertAnywhere(found, one(ESCAPES)));
  }

  /** Encodes mostly as UTF-8; sometimes in another encoding, or with an extra byte. */
  private byte[] encode(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return switch (random.nextInt(60)) {
      case 0 -> ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE);
      case 1 -> ("\uFEFF" + text).getBytes(StandardCharsets.UTF_16BE);
      case 2 -> text.getBytes(StandardCharsets.UTF_16LE);
      case 3 -> ("\uFEFF" + text).getBytes(StandardCharsets.UTF_8);
      case 4 -> text.getBytes(StandardCharsets.ISO_8859_1);
      case 5 -> withOctet(utf8, random.nextInt(256));
      case 6 -> Arrays.copyOf(utf8, random.nextInt(utf8.length + 1));
      case 7 ->
          withOctet(("\uFEFF" + text).getBytes(StandardCharsets.UTF_16LE), random.nextInt(256));
      default -> utf8;
    };
  }

  private byte[] withOctet(byte[] content, int octet) {
    int at = random.nextInt(content.length + 1);
    byte[] with = new byte[content.length + 1];
    System.arraycopy(content, 0, with, 0, at);
    with[at] = (byte) octet;
    System.arraycopy(content, at, with, at + 1, content.length - at);
    return with;
  }
}
