package io.promdisco.config.section;

import io.promdisco.Internal;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;

/**
 * File name patterns of Go: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]} and {@code \} in any
 * part of a path. Hidden files match like other files; braces have no special meaning.
 *
 * @hidden
 */
@Internal
public final class Globs {
  private Globs() {}

  /**
   * Returns the matching files, sorted; empty if there are none, or if a folder cannot be read.
   *
   * @throws PatternSyntaxException if {@code pattern} is malformed
   */
  public static List<Path> files(String pattern) {
    if (pattern.isEmpty()) {
      return List.of();
    }
    Path path;
    try {
      path = Path.of(pattern);
    } catch (InvalidPathException e) {
      return List.of(); // No such file can exist.
    }
    check(pattern);
    List<Path> found = new ArrayList<>();
    found.add(path.getRoot() == null ? Path.of("") : path.getRoot());
    for (Path part : path) {
      List<Path> next = new ArrayList<>();
      for (Path folder : found) {
        if (hasMeta(part.toString())) {
          next.addAll(matching(folder, part.toString()));
        } else {
          addIfThere(folder.resolve(part), next);
        }
      }
      found = next;
    }
    found.sort(null);
    return found;
  }

  /** Rejects patterns that Go rejects before it looks at any file. */
  private static void check(String pattern) {
    String prefix = pattern;
    while (hasMeta(prefix)) {
      matches(prefix, "");
      int slash = prefix.lastIndexOf('/');
      prefix = slash < 0 ? "" : prefix.substring(0, slash);
    }
  }

  private static boolean hasMeta(String text) {
    return text.chars().anyMatch(c -> "*?[\\".indexOf(c) >= 0);
  }

  private static void addIfThere(Path path, List<Path> to) {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      to.add(path);
    }
  }

  private static List<Path> matching(Path folder, String pattern) {
    List<Path> matching = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return matching;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (matches(pattern, entry.getFileName().toString())) {
          matching.add(folder.resolve(entry.getFileName()));
        }
      }
      return matching;
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // As in Go, a folder that cannot be read counts as empty.
    }
  }

  /**
   * Whether a name matches. As in Go, matching stops at the next star after the first mismatch, so
   * a syntax error behind that star is not noticed.
   *
   * @throws PatternSyntaxException if the part of the pattern that is read is malformed
   */
  static boolean matches(String pattern, String name) {
    int at = 0;
    int rest = 0;
    while (at < pattern.length()) {
      int start = at;
      while (start < pattern.length() && pattern.charAt(start) == '*') {
        start++;
      }
      boolean star = start > at;
      at = chunkEnd(pattern, start);
      boolean last = at == pattern.length();
      if (star && start == at) {
        return name.indexOf('/', rest) < 0;
      }
      String chunk = pattern.substring(start, at);
      int end = -1;
      for (int from = rest; from <= name.length() && end < 0; from++) {
        int found = new Chunk(pattern, chunk, name, from).match();
        end = last && found >= 0 && found < name.length() ? -1 : found;
        if (!star || (from < name.length() && name.charAt(from) == '/')) {
          break;
        }
      }
      if (end < 0) {
        return false;
      }
      rest = end;
    }
    return rest == name.length();
  }

  /** Returns the index of the next star after {@code start}. */
  private static int chunkEnd(String pattern, int start) {
    boolean inClass = false;
    int i = start;
    while (i < pattern.length() && (inClass || pattern.charAt(i) != '*')) {
      char c = pattern.charAt(i);
      inClass = c == '[' || (inClass && c != ']');
      i += c == '\\' && i + 1 < pattern.length() ? 2 : 1;
    }
    return i;
  }

  /** Matches a part of a pattern without a star against a name from an index on. */
  private static final class Chunk {
    private final String pattern;
    private final String chunk;
    private final String name;
    private int at;
    private int in;
    private boolean failed;

    Chunk(String pattern, String chunk, String name, int from) {
      this.pattern = pattern;
      this.chunk = chunk;
      this.name = name;
      this.in = from;
    }

    /** Returns the end of the match in the name, or -1 if it does not match. */
    int match() {
      while (at < chunk.length()) {
        int next = next();
        int c = chunk.codePointAt(at);
        if (c == '[') {
          at++;
          failed |= !classHas(next);
        } else if (c == '?') {
          at++;
          failed |= next == '/';
        } else {
          at += c == '\\' ? 1 : 0;
          failed |= literal() != next;
        }
      }
      return failed ? -1 : in;
    }

    private int next() {
      failed |= in == name.length();
      if (failed) {
        return -1;
      }
      int c = name.codePointAt(in);
      in += Character.charCount(c);
      return c;
    }

    private int literal() {
      if (at == chunk.length()) {
        throw wrong();
      }
      int c = chunk.codePointAt(at);
      at += Character.charCount(c);
      return c;
    }

    private boolean classHas(int c) {
      boolean negated = at < chunk.length() && chunk.charAt(at) == '^';
      at += negated ? 1 : 0;
      boolean found = false;
      for (int first = at; at == first || at >= chunk.length() || chunk.charAt(at) != ']'; ) {
        int low = bound();
        int high = low;
        if (chunk.charAt(at) == '-') {
          at++;
          high = bound();
        }
        found |= low <= c && c <= high;
      }
      at++;
      return found != negated;
    }

    /** Reads one end of a range; more of the class must follow. */
    private int bound() {
      if (at < chunk.length() && (chunk.charAt(at) == '-' || chunk.charAt(at) == ']')) {
        throw wrong();
      }
      at += at < chunk.length() && chunk.charAt(at) == '\\' ? 1 : 0;
      int c = literal();
      if (at == chunk.length()) {
        throw wrong();
      }
      return c;
    }

    private PatternSyntaxException wrong() {
      return new PatternSyntaxException("syntax error in pattern", pattern, -1);
    }
  }
}
