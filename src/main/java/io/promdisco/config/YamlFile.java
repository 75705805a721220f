package io.promdisco.config;

import io.promdisco.model.Position;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/** Turns bytes into the nodes of their first YAML document. */
final class YamlFile {
  static final int MOST_BYTES = 32 << 20;
  private static final int DEEPEST = 100;

  private YamlFile() {}

  /** The first document; nothing if there is none, or if it is no YAML, which is a problem. */
  static Optional<Node> parse(byte[] content, Problems problems) {
    if (content.length > MOST_BYTES) {
      problems.error(
          new Position(problems.file(), 1, 1),
          ProblemKind.SYNTAX,
          "",
          "the file is too large (expected: at most " + MOST_BYTES + " bytes)");
      return Optional.empty();
    }
    String text;
    try {
      text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(content))
              .toString();
    } catch (CharacterCodingException e) {
      problems.error(
          badByte(content, problems.file()), ProblemKind.SYNTAX, "", "not UTF-8: invalid octet");
      return Optional.empty();
    }
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    return parse(text, problems);
  }

  private static Optional<Node> parse(String text, Problems problems) {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MOST_BYTES);
    options.setNestingDepthLimit(DEEPEST);
    options.setMaxAliasesForCollections(Integer.MAX_VALUE); // AliasGuard counts what they become.
    @Nullable Parser parser = null;
    try {
      parser = new Parser(new StreamReader(text), options);
      Composer composer = new Composer(parser, new Scalars.Undecided(), options);
      return composer.checkNode() ? Optional.of(composer.getNode()) : Optional.empty();
    } catch (MarkedYAMLException e) {
      String context = e.getContext() == null ? "" : e.getContext() + ": ";
      problems.error(
          problems.position(e.getProblemMark()),
          ProblemKind.SYNTAX,
          "",
          context + problem(e) + Hints.ofSyntax(text, e));
    } catch (ReaderException e) {
      problems.error(
          place(text, e.getPosition(), problems.file()),
          ProblemKind.SYNTAX,
          "",
          String.format("control character U+%04X is not allowed", e.getCodePoint()));
    } catch (IllegalArgumentException e) { // Tags that SnakeYAML will not have, as "!%a".
      problems.error(
          parser == null || parser.latest == null
              ? new Position(problems.file(), 1, 1)
              : problems.position(parser.latest),
          ProblemKind.SYNTAX,
          "",
          "not a tag (expected: quotes around text that begins with \"!\")");
    } catch (YAMLException | StackOverflowError e) {
      String message = e instanceof StackOverflowError ? "nested too deeply" : e.getMessage();
      problems.error(
          new Position(problems.file(), 1, 1), ProblemKind.SYNTAX, "", String.valueOf(message));
    }
    return Optional.empty();
  }

  /** SnakeYAML's words, without its advice about indentation where that is not what is wrong. */
  private static String problem(MarkedYAMLException e) {
    String problem = String.valueOf(e.getProblem());
    int advice = problem.indexOf(". (Do not use ");
    return advice < 0 || problem.contains("TAB") ? problem : problem.substring(0, advice);
  }

  /** Knows where it is, for failures that do not say so. */
  private static final class Parser extends ParserImpl {
    /** About what a value takes with its places. */
    private static final int VALUE = 350;

    private static final long MOST = Runtime.getRuntime().maxMemory() / 2 / VALUE;

    private @Nullable Mark latest;
    private long events;

    Parser(StreamReader reader, LoaderOptions options) {
      super(reader, options);
    }

    @Override
    public Event getEvent() {
      Event event = super.getEvent();
      if (++events > MOST) {
        throw new YAMLException(
            "more than " + MOST + " values (expected: fewer, or a larger heap: -Xmx)");
      }
      latest = event.getStartMark();
      return event;
    }
  }

  private static Position place(String text, int index, String file) {
    int end = Math.min(Math.max(0, index), text.length());
    int line = 1;
    int lineStart = 0;
    for (int i = 0; i < end; i++) {
      if (text.charAt(i) == '\n') {
        line++;
        lineStart = i + 1;
      }
    }
    return new Position(file, line, end - lineStart + 1);
  }

  private static Position badByte(byte[] content, String file) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < content.length; i++) {
      int length = sequenceLength(content, i);
      if (length == 0) {
        break;
      }
      if (content[i] == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
      i += length - 1;
    }
    return new Position(file, line, column);
  }

  /** Length of the UTF-8 sequence at {@code at}; 0 if there is none. */
  private static int sequenceLength(byte[] content, int at) {
    int first = content[at] & 0xff;
    int length = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (length == 0 || at + length > content.length) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((content[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }
}
