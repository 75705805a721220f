package io.promdisco.config;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * File name patterns as Go has them: {@code *}, {@code ?}, {@code [a-z]}, {@code [^a]} and {@code
 * \} in any part of a path. Hidden files match as others do; braces stand for themselves.
 */
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
    List<Path> found = new ArrayList<>();
    found.add(path.getRoot() == null ? Path.of("") : path.getRoot());
    for (Path part : path) {
      Pattern name = Pattern.compile(regex(part.toString()), Pattern.DOTALL);
      boolean literal = part.toString().matches("[^*?\\[\\\\]*");
      List<Path> next = new ArrayList<>();
      for (Path folder : found) {
        if (literal) {
          addIfThere(folder.resolve(part), next);
        } else {
          next.addAll(matching(folder, name));
        }
      }
      found = next;
    }
    found.sort(null);
    return found;
  }

  private static void addIfThere(Path path, List<Path> to) {
    if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      to.add(path);
    }
  }

  private static List<Path> matching(Path folder, Pattern name) {
    List<Path> matching = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return matching;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        if (name.matcher(entry.getFileName().toString()).matches()) {
          matching.add(folder.resolve(entry.getFileName()));
        }
      }
      return matching;
    } catch (IOException | DirectoryIteratorException e) {
      return List.of(); // As in Go, a folder that cannot be read holds nothing.
    }
  }

  /** Translates one part of a path. */
  static String regex(String glob) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < glob.length(); i++) {
      char c = glob.charAt(i);
      if (c == '*') {
        out.append(".*");
      } else if (c == '?') {
        out.append('.');
      } else if (c == '[') {
        i = appendClass(glob, i, out);
      } else {
        if (c == '\\') {
          i++;
        }
        if (i == glob.length()) {
          throw wrong(glob);
        }
        out.append(Pattern.quote(String.valueOf(glob.charAt(i))));
      }
    }
    return out.toString();
  }

  /** Translates the class that begins at {@code start}; where it ends. */
  private static int appendClass(String glob, int start, StringBuilder out) {
    int i = start + 1;
    out.append('[');
    if (i < glob.length() && glob.charAt(i) == '^') {
      out.append('^');
      i++;
    }
    out.append("\\x{0}"); // In no name: a class that is left without a range matches nothing.
    int first = i;
    while (i < glob.length() && (glob.charAt(i) != ']' || i == first)) {
      char c = glob.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '-' || c == ']') {
        throw wrong(glob);
      }
      i = appendRange(glob, i, out);
    }
    if (i >= glob.length()) {
      throw wrong(glob);
    }
    out.append(']');
    return i;
  }

  private static int appendRange(String glob, int start, StringBuilder out) {
    int i = start;
    if (i >= glob.length()) {
      throw wrong(glob);
    }
    int low = glob.charAt(i);
    int high = low;
    i++;
    if (i < glob.length() && glob.charAt(i) == '-') {
      i++;
      if (i < glob.length() && glob.charAt(i) == '\\') {
        i++;
      }
      if (i >= glob.length() || glob.charAt(i) == ']') {
        throw wrong(glob);
      }
      high = glob.charAt(i);
      i++;
    }
    if (low <= high) { // As in Go, another range is none, and no error.
      out.append(String.format("\\x{%x}-\\x{%x}", low, high));
    }
    return i;
  }

  private static PatternSyntaxException wrong(String glob) {
    return new PatternSyntaxException("syntax error in pattern", glob, -1);
  }
}
