package io.promdisco.relabel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads regex text as Go does, and writes it for re2j.
 *
 * <p>Both agree on nearly everything. The differences that this class handles: Go allows several
 * groups with one name, so re2j gets names made from their numbers. re2j takes a literal brace for
 * a repetition when it checks whether a repetition is doubled. re2j escapes any character outside
 * ASCII. Go limits nested repetitions, nesting and size. In re2j, groups under {@code {0}} can
 * match. re2j has an old version of Unicode, so classes like <code>\p{Lu}</code> are written as
 * ranges.
 *
 * <p>Text that neither accepts is passed on unchanged, and re2j reports the error.
 */
final class GoRegexSyntax {
  /** The maximum product of nested counted repetitions in Go. */
  private static final int MAX_REPEAT = 1000;

  private static final int MAX_DEPTH = 1000;

  /**
   * The maximum number of characters in a literal, because re2j copies a literal for each character
   * that it adds.
   */
  private static final int LONGEST_LITERAL = 512;

  /** Matches the empty text, and ends a literal in re2j. */
  private static final String NOTHING = "(?:)";

  private static final String NO_CHARACTER = "[^\\x{0}-\\x{10ffff}]";

  /** Go's limit of 128 MiB with 40 bytes for each instruction. */
  private static final long MAX_SIZE = (128L << 20) / 40;

  /** Characters of the ranges of Unicode classes together, about 80 of the largest. */
  private static final int MOST_RANGE_CHARACTERS = 1 << 20;

  private static final int LARGEST_CLASS = 13_000;

  /** Characters of ranges that take the memory of an instruction. */
  private static final int RANGE_CHARACTERS_OF_INSTRUCTION = 100;

  /** What is known of a group whose end has not been read, or of the last thing read. */
  private static final class Extent {
    /** The number of its first capturing group. */
    int firstGroup;

    /** The largest product of nested repetitions. */
    long repeat = 1;

    /** The approximate number of its instructions. */
    long size;

    /** Whether case is ignored at this point in the group. */
    boolean folded;
  }

  private final String text;
  private final StringBuilder out;
  private int pos;
  private int atoms;
  private final List<String> groupNames = new ArrayList<>();
  private final BitSet deadGroups = new BitSet();
  private final Deque<Extent> open = new ArrayDeque<>();
  private Extent atom = new Extent();
  private int rangeCharacters;
  private final Map<String, Optional<String>> classes = new HashMap<>();

  private GoRegexSyntax(String text) {
    this.text = text;
    this.out = new StringBuilder(text.length() + 8);
  }

  /**
   * The text for re2j.
   *
   * @param text the same regex for re2j
   * @param groupNames the names of groups by number, from group 0; empty for a group without a name
   * @param deadGroups groups that can never match
   */
  record Translation(String text, List<String> groupNames, BitSet deadGroups, long size) {}

  /** Translates a whole regex, including its anchors. */
  static Translation translate(String text) throws RegexException {
    GoRegexSyntax syntax = new GoRegexSyntax(text);
    syntax.groupNames.add("");
    syntax.open.push(new Extent());
    syntax.readAll();
    return new Translation(
        syntax.out.toString(), syntax.groupNames, syntax.deadGroups, syntax.size());
  }

  private void readAll() throws RegexException {
    while (pos < text.length()) {
      boolean understood =
          switch (text.charAt(pos)) {
            case '\\' -> escape();
            case '[' -> charClass();
            case '(' -> openGroup();
            case ')' -> closeGroup();
            case '{' -> brace();
            case '*', '+', '?' -> {
              copy(1);
              atom.size++;
              copyLazyMark();
              yield true;
            }
            case '|' -> {
              endAtom();
              copy(1);
              yield true;
            }
            default -> {
              beginAtom();
              copy(Character.charCount(text.codePointAt(pos)));
              yield true;
            }
          };
      if (!understood) {
        out.append(text, pos, text.length());
        return;
      }
    }
  }

  private long size() {
    return atom.size
        + open.stream().mapToLong(extent -> extent.size).sum()
        + rangeCharacters / RANGE_CHARACTERS_OF_INSTRUCTION;
  }

  private void copy(int length) {
    out.append(text, pos, pos + length);
    pos += length;
  }

  /** Copies {@code \\Q} and {@code length} characters, and ends the quotation. */
  private void copyQuoted(int length) {
    pos += 2;
    int end = pos + length;
    while (end - pos > LONGEST_LITERAL) {
      int part = Character.isHighSurrogate(text.charAt(pos + LONGEST_LITERAL - 1)) ? 1 : 0;
      out.append("\\Q");
      copy(LONGEST_LITERAL - part);
      out.append("\\E").append(NOTHING);
    }
    out.append("\\Q");
    copy(end - pos);
    out.append("\\E");
  }

  private void copyLazyMark() {
    if (pos < text.length() && text.charAt(pos) == '?') {
      copy(1);
    }
  }

  /** Adds the last element to its group. */
  private void endAtom() throws RegexException {
    Extent around = open.element();
    around.repeat = Math.max(around.repeat, atom.repeat);
    around.size += atom.size;
    if (around.size > MAX_SIZE) {
      throw new RegexException("expression too large", "");
    }
    atom = new Extent();
  }

  private void beginAtom() throws RegexException {
    endAtom();
    atoms++;
    if (atoms % LONGEST_LITERAL == 0) {
      out.append(NOTHING);
    }
    atom.firstGroup = groupNames.size();
    atom.size = 1;
  }

  private boolean escape() throws RegexException {
    if (pos + 1 == text.length()) {
      return false;
    }
    if (text.charAt(pos + 1) == 'Q') {
      int end = text.indexOf("\\E", pos + 2);
      int length = (end < 0 ? text.length() : end) - pos - 2;
      if (length > 0) {
        beginAtom();
        atom.size = 1;
        open.element().size += length - 1;
      }
      copyQuoted(length);
      pos += end < 0 ? 0 : 2;
      return true;
    }
    beginAtom();
    Optional<String> ranges = unicodeClass();
    if (ranges.isPresent()) {
      // The ranges contain both cases already; re2j would take minutes to add them to large ranges.
      out.append("(?-i:");
      out.append(ranges.get().isEmpty() ? NO_CHARACTER : "[" + ranges.get() + "]");
      out.append(')');
      return true;
    }
    return escapedCharacter();
  }

  /**
   * Reads a class like <code>\pL</code> or <code>\P{Greek}</code>. Returns its ranges; empty if the
   * text is something else.
   */
  private Optional<String> unicodeClass() throws RegexException {
    boolean negated = text.startsWith("\\P", pos);
    if ((!negated && !text.startsWith("\\p", pos)) || pos + 2 == text.length()) {
      return Optional.empty();
    }
    boolean braced = text.charAt(pos + 2) == '{';
    int end =
        braced
            ? text.indexOf('}', pos) + 1
            : pos + 2 + Character.charCount(text.codePointAt(pos + 2));
    if (end == 0) {
      return Optional.empty();
    }
    String name = braced ? text.substring(pos + 3, end - 1) : text.substring(pos + 2, end);
    boolean folded = open.element().folded;
    Optional<String> ranges =
        classes.computeIfAbsent(
            (negated ? "-" : "+") + (folded ? "i" : "") + "/" + name,
            key -> UnicodeClasses.ranges(name, negated, folded));
    if (ranges.isEmpty()) {
      throw new RegexException("invalid character class range", text.substring(pos, end));
    }
    countRanges(ranges.get().length());
    pos = end;
    return ranges;
  }

  private void countRanges(int characters) throws RegexException {
    rangeCharacters += characters;
    if (rangeCharacters > MOST_RANGE_CHARACTERS) {
      throw new RegexException("expression too large", "");
    }
  }

  /** Reads one escape, in a class or outside. */
  private boolean escapedCharacter() throws RegexException {
    if (pos + 1 == text.length()) {
      return false;
    }
    int c = text.codePointAt(pos + 1);
    if (c > 127) {
      throw new RegexException("invalid escape sequence", "\\" + Character.toString(c));
    }
    boolean unicode = c == 'p' || c == 'P'; // spelt out by re2j
    if (unicode) {
      countRanges(LARGEST_CLASS);
    }
    boolean named = unicode || c == 'x';
    if (named && pos + 2 < text.length() && text.charAt(pos + 2) == '{') {
      int end = text.indexOf('}', pos);
      if (end < 0) {
        return false;
      }
      copy(end + 1 - pos);
      return true;
    }
    copy(2);
    return true;
  }

  private boolean charClass() throws RegexException {
    beginAtom();
    copy(1);
    if (pos < text.length() && text.charAt(pos) == '^') {
      copy(1);
    }
    boolean first = true;
    while (pos < text.length()) {
      char c = text.charAt(pos);
      if (c == ']' && !first) {
        copy(1);
        return true;
      }
      first = false;
      int named = text.startsWith("[:", pos) ? text.indexOf(":]", pos + 2) : -1;
      // If case is ignored, re2j gets the name, because it takes minutes for large ranges.
      Optional<String> ranges = open.element().folded ? Optional.empty() : unicodeClass();
      if (ranges.isPresent()) {
        out.append(ranges.get());
      } else if (named >= 0) {
        copy(named + 2 - pos);
      } else if (!classRange()) {
        return false;
      }
    }
    return false;
  }

  /** Reads a character, or a range of characters, in a class. */
  private boolean classRange() throws RegexException {
    if (!classCharacter()) {
      return false;
    }
    boolean range =
        text.startsWith("-", pos) && pos + 1 < text.length() && text.charAt(pos + 1) != ']';
    if (range) {
      copy(1);
    }
    return !range || classCharacter();
  }

  private boolean classCharacter() throws RegexException {
    if (text.charAt(pos) == '\\') {
      return escapedCharacter();
    }
    copy(1);
    return true;
  }

  private boolean openGroup() throws RegexException {
    int start = pos;
    if (!text.startsWith("(?", pos)) {
      copy(1);
      open(groupNames.size());
      groupNames.add("");
      return true;
    }
    if (text.startsWith("(?P<", pos) || text.startsWith("(?<", pos)) {
      int nameStart = text.indexOf('<', pos) + 1;
      int end = text.indexOf('>', pos);
      if (end < 0 || !isGroupName(text, nameStart, end)) {
        return false;
      }
      out.append("(?P<").append(groupNames.size()).append('>');
      pos = end + 1;
      open(groupNames.size());
      groupNames.add(text.substring(nameStart, end));
      return true;
    }
    int end = start + 2;
    while (end < text.length() && "imsU-".indexOf(text.charAt(end)) >= 0) {
      end++;
    }
    if (end == text.length()) {
      return false;
    }
    char last = text.charAt(end);
    if (last != ':' && last != ')') {
      return false;
    }
    boolean folded = folds(text.substring(start + 2, end), open.element().folded);
    copy(end + 1 - start);
    if (last == ':') {
      open(groupNames.size());
    }
    open.element().folded = folded;
    return true;
  }

  /** Whether case is ignored after these flags. */
  private static boolean folds(String flags, boolean before) {
    int at = flags.indexOf('i');
    int minus = flags.indexOf('-');
    return at < 0 ? before : minus < 0 || at < minus;
  }

  private static boolean isGroupName(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      boolean word =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      if (!word) {
        return false;
      }
    }
    return from < to;
  }

  private void open(int firstGroup) throws RegexException {
    endAtom();
    Extent group = new Extent();
    group.firstGroup = firstGroup;
    group.size = 2;
    group.folded = open.element().folded;
    open.push(group);
    if (open.size() > MAX_DEPTH) {
      throw new RegexException("expression nests too deeply", "");
    }
  }

  private boolean closeGroup() throws RegexException {
    if (open.size() == 1) {
      return false;
    }
    endAtom();
    atom = open.pop();
    copy(1);
    return true;
  }

  /** Reads a counted repetition, or a literal brace. */
  private boolean brace() throws RegexException {
    int start = pos;
    int end = text.indexOf('}', start);
    int comma = text.indexOf(',', start);
    if (comma > end) {
      comma = -1;
    }
    int min = end < 0 ? -1 : number(start + 1, comma < 0 ? end : comma);
    boolean open = comma >= 0 && comma + 1 == end;
    int max = min < 0 || comma < 0 || open ? min : number(comma + 1, end);
    if (min < 0 || max < 0) {
      beginAtom();
      out.append('\\');
      copy(1);
      return true;
    }
    copy(end + 1 - start);
    copyLazyMark();
    String written = text.substring(start, pos);
    if (min > MAX_REPEAT || max > MAX_REPEAT || min > max) {
      throw new RegexException("invalid repeat count", text.substring(start, end + 1));
    }
    if (max == 0 && !open) {
      deadGroups.set(atom.firstGroup, groupNames.size());
      atom.repeat = 1;
      atom.size = 1;
      return true;
    }
    atom.repeat *= Math.max(1, max);
    atom.size = Math.max(1, max) * (atom.size + 1);
    if (max >= 2 && atom.repeat > MAX_REPEAT) {
      throw new RegexException("invalid repeat count", written);
    }
    return true;
  }

  /** Returns a decimal number without leading zeros, a large number if it is too long, or -1. */
  private int number(int from, int to) {
    if (from >= to || (to - from > 1 && text.charAt(from) == '0')) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = Math.min(10 * value + digit, MAX_REPEAT + 1);
    }
    return value;
  }
}
