package io.promdisco.cli.output;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promdisco.model.Position;
import io.promdisco.util.PrintableText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/** Prints documents of maps, lists, strings, numbers and booleans for programs. */
public final class StructuredPrinter {
  /** The format of a result. */
  public enum Form {
    /** Text for people. */
    TEXT,
    /** JSON for programs. */
    JSON,
    /** YAML for programs. */
    YAML
  }

  private StructuredPrinter() {}

  /**
   * Prints {@code document} as JSON, or else as YAML.
   *
   * @param document for JSON possibly an iterator, whose elements are written one by one
   */
  public static void print(Console console, Form form, Object document) {
    if (form == Form.JSON) {
      PrintStream out = console.document(DocumentStream.Form.JSON);
      json(document, out);
    } else {
      console.out().print(yaml(document));
    }
    console.out().flush();
  }

  /** Writes JSON and a line break. */
  public static void json(Object document, PrintStream out) {
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter().withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
    ObjectMapper mapper = new ObjectMapper().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    try {
      mapper.writer(printer).writeValue(out, document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
    out.flush();
  }

  /**
   * Returns a document as YAML in block style, without folded lines and aliases. Control characters
   * and invisible characters are escaped.
   */
  public static String yaml(Object document) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out =
        new PrintStream(
            new DocumentStream(bytes, DocumentStream.Form.YAML), false, StandardCharsets.UTF_8);
    out.print(writer().dump(document));
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static Yaml writer() {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    options.setDereferenceAliases(true);
    options.setNonPrintableStyle(DumperOptions.NonPrintableStyle.ESCAPE);
    options.setWidth(1 << 20);
    options.setMaxSimpleKeyLength(1024);
    return new Yaml(new Quoting(options), options);
  }

  /**
   * Quotes every text that a reader of some YAML version could take for a number, a date, a boolean
   * or null, such as the {@code 12e3} of a commit, and escapes what is not plain text: control
   * characters, all line breaks, byte order marks.
   */
  private static final class Quoting extends Representer {
    private static final Pattern QUOTED =
        Pattern.compile(
            "[-+.0-9~:?].*|(?i:true|false|yes|no|on|off|y|n|null|<<|=)"
                + "|.*[\\p{Cntrl}\\x80-\\xA0\\x{2028}\\x{2029}\\x{FEFF}\\x{FFFE}\\x{FFFF}\\p{Cs}].*",
            Pattern.DOTALL);

    Quoting(DumperOptions options) {
      super(options);
      // The inherited representer writes text with control characters as !!binary.
      representers.put(String.class, text -> representScalar(Tag.STR, (String) text));
    }

    @Override
    protected Node representScalar(
        Tag tag, String value, DumperOptions.@Nullable ScalarStyle style) {
      boolean quoted =
          tag.equals(Tag.STR)
              && (QUOTED.matcher(value).matches() || value.codePoints().anyMatch(this::isEscaped));
      return super.representScalar(
          tag, value, quoted ? DumperOptions.ScalarStyle.DOUBLE_QUOTED : style);
    }

    private boolean isEscaped(int c) {
      return c != '\n' && PrintableText.isHidden(c);
    }
  }

  /** Returns a map of names and values in this order. */
  public static Map<String, Object> map(@Nullable Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
    }
    return map;
  }

  /** Returns a constant as documents and options spell it: {@code http-sd}. */
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Map<String, Object> position(Position position) {
    return map("file", position.file(), "line", position.line(), "column", position.column());
  }
}
