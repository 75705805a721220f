package io.promdisco.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A parsed Markdown document. */
final class Page {
  private static final String FENCE = "```";

  private final Path path;
  private final List<String> lines;

  private Page(Path path, List<String> lines) {
    this.path = path;
    this.lines = lines;
  }

  /**
   * A block of code.
   *
   * @param line the number of its first line, from 1
   * @param language the text after the fence; may be empty
   * @param mark the comment in the line before, without {@code <!--}; empty if there is none
   */
  record Block(int line, String language, String mark, String text) {
    /** Returns the text of the mark after {@code key:}; empty if it is another mark. */
    String marked(String key) {
      return mark.startsWith(key + ":") ? mark.substring(key.length() + 1).trim() : "";
    }
  }

  static Page read(Path path) throws IOException {
    return new Page(path, Files.readAllLines(path));
  }

  /** Every document of the repository, except those about one decision. */
  static List<Path> all() throws IOException {
    List<Path> all = new ArrayList<>();
    try (Stream<Path> top = Files.list(Path.of(""));
        Stream<Path> docs = Files.list(Path.of("docs"))) {
      Stream.concat(top, docs)
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .forEach(all::add);
    }
    return all;
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    int at = 0;
    while (at < lines.size()) {
      if (lines.get(at).startsWith(FENCE)) {
        int end = at + 1;
        while (!lines.get(end).equals(FENCE)) {
          end++;
        }
        String before = at == 0 ? "" : lines.get(at - 1);
        String mark =
            before.startsWith("<!-- ") && before.endsWith(" -->")
                ? before.substring(5, before.length() - 4)
                : "";
        String text = String.join("\n", lines.subList(at + 1, end)) + "\n";
        blocks.add(new Block(at + 1, lines.get(at).substring(FENCE.length()), mark, text));
        at = end;
      }
      at++;
    }
    return blocks;
  }

  /** The lines outside of blocks of code. */
  List<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean code = false;
    for (String line : lines) {
      if (line.startsWith(FENCE)) {
        code = !code;
      } else if (!code) {
        prose.add(line);
      }
    }
    return prose;
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
