package io.promdisco.yaml;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.scanner.ScannerException;
import org.yaml.snakeyaml.tokens.AliasToken;
import org.yaml.snakeyaml.tokens.AnchorToken;
import org.yaml.snakeyaml.tokens.DirectiveToken;
import org.yaml.snakeyaml.tokens.ScalarToken;
import org.yaml.snakeyaml.tokens.TagToken;
import org.yaml.snakeyaml.tokens.TagTuple;
import org.yaml.snakeyaml.tokens.Token;

/**
 * Makes the nodes of a file's first document. An alias is the same object as the node that it
 * names, so a list or mapping can contain itself. For one thread.
 */
public final class YamlComposer {
  /** The tag of a plain scalar without a tag, which may have any type. */
  public static final Tag PLAIN = new Tag("promdisco:plain");

  /** The tag of a quoted or block scalar without a tag, which is text. */
  public static final Tag QUOTED = new Tag("promdisco:quoted");

  /** The beginning of the message about an alias without an anchor; the name follows. */
  public static final String UNKNOWN_ANCHOR = "unknown anchor";

  private static final int LONGEST_SHOWN = 100;

  private static final Map<String, Tag> TAGS = new HashMap<>();

  static {
    for (Tag tag :
        List.of(
            Tag.BINARY,
            Tag.BOOL,
            Tag.FLOAT,
            Tag.INT,
            Tag.MERGE,
            Tag.NULL,
            Tag.STR,
            Tag.TIMESTAMP)) {
      TAGS.put(tag.getValue(), tag);
    }
  }

  private final YamlScanner scanner;
  private final int deepest;
  private final long most;
  private final Map<String, Node> anchors = new HashMap<>();
  private final Map<String, String> tagPrefixes = new HashMap<>();
  private final List<ScalarNode> tagged = new ArrayList<>();
  private int depth;
  private long values;

  /**
   * Creates a composer.
   *
   * @param content the whole file, in UTF-8, or in UTF-16 with a byte order mark
   * @param deepest the maximum nesting of lists and mappings
   * @param most the maximum number of values in the document
   */
  public YamlComposer(byte[] content, int deepest, long most) {
    this.scanner = new YamlScanner(content);
    this.deepest = deepest;
    this.most = most;
  }

  /**
   * Makes the nodes.
   *
   * @return empty if there is no document
   * @throws ScannerException if the text is not YAML
   */
  public Optional<Node> compose() {
    scanner.getToken(); // the start of the stream
    Token first = scanner.peekToken();
    Node root;
    switch (first.getTokenId()) {
      case StreamEnd -> {
        return Optional.empty();
      }
      case Directive, DocumentStart -> {
        readDirectives();
        Token start = expectDocumentStart();
        root = endsDocument() ? empty(start.getEndMark()) : node(true, false);
      }
      default -> {
        readDirectives();
        root = node(true, false);
      }
    }
    scanner.peekToken(); // The text after the document must begin with a valid token.
    return Optional.of(root);
  }

  /** Returns the scalars with a tag, in the order of the file. */
  public List<ScalarNode> tagged() {
    return tagged;
  }

  private boolean endsDocument() {
    return scanner.checkToken(
        Token.ID.Directive, Token.ID.DocumentStart, Token.ID.DocumentEnd, Token.ID.StreamEnd);
  }

  private Token expectDocumentStart() {
    Token token = scanner.getToken();
    if (token.getTokenId() != Token.ID.DocumentStart) {
      throw failure(null, null, "did not find expected <document start>", token.getStartMark());
    }
    return token;
  }

  private void readDirectives() {
    boolean version = false;
    while (scanner.peekToken() instanceof DirectiveToken<?> directive) {
      List<?> values = directive.getValue();
      Mark start = directive.getStartMark();
      if (directive.getName().equals("YAML")) {
        if (version) {
          throw failure(null, null, "found duplicate %YAML directive", start);
        }
        version = true;
        if (!values.equals(List.of(1, 1))) {
          throw failure(
              null, null, "found incompatible YAML document (expected: %YAML 1.1, or none)", start);
        }
      } else if (tagPrefixes.put((String) values.get(0), (String) values.get(1)) != null) {
        throw failure(null, null, "found duplicate %TAG directive", start);
      }
      scanner.getToken();
    }
    tagPrefixes.putIfAbsent("!", "!");
    tagPrefixes.putIfAbsent("!!", Tag.PREFIX);
  }

  /**
   * Reads a value.
   *
   * @param block whether it may be in block style
   * @param indentless whether it may be a list without indentation
   */
  private Node node(boolean block, boolean indentless) {
    Token token = scanner.peekToken();
    countValue(token.getStartMark());
    if (token instanceof AliasToken alias) {
      Node named = anchors.get(alias.getValue());
      if (named == null) {
        throw failure(
            null,
            null,
            UNKNOWN_ANCHOR
                + " '"
                + shown(alias.getValue())
                + "' referenced (expected: the same name with & before it)",
            alias.getStartMark());
      }
      scanner.getToken();
      // An alias is not a merge key.
      return named instanceof ScalarNode scalar && scalar.getValue().equals("<<")
          ? new ScalarNode(
              QUOTED, "<<", token.getStartMark(), token.getEndMark(), ScalarStyle.PLAIN)
          : named;
    }
    Mark start = token.getStartMark();
    Mark end = start;
    AnchorToken anchor = null;
    TagToken tag = null;
    while ((token instanceof AnchorToken && anchor == null)
        || (token instanceof TagToken && tag == null)) {
      if (token instanceof AnchorToken found) {
        anchor = found;
      } else {
        tag = (TagToken) token;
      }
      end = token.getEndMark();
      scanner.getToken();
      token = scanner.peekToken();
    }
    String tagName = tag == null ? null : name(tag);
    return switch (token.getTokenId()) {
      case BlockEntry -> {
        if (!indentless) {
          yield emptyOrFailure(block, anchor, tagName, start, end, token);
        }
        yield indentlessSequence(anchor, start);
      }
      case Scalar -> {
        scanner.getToken();
        yield scalar((ScalarToken) token, anchor, tagName, start);
      }
      case FlowSequenceStart -> flowSequence(anchor, start);
      case FlowMappingStart -> flowMapping(anchor, start);
      case BlockSequenceStart ->
          block
              ? blockSequence(anchor, start)
              : emptyOrFailure(false, anchor, tagName, start, end, token);
      case BlockMappingStart ->
          block
              ? blockMapping(anchor, start)
              : emptyOrFailure(false, anchor, tagName, start, end, token);
      default -> emptyOrFailure(block, anchor, tagName, start, end, token);
    };
  }

  private String name(TagToken token) {
    TagTuple tag = token.getValue();
    if (tag.getHandle() == null) {
      return tag.getSuffix();
    }
    String prefix = tagPrefixes.get(tag.getHandle());
    if (prefix == null) {
      throw failure(
          "while parsing a node",
          token.getStartMark(),
          "found undefined tag handle (expected: %TAG with it, or quotes around text that begins"
              + " with \"!\")",
          token.getStartMark());
    }
    return prefix + tag.getSuffix();
  }

  /** Shortens a name that may be long. */
  private static String shown(String name) {
    return name.length() <= LONGEST_SHOWN ? name : name.substring(0, LONGEST_SHOWN) + "…";
  }

  private Node emptyOrFailure(
      boolean block,
      @Nullable AnchorToken anchor,
      @Nullable String tag,
      Mark start,
      Mark end,
      Token next) {
    if (anchor == null && tag == null) {
      throw failure(
          "while parsing a " + (block ? "block" : "flow") + " node",
          start,
          "did not find expected node content (found '" + next.getTokenId() + "')",
          next.getStartMark());
    }
    return scalar(new ScalarToken("", true, end, end, ScalarStyle.PLAIN), anchor, tag, start);
  }

  private void countValue(Mark at) {
    if (++values > most) {
      throw failure(
          null,
          null,
          "more than " + most + " values (expected: fewer, or a larger heap: -Xmx)",
          at);
    }
  }

  private Node empty(Mark at) {
    countValue(at);
    return new ScalarNode(PLAIN, "", at, at, ScalarStyle.PLAIN);
  }

  private Node scalar(
      ScalarToken token, @Nullable AnchorToken anchor, @Nullable String tagName, Mark start) {
    Tag tag = token.getPlain() ? PLAIN : QUOTED;
    if (tagName != null) {
      tag = tag(tagName, token.getValue());
    }
    ScalarNode node =
        new ScalarNode(tag, token.getValue(), start, token.getEndMark(), token.getStyle());
    if (tagName != null) {
      tagged.add(node);
    }
    return anchored(anchor, node);
  }

  private static Tag tag(String name, String value) {
    if (name.equals("!")) {
      return value.equals("<<") ? Tag.MERGE : Tag.STR;
    }
    Tag known = TAGS.get(name);
    if (known != null) {
      return known;
    }
    String trimmed = name.trim(); // SnakeYAML also does this and rejects such tags.
    return trimmed.isEmpty() || !name.equals(trimmed) ? QUOTED : new Tag(name);
  }

  private <T extends Node> T anchored(@Nullable AnchorToken anchor, T node) {
    if (anchor != null) {
      anchors.put(anchor.getValue(), node);
    }
    return node;
  }

  private SequenceNode sequence(@Nullable AnchorToken anchor, Mark start, FlowStyle style) {
    enter(start);
    return anchored(
        anchor, new SequenceNode(Tag.SEQ, true, new ArrayList<>(), start, start, style));
  }

  private MappingNode mapping(@Nullable AnchorToken anchor, Mark start, FlowStyle style) {
    enter(start);
    return anchored(anchor, new MappingNode(Tag.MAP, true, new ArrayList<>(), start, start, style));
  }

  private void enter(Mark at) {
    if (++depth > deepest) {
      throw failure(
          null, null, "nesting is too deep (expected: at most " + deepest + " levels)", at);
    }
  }

  private Node blockSequence(@Nullable AnchorToken anchor, Mark start) {
    Token first = scanner.getToken();
    SequenceNode node = sequence(anchor, start, FlowStyle.BLOCK);
    while (scanner.checkToken(Token.ID.BlockEntry)) {
      Mark entry = scanner.getToken().getEndMark();
      node.getValue()
          .add(
              scanner.checkToken(Token.ID.BlockEntry, Token.ID.BlockEnd)
                  ? empty(entry)
                  : node(true, false));
    }
    Token last = scanner.getToken();
    if (last.getTokenId() != Token.ID.BlockEnd) {
      throw failure(
          "while parsing a block collection",
          first.getStartMark(),
          "did not find expected '-' indicator",
          last.getStartMark());
    }
    node.setEndMark(last.getEndMark());
    depth--;
    return node;
  }

  private Node indentlessSequence(@Nullable AnchorToken anchor, Mark start) {
    SequenceNode node = sequence(anchor, start, FlowStyle.BLOCK);
    while (scanner.checkToken(Token.ID.BlockEntry)) {
      Mark entry = scanner.getToken().getEndMark();
      node.getValue()
          .add(
              scanner.checkToken(
                      Token.ID.BlockEntry, Token.ID.Key, Token.ID.Value, Token.ID.BlockEnd)
                  ? empty(entry)
                  : node(true, false));
    }
    node.setEndMark(scanner.peekToken().getStartMark());
    depth--;
    return node;
  }

  private Node blockMapping(@Nullable AnchorToken anchor, Mark start) {
    Token first = scanner.getToken();
    MappingNode node = mapping(anchor, start, FlowStyle.BLOCK);
    while (scanner.checkToken(Token.ID.Key)) {
      Node key = blockMappingPart();
      Node value =
          scanner.checkToken(Token.ID.Value)
              ? blockMappingPart()
              : empty(scanner.peekToken().getStartMark());
      node.getValue().add(new NodeTuple(key, value));
    }
    Token last = scanner.getToken();
    if (last.getTokenId() != Token.ID.BlockEnd) {
      throw failure(
          "while parsing a block mapping",
          first.getStartMark(),
          "did not find expected key",
          last.getStartMark());
    }
    node.setEndMark(last.getEndMark());
    depth--;
    return node;
  }

  /** Reads the node after "?" or ":". */
  private Node blockMappingPart() {
    Mark indicator = scanner.getToken().getEndMark();
    return scanner.checkToken(Token.ID.Key, Token.ID.Value, Token.ID.BlockEnd)
        ? empty(indicator)
        : node(true, true);
  }

  private Node flowSequence(@Nullable AnchorToken anchor, Mark start) {
    Token first = scanner.getToken();
    SequenceNode node = sequence(anchor, start, FlowStyle.FLOW);
    while (!scanner.checkToken(Token.ID.FlowSequenceEnd)) {
      if (!node.getValue().isEmpty()) {
        expectFlowEntry("sequence", ']', first);
        if (scanner.checkToken(Token.ID.FlowSequenceEnd)) {
          break;
        }
      }
      node.getValue().add(scanner.checkToken(Token.ID.Key) ? flowPair() : node(false, false));
    }
    node.setEndMark(scanner.getToken().getEndMark());
    depth--;
    return node;
  }

  private void expectFlowEntry(String kind, char end, Token first) {
    Token token = scanner.peekToken();
    if (token.getTokenId() != Token.ID.FlowEntry) {
      throw failure(
          "while parsing a flow " + kind,
          first.getStartMark(),
          "did not find expected ',' or '" + end + "'",
          token.getStartMark());
    }
    scanner.getToken();
  }

  /** Reads a pair in a list, which is a mapping with one key. */
  private Node flowPair() {
    Mark start = scanner.getToken().getStartMark();
    MappingNode node = mapping(null, start, FlowStyle.FLOW);
    Node key;
    if (scanner.checkToken(Token.ID.Value, Token.ID.FlowEntry, Token.ID.FlowSequenceEnd)) {
      // Without a key, go-yaml skips this token too.
      key = empty(scanner.getToken().getEndMark());
    } else {
      key = node(false, false);
    }
    node.getValue().add(new NodeTuple(key, flowValue(Token.ID.FlowSequenceEnd)));
    node.setEndMark(scanner.peekToken().getStartMark());
    depth--;
    return node;
  }

  private Node flowValue(Token.ID end) {
    Token token = scanner.peekToken();
    if (token.getTokenId() == Token.ID.Value) {
      scanner.getToken();
      if (!scanner.checkToken(Token.ID.FlowEntry, end)) {
        return node(false, false);
      }
    }
    return empty(token.getTokenId() == Token.ID.Value ? token.getEndMark() : token.getStartMark());
  }

  private Node flowMapping(@Nullable AnchorToken anchor, Mark start) {
    Token first = scanner.getToken();
    MappingNode node = mapping(anchor, start, FlowStyle.FLOW);
    while (!scanner.checkToken(Token.ID.FlowMappingEnd)) {
      if (!node.getValue().isEmpty()) {
        expectFlowEntry("mapping", '}', first);
        if (scanner.checkToken(Token.ID.FlowMappingEnd)) {
          break;
        }
      }
      node.getValue().add(flowEntry());
    }
    node.setEndMark(scanner.getToken().getEndMark());
    depth--;
    return node;
  }

  private NodeTuple flowEntry() {
    if (!scanner.checkToken(Token.ID.Key)) {
      Node key = node(false, false);
      return new NodeTuple(key, empty(scanner.peekToken().getStartMark()));
    }
    scanner.getToken();
    Node key =
        scanner.checkToken(Token.ID.Value, Token.ID.FlowEntry, Token.ID.FlowMappingEnd)
            ? empty(scanner.peekToken().getStartMark())
            : node(false, false);
    return new NodeTuple(key, flowValue(Token.ID.FlowMappingEnd));
  }

  private static ScannerException failure(
      @Nullable String context, @Nullable Mark start, String problem, Mark at) {
    return new ScannerException(context, start, problem, at);
  }
}
