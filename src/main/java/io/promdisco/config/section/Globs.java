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
 * File name patterns as Go has them: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]} and {@code
 * \} in any part of a path. Hidden files match as others do; braces stand for themselves.
 *
 * @hidden
 */
@Internal
public final class Globs {
  private Globs() {}

  /**
   * The files that match, sorted; none if there is none, or if a folder cannot be read.
   *
   * @throws PatternSyntaxException if {@code pattern} is none
   */
  public static List<Path> files(String pattern) {
    if (pattern.isEmpty()) {
      return List.of();
    }
    Path path;
    try {
      path = Path.of(pattern);
    } catch (InvalidPathException e) {
      return List.of(); // There can be no such file.
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

  /** Refuses what Go refuses before it looks at any file. */
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
      return List.of(); // As in Go, a folder that cannot be read holds nothing.
    }
  }

  /**
   * Whether a name matches. As in Go, what follows the first mismatch is not read, so that it may
   * be no pattern; but from a mismatch to the next star it is.
   *
   * @throws PatternSyntaxException if what is read is no pattern
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

  /** Where the part of a pattern that begins at {@code start} meets the next star. */
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

  /** A part of a pattern without a star, matched with a name from an index on. */
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

    /** Where the match ends in the name; -1 if there is none. */
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

    /** One end of a range; more of the class must follow. */
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
