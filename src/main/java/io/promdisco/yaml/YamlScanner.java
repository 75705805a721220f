package io.promdisco.yaml;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.scanner.Scanner;
import org.yaml.snakeyaml.scanner.ScannerException;
import org.yaml.snakeyaml.tokens.AliasToken;
import org.yaml.snakeyaml.tokens.AnchorToken;
import org.yaml.snakeyaml.tokens.BlockEndToken;
import org.yaml.snakeyaml.tokens.BlockEntryToken;
import org.yaml.snakeyaml.tokens.BlockMappingStartToken;
import org.yaml.snakeyaml.tokens.BlockSequenceStartToken;
import org.yaml.snakeyaml.tokens.DirectiveToken;
import org.yaml.snakeyaml.tokens.DocumentEndToken;
import org.yaml.snakeyaml.tokens.DocumentStartToken;
import org.yaml.snakeyaml.tokens.FlowEntryToken;
import org.yaml.snakeyaml.tokens.FlowMappingEndToken;
import org.yaml.snakeyaml.tokens.FlowMappingStartToken;
import org.yaml.snakeyaml.tokens.FlowSequenceEndToken;
import org.yaml.snakeyaml.tokens.FlowSequenceStartToken;
import org.yaml.snakeyaml.tokens.KeyToken;
import org.yaml.snakeyaml.tokens.ScalarToken;
import org.yaml.snakeyaml.tokens.StreamEndToken;
import org.yaml.snakeyaml.tokens.StreamStartToken;
import org.yaml.snakeyaml.tokens.TagToken;
import org.yaml.snakeyaml.tokens.TagTuple;
import org.yaml.snakeyaml.tokens.Token;
import org.yaml.snakeyaml.tokens.ValueToken;

/**
 * Makes the tokens of a file as go-yaml v2 does: where tabs and simple keys are allowed, which
 * escapes, anchors, tags and directives exist, and what ends a scalar (decision 0020). For one
 * thread.
 */
final class YamlScanner implements Scanner {
  /** The maximum number of characters from the beginning of a key without "?" to its colon. */
  private static final int LONGEST_KEY = 1024;

  /** The maximum nesting in go-yaml, for flow style and for block style. */
  private static final int DEEPEST = 10_000;

  private static final String MISSING_COLON = "could not find expected ':'";

  private final YamlInput in;
  private final List<Token> tokens = new ArrayList<>();

  /** The number of the first token in {@code tokens}. */
  private int taken;

  private boolean started;
  private boolean ended;
  private int flowLevel;
  private int indent = -1;
  private int[] indents = new int[16];
  private int indentCount;
  private boolean simpleKeyAllowed = true;

  /** The possible simple key of each flow level. */
  private final List<SimpleKey> keys = new ArrayList<>(List.of(new SimpleKey()));

  /** A place at which a key without "?" may have begun. */
  private static final class SimpleKey {
    /** Whether a colon may still follow. */
    boolean isPossible;

    /** Whether a colon must follow. */
    boolean isRequired;

    /** Whether its token cannot be returned until that is known. */
    boolean isAwaited;

    int token;
    int index;
    int line;
    @Nullable Mark mark;
  }

  /**
   * Creates a scanner at the first token of a file.
   *
   * @param content the whole file, in UTF-8, or in UTF-16 with a byte order mark
   */
  public YamlScanner(byte[] content) {
    in = new YamlInput(content);
  }

  @Override
  public boolean checkToken(Token.ID... choices) {
    fetchMoreTokens();
    if (tokens.isEmpty()) {
      return false;
    }
    for (Token.ID choice : choices) {
      if (tokens.get(0).getTokenId() == choice) {
        return true;
      }
    }
    return choices.length == 0;
  }

  @Override
  public Token peekToken() {
    fetchMoreTokens();
    return tokens.get(0);
  }

  @Override
  public Token getToken() {
    fetchMoreTokens();
    taken++;
    return tokens.remove(0);
  }

  @Override
  public void resetDocumentIndex() {}

  /** Scans until the first token is certain, because no key can begin before it. */
  private void fetchMoreTokens() {
    while (!ended && (tokens.isEmpty() || isKeyAwaited())) {
      fetchNextToken();
    }
  }

  private boolean isKeyAwaited() {
    for (SimpleKey key : keys) {
      if (key.isAwaited && key.token == taken) {
        return isValid(key);
      }
    }
    return false;
  }

  private void fetchNextToken() {
    if (!started) {
      started = true;
      tokens.add(new StreamStartToken(in.mark(), in.mark()));
      return;
    }
    scanToNextToken();
    unrollIndent(in.column());
    int c = in.peek();
    if (c == YamlInput.END) {
      fetchStreamEnd();
    } else if (in.column() == 0 && c == '%') {
      fetchDirective();
    } else if (in.column() == 0 && isDocumentIndicator()) {
      fetchDocumentIndicator();
    } else if (c == '[' || c == '{') {
      fetchFlowCollectionStart(c);
    } else if (c == ']' || c == '}') {
      fetchFlowCollectionEnd(c);
    } else if (c == ',') {
      fetchFlowEntry();
    } else if (c == '-' && in.isBlankOrEnd(1)) {
      fetchBlockEntry();
    } else if (c == '?' && (flowLevel > 0 || in.isBlankOrEnd(1))) {
      fetchKey();
    } else if (c == ':' && (flowLevel > 0 || in.isBlankOrEnd(1))) {
      fetchValue();
    } else if (c == '*' || c == '&') {
      fetchAnchor(c == '*');
    } else if (c == '!') {
      saveSimpleKey();
      simpleKeyAllowed = false;
      tokens.add(scanTag());
    } else if ((c == '|' || c == '>') && flowLevel == 0) {
      removeSimpleKey();
      simpleKeyAllowed = true;
      tokens.add(scanBlockScalar());
    } else if (c == '\'' || c == '"') {
      saveSimpleKey();
      simpleKeyAllowed = false;
      tokens.add(scanQuotedScalar());
    } else if (beginsPlainScalar(c)) {
      saveSimpleKey();
      simpleKeyAllowed = false;
      tokens.add(scanPlainScalar());
    } else {
      throw failure(
          "while scanning for the next token",
          in.mark(),
          c == '\t'
              ? "found a tab that cannot start any token (expected: blanks for indentation)"
              : "found character '" + Character.toString(c) + "' that cannot start any token");
    }
  }

  private boolean beginsPlainScalar(int c) {
    return switch (c) {
      case ' ',
          '\t',
          ',',
          '[',
          ']',
          '{',
          '}',
          '#',
          '&',
          '*',
          '!',
          '|',
          '>',
          '\'',
          '"',
          '%',
          '@',
          '`' ->
          false;
      case '-' -> true; // "- " is an entry of a list.
      case '?', ':' -> flowLevel == 0;
      default -> !YamlInput.isBreakOrEnd(c);
    };
  }

  private boolean isDocumentIndicator() {
    return (in.startsWith("---") || in.startsWith("...")) && in.isBlankOrEnd(3);
  }

  /**
   * Whether a colon may still follow a key: it must be in the same line, and not too far from its
   * beginning.
   */
  private boolean isValid(SimpleKey key) {
    if (key.isPossible && (key.line < in.line() || key.index + LONGEST_KEY < in.index())) {
      refuseIfRequired(key);
      key.isPossible = false;
    }
    return key.isPossible;
  }

  private void refuseIfRequired(SimpleKey key) {
    if (key.isRequired) {
      throw failure("while scanning a simple key", key.mark, MISSING_COLON);
    }
  }

  private SimpleKey key() {
    return keys.get(keys.size() - 1);
  }

  private void saveSimpleKey() {
    if (simpleKeyAllowed) {
      removeSimpleKey();
      SimpleKey key = key();
      key.isPossible = true;
      key.isRequired = flowLevel == 0 && indent == in.column();
      key.isAwaited = true;
      key.token = taken + tokens.size();
      key.mark = in.mark();
      key.index = in.index();
      key.line = in.line();
    }
  }

  private void removeSimpleKey() {
    SimpleKey key = key();
    if (key.isPossible) {
      refuseIfRequired(key);
      key.isPossible = false;
      key.isAwaited = false;
    }
  }

  private void rollIndent(int column, int at, Token start) {
    if (flowLevel == 0 && indent < column) {
      if (indentCount == DEEPEST) {
        throw failure("while increasing indent level", in.mark(), "nested too deeply");
      }
      if (indentCount == indents.length) {
        indents = Arrays.copyOf(indents, 2 * indentCount);
      }
      indents[indentCount++] = indent;
      indent = column;
      insert(at, start);
    }
  }

  /** Inserts a token; at the end if its place is already returned. */
  private void insert(int number, Token token) {
    int at = number - taken;
    tokens.add(at < 0 ? tokens.size() : at, token);
  }

  private int last() {
    return taken + tokens.size();
  }

  private void unrollIndent(int column) {
    unrollIndent(column, in.mark());
  }

  private void unrollIndent(int column, Mark at) {
    while (flowLevel == 0 && indent > column) {
      tokens.add(new BlockEndToken(at, at));
      indent = indents[--indentCount];
    }
  }

  private void fetchStreamEnd() {
    Mark end = in.mark();
    in.endLine();
    unrollIndent(-1, end);
    removeSimpleKey();
    simpleKeyAllowed = false;
    tokens.add(new StreamEndToken(end, end));
    ended = true;
  }

  private void fetchDirective() {
    unrollIndent(-1);
    removeSimpleKey();
    simpleKeyAllowed = false;
    tokens.add(scanDirective());
  }

  private void fetchDocumentIndicator() {
    unrollIndent(-1);
    removeSimpleKey();
    simpleKeyAllowed = false;
    boolean start = in.peek() == '-';
    Mark mark = in.mark();
    in.skip(3);
    tokens.add(
        start ? new DocumentStartToken(mark, in.mark()) : new DocumentEndToken(mark, in.mark()));
  }

  private void fetchFlowCollectionStart(int c) {
    saveSimpleKey();
    SimpleKey key = new SimpleKey();
    key.token = last();
    keys.add(key);
    flowLevel++;
    if (flowLevel > DEEPEST) {
      throw failure("while increasing flow level", in.mark(), "nested too deeply");
    }
    simpleKeyAllowed = true;
    Mark mark = in.mark();
    in.skip();
    tokens.add(
        c == '['
            ? new FlowSequenceStartToken(mark, in.mark())
            : new FlowMappingStartToken(mark, in.mark()));
  }

  private void fetchFlowCollectionEnd(int c) {
    removeSimpleKey();
    if (flowLevel > 0) {
      flowLevel--;
      int token = keys.remove(keys.size() - 1).token;
      for (SimpleKey key : keys) {
        if (key.token == token) { // For an empty collection, go-yaml does not treat it as a key.
          key.isAwaited = false;
        }
      }
    }
    simpleKeyAllowed = false;
    Mark mark = in.mark();
    in.skip();
    tokens.add(
        c == ']'
            ? new FlowSequenceEndToken(mark, in.mark())
            : new FlowMappingEndToken(mark, in.mark()));
  }

  private void fetchFlowEntry() {
    removeSimpleKey();
    simpleKeyAllowed = true;
    Mark mark = in.mark();
    in.skip();
    tokens.add(new FlowEntryToken(mark, in.mark()));
  }

  private void fetchBlockEntry() {
    Mark mark = in.mark();
    if (flowLevel == 0) {
      if (!simpleKeyAllowed) {
        throw failure(null, null, "block sequence entries are not allowed in this context");
      }
      rollIndent(in.column(), last(), new BlockSequenceStartToken(mark, mark));
    }
    removeSimpleKey();
    simpleKeyAllowed = true;
    in.skip();
    tokens.add(new BlockEntryToken(mark, in.mark()));
  }

  private void fetchKey() {
    Mark mark = in.mark();
    if (flowLevel == 0) {
      if (!simpleKeyAllowed) {
        throw failure(null, null, "mapping keys are not allowed in this context");
      }
      rollIndent(in.column(), last(), new BlockMappingStartToken(mark, mark));
    }
    removeSimpleKey();
    simpleKeyAllowed = flowLevel == 0;
    in.skip();
    tokens.add(new KeyToken(mark, in.mark()));
  }

  private void fetchValue() {
    Mark mark = in.mark();
    SimpleKey key = key();
    if (isValid(key) && key.mark != null) {
      Mark start = key.mark;
      insert(key.token, new KeyToken(start, start));
      rollIndent(start.getColumn(), key.token, new BlockMappingStartToken(start, start));
      key.isPossible = false;
      key.isAwaited = false;
      simpleKeyAllowed = false;
    } else {
      if (flowLevel == 0) {
        if (!simpleKeyAllowed) {
          throw failure(null, null, "mapping values are not allowed in this context");
        }
        rollIndent(in.column(), last(), new BlockMappingStartToken(mark, mark));
      }
      simpleKeyAllowed = flowLevel == 0;
    }
    in.skip();
    tokens.add(new ValueToken(mark, in.mark()));
  }

  private void fetchAnchor(boolean alias) {
    saveSimpleKey();
    simpleKeyAllowed = false;
    Mark mark = in.mark();
    in.skip();
    String name = scanName();
    int c = in.peek();
    if (name.isEmpty() || (!in.isBlankOrEnd(0) && "?:,]}%@`".indexOf(c) < 0)) {
      throw failure(
          "while scanning an " + (alias ? "alias" : "anchor"),
          mark,
          "did not find expected alphabetic or numeric character");
    }
    tokens.add(
        alias ? new AliasToken(name, mark, in.mark()) : new AnchorToken(name, mark, in.mark()));
  }

  /** Reads ASCII letters, digits, "_" and "-". */
  private String scanName() {
    StringBuilder name = new StringBuilder();
    while (isNameCharacter(in.peek())) {
      in.read(name);
    }
    return name.toString();
  }

  private static boolean isNameCharacter(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || c == '_'
        || c == '-';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /**
   * Skips blanks, comments and line breaks. A tab counts as a blank where no key may begin: not
   * before the first character of a line, nor after "- ", "? " and the colon of such a key.
   */
  private void scanToNextToken() {
    while (true) {
      if (in.column() == 0 && in.isAtByteOrderMark()) {
        in.skip();
      }
      int c = in.peek();
      while (c == ' ' || (c == '\t' && (flowLevel > 0 || !simpleKeyAllowed))) {
        in.skip();
        c = in.peek();
      }
      skipComment();
      if (!in.isBreak()) {
        return;
      }
      in.skipBreak();
      if (flowLevel == 0) {
        simpleKeyAllowed = true;
      }
    }
  }

  private void skipComment() {
    if (in.peek() == '#') {
      while (!in.isBreakOrEnd()) {
        in.skip();
      }
    }
  }

  private void skipBlanks() {
    while (in.isBlank()) {
      in.skip();
    }
  }

  /** Skips what is allowed after a directive or the header of a block scalar. */
  private void skipRestOfLine(String context, Mark start) {
    skipBlanks();
    skipComment();
    if (!in.isBreakOrEnd()) {
      throw failure(context, start, "did not find expected comment or line break");
    }
    if (in.isBreak()) {
      in.skipBreak();
    }
  }

  private Token scanDirective() {
    String context = "while scanning a directive";
    Mark start = in.mark();
    in.skip();
    String name = scanName();
    if (name.isEmpty()) {
      throw failure(context, start, "could not find expected directive name");
    }
    if (!in.isBlankOrEnd(0)) {
      throw failure(context, start, "found unexpected non-alphabetical character");
    }
    Token directive;
    if (name.equals("YAML")) {
      skipBlanks();
      int major = scanVersionNumber(start);
      if (in.peek() != '.') {
        throw failure(context, start, "did not find expected digit or '.' character");
      }
      in.skip();
      int minor = scanVersionNumber(start);
      directive = new DirectiveToken<>(name, List.of(major, minor), start, in.mark());
    } else if (name.equals("TAG")) {
      skipBlanks();
      String handle = scanTagHandle(start);
      if (!handle.endsWith("!") || !in.isBlank()) {
        throw failure(context, start, "did not find expected whitespace after \"!\"");
      }
      skipBlanks();
      String prefix = scanTagUri("", start);
      if (!in.isBlankOrEnd(0)) {
        throw failure(context, start, "did not find expected whitespace or line break");
      }
      directive = new DirectiveToken<>(name, List.of(handle, prefix), start, in.mark());
    } else {
      throw failure(context, start, "found unknown directive name (expected: YAML or TAG)");
    }
    skipRestOfLine(context, start);
    return directive;
  }

  private int scanVersionNumber(Mark start) {
    int number = 0;
    int length = 0;
    while (isDigit(in.peek())) {
      number = 10 * number + in.peek() - '0';
      in.skip();
      length++;
      if (length > 2) {
        break;
      }
    }
    if (length == 0 || length > 2) {
      throw failure("while scanning a %YAML directive", start, "did not find a version number");
    }
    return number;
  }

  private Token scanTag() {
    Mark start = in.mark();
    String handle;
    String suffix;
    if (in.peek(1) == '<') {
      in.skip(2);
      handle = null;
      suffix = scanTagUri("", start);
      if (in.peek() != '>') {
        throw noTag(start, "did not find the expected '>'");
      }
      in.skip();
    } else {
      handle = scanTagHandle(start);
      if (handle.length() > 1 && handle.endsWith("!")) {
        suffix = scanTagUri("", start);
      } else {
        suffix = scanTagUri(handle, start);
        handle = suffix.isEmpty() ? null : "!";
        suffix = suffix.isEmpty() ? "!" : suffix;
      }
    }
    if (!in.isBlankOrEnd(0)) {
      throw noTag(start, "did not find expected whitespace or line break");
    }
    return new TagToken(new TagTuple(handle, suffix), start, in.mark());
  }

  private ScannerException noTag(Mark start, String problem) {
    return new ScannerException(
        null,
        null,
        "not a tag (expected: quotes around text that begins with \"!\"): " + problem,
        start);
  }

  /** Reads {@code !}, {@code !name} or {@code !name!}. */
  private String scanTagHandle(Mark start) {
    if (in.peek() != '!') {
      throw failure("while scanning a directive", start, "did not find expected '!'");
    }
    StringBuilder handle = new StringBuilder();
    in.read(handle);
    handle.append(scanName());
    if (in.peek() == '!') {
      in.read(handle);
    }
    return handle.toString();
  }

  /** Reads the rest of a tag after its presumed handle. */
  private String scanTagUri(String head, Mark start) {
    ByteArrayOutputStream uri = new ByteArrayOutputStream();
    head.chars().skip(1).forEach(uri::write);
    boolean empty = head.isEmpty();
    int c = in.peek();
    while (isNameCharacter(c) || (c != YamlInput.END && ";/?:@&=+$,.!~*'()[]%".indexOf(c) >= 0)) {
      if (c == '%') {
        scanUriEscapes(uri, start);
      } else {
        uri.write(c);
        in.skip();
      }
      empty = false;
      c = in.peek();
    }
    if (empty) {
      throw noTag(start, "did not find expected tag URI");
    }
    return uri.toString(StandardCharsets.UTF_8);
  }

  /** Reads the escaped bytes of one character. */
  private void scanUriEscapes(ByteArrayOutputStream uri, Mark start) {
    int left = 1;
    boolean first = true;
    while (left > 0) {
      int high = Character.digit(in.peek(1), 16);
      int low = Character.digit(in.peek(2), 16);
      if (in.peek() != '%' || high < 0 || low < 0 || in.peek(1) > 'f' || in.peek(2) > 'f') {
        throw noTag(start, "did not find URI escaped octet");
      }
      int octet = 16 * high + low;
      if (first) {
        left = YamlInput.lengthInUtf8(octet);
        first = false;
      } else if ((octet & 0xC0) != 0x80) {
        left = 0;
      }
      if (left == 0) {
        throw noTag(start, "found an incorrect UTF-8 octet");
      }
      uri.write(octet);
      in.skip(3);
      left--;
    }
  }

  private Token scanBlockScalar() {
    String context = "while scanning a block scalar";
    Mark start = in.mark();
    boolean literal = in.peek() == '|';
    in.skip();
    int chomping = scanChomping();
    int increment = 0;
    if (isDigit(in.peek())) {
      increment = in.peek() - '0';
      if (increment == 0) {
        throw failure(context, start, "found an indentation indicator equal to 0");
      }
      in.skip();
      if (chomping == 0) {
        chomping = scanChomping();
      }
    }
    skipRestOfLine(context, start);

    BlockScalar scalar = new BlockScalar(start);
    if (increment > 0) {
      scalar.indentation = Math.max(indent, 0) + increment;
    }
    scalar.scanBreaks();
    boolean afterBlank = false;
    while (in.column() == scalar.indentation && in.peek() != YamlInput.END) {
      boolean blank = in.isBlank();
      scalar.addBreaks(!literal && !afterBlank && !blank);
      afterBlank = blank;
      while (!in.isBreakOrEnd()) {
        in.read(scalar.text);
      }
      if (in.isBreak()) {
        in.readBreak(scalar.lineBreak);
      }
      scalar.scanBreaks();
    }
    if (chomping >= 0) {
      scalar.text.append(scalar.lineBreak);
    }
    if (chomping > 0) {
      scalar.text.append(scalar.moreBreaks);
    }
    return new ScalarToken(
        scalar.text.toString(),
        false,
        start,
        scalar.end,
        literal ? ScalarStyle.LITERAL : ScalarStyle.FOLDED);
  }

  private int scanChomping() {
    int c = in.peek();
    if (c != '+' && c != '-') {
      return 0;
    }
    in.skip();
    return c == '+' ? 1 : -1;
  }

  /** A text of several lines, and the line breaks that are not part of it yet. */
  private static class Lines {
    final StringBuilder text = new StringBuilder();
    final StringBuilder lineBreak = new StringBuilder(2);
    final StringBuilder moreBreaks = new StringBuilder(2);

    /** Adds the line breaks; if lines are folded, a single one becomes a blank. */
    void addBreaks(boolean fold) {
      if (fold && lineBreak.length() > 0 && lineBreak.charAt(0) == '\n') {
        if (moreBreaks.length() == 0) {
          text.append(' ');
        }
      } else {
        text.append(lineBreak);
      }
      text.append(moreBreaks);
      lineBreak.setLength(0);
      moreBreaks.setLength(0);
    }
  }

  private final class BlockScalar extends Lines {
    private final Mark start;

    /** 0 while unknown */
    private int indentation;

    private Mark end;

    BlockScalar(Mark start) {
      this.start = start;
      this.end = start;
    }

    /**
     * Reads empty lines and the indentation of the next line, which may determine that of the
     * scalar.
     */
    void scanBreaks() {
      end = in.mark();
      int deepest = 0;
      while (true) {
        while (isInIndentation() && in.peek() == ' ') {
          in.skip();
        }
        deepest = Math.max(deepest, in.column());
        if (isInIndentation() && in.peek() == '\t') {
          throw failure(
              "while scanning a block scalar",
              start,
              "found a tab character where an indentation space is expected");
        }
        if (!in.isBreak()) {
          break;
        }
        in.readBreak(moreBreaks);
        end = in.mark();
      }
      if (indentation == 0) {
        indentation = Math.max(deepest, Math.max(indent + 1, 1));
      }
    }

    private boolean isInIndentation() {
      return indentation == 0 || in.column() < indentation;
    }
  }

  private Token scanQuotedScalar() {
    String context = "while scanning a quoted scalar";
    Mark start = in.mark();
    int quote = in.peek();
    boolean single = quote == '\'';
    in.skip();
    Lines lines = new Lines();
    while (true) {
      if (in.column() == 0 && isDocumentIndicator()) {
        throw failure(context, start, "found unexpected document indicator");
      }
      if (in.peek() == YamlInput.END) {
        throw failure(context, start, "found unexpected end of stream");
      }
      boolean escapedBreak = scanNonBlanks(lines.text, single, start);
      if (in.peek() == quote) {
        break;
      }
      scanBlanks(lines, escapedBreak, 0, start);
      lines.addBreaks(true);
    }
    in.skip();
    return new ScalarToken(
        lines.text.toString(),
        false,
        start,
        in.mark(),
        single ? ScalarStyle.SINGLE_QUOTED : ScalarStyle.DOUBLE_QUOTED);
  }

  /**
   * Reads blanks and line breaks between parts of a scalar, and folds them.
   *
   * @param afterBreak whether the previous line ended with an escaped break, which does not count
   * @param indentation the column before which tabs are forbidden
   */
  private boolean scanBlanks(Lines lines, boolean afterBreak, int indentation, Mark start) {
    StringBuilder blanks = new StringBuilder(4);
    boolean broken = afterBreak;
    while (in.isBlank() || in.isBreak()) {
      if (in.isBreak()) {
        in.readBreak(broken ? lines.moreBreaks : lines.lineBreak);
        broken = true;
      } else if (!broken) {
        in.read(blanks);
      } else if (in.column() < indentation && in.peek() == '\t') {
        throw failure(
            "while scanning a plain scalar",
            start,
            "found a tab character that violates indentation");
      } else {
        in.skip();
      }
    }
    if (!broken) {
      lines.moreBreaks.append(blanks);
    }
    return broken;
  }

  /**
   * Reads characters up to a blank or the closing quote. Returns whether a line break was escaped.
   */
  private boolean scanNonBlanks(StringBuilder text, boolean single, Mark start) {
    while (!in.isBlankOrEnd(0)) {
      int c = in.peek();
      if (single && c == '\'') {
        if (in.peek(1) != '\'') {
          break;
        }
        text.append('\'');
        in.skip(2);
      } else if (!single && c == '"') {
        break;
      } else if (!single && c == '\\' && YamlInput.isBreak(in.peek(1))) {
        in.skip();
        in.skipBreak();
        return true;
      } else if (!single && c == '\\') {
        scanEscape(text, start);
      } else {
        in.read(text);
      }
    }
    return false;
  }

  private void scanEscape(StringBuilder text, Mark start) {
    String context = "while scanning a quoted scalar";
    int c = in.peek(1);
    int digits = c == 'x' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
    int escaped =
        switch (c) {
          case '0', 'x', 'u', 'U' -> 0;
          case 'a' -> 0x07;
          case 'b' -> '\b';
          case 't', '\t' -> '\t';
          case 'n' -> '\n';
          case 'v' -> 0x0B;
          case 'f' -> '\f';
          case 'r' -> '\r';
          case 'e' -> 0x1B;
          case ' ', '"', '\'', '\\' -> c;
          case 'N' -> YamlInput.NEXT_LINE;
          case '_' -> 0xA0;
          case 'L' -> YamlInput.LINE_SEPARATOR;
          case 'P' -> YamlInput.PARAGRAPH_SEPARATOR;
          default ->
              throw failure(
                  context,
                  start,
                  "found unknown escape character (expected: \"\\\\\" for a backslash, or single"
                      + " quotes)");
        };
    in.skip(2);
    long code = escaped;
    for (int i = 0; i < digits; i++) {
      int digit = in.peek(i) > 'f' ? -1 : Character.digit(in.peek(i), 16);
      if (digit < 0) {
        throw failure(
            context, start, "did not find expected hexadecimal number of " + digits + " digits");
      }
      code = 16 * code + digit;
    }
    if ((code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE)
        || code > Character.MAX_CODE_POINT) {
      throw failure(context, start, "found invalid Unicode character escape code");
    }
    in.skip(digits);
    text.appendCodePoint((int) code);
  }

  private Token scanPlainScalar() {
    Mark start = in.mark();
    Mark end = start;
    Lines lines = new Lines();
    boolean broken = false;
    while (!(in.column() == 0 && isDocumentIndicator()) && in.peek() != '#') {
      boolean first = true;
      while (!in.isBlankOrEnd(0) && !endsPlainScalar(in.peek())) {
        if (first) {
          lines.addBreaks(broken);
          broken = false;
          first = false;
        }
        in.read(lines.text);
      }
      if (!first) {
        end = in.mark();
      }
      if (!in.isBlank() && !in.isBreak()) {
        break;
      }
      broken = scanBlanks(lines, broken, indent + 1, start);
      if (flowLevel == 0 && in.column() < indent + 1) {
        break;
      }
    }
    if (broken) {
      simpleKeyAllowed = true;
    }
    return new ScalarToken(lines.text.toString(), true, start, end, ScalarStyle.PLAIN);
  }

  private boolean endsPlainScalar(int c) {
    return (c == ':' && in.isBlankOrEnd(1))
        || (flowLevel > 0 && c != YamlInput.END && ",?[]{}".indexOf(c) >= 0);
  }

  /** Returns an error at the next character. */
  private ScannerException failure(@Nullable String context, @Nullable Mark start, String problem) {
    return new ScannerException(context, start, problem, in.mark());
  }
}
