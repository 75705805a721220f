package io.promdisco.relabel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Go's behaviour of regexes, where RE2/J or Java differ from it. */
class RegexTest {
  private static boolean matches(String regex, String value) throws RegexException {
    return Regex.compile(regex).matches(value);
  }

  private static String expand(String regex, String template, String value) throws RegexException {
    Regex compiled = Regex.compile(regex);
    int[] groups = compiled.find(value, 0);
    return groups == null
        ? "no match"
        : ReplacementTemplate.parse(template, compiled.groupNames()).expand(value, groups);
  }

  @Test
  void aRegexIsAnchoredAsTextAndSoMayCloseTheAnchorsBracket() throws RegexException {
    assertThat(matches("foo", "xfoo")).isFalse();
    assertThat(matches("foo)|(bar", "foozzz")).isTrue();
    assertThat(matches("foo)|(bar", "zzzbar")).isTrue();
    assertThat(matches("foo)|(bar", "xfoo")).isFalse();
  }

  @Test
  void theEndIsTheEndAndNotBeforeALastNewline() throws RegexException {
    assertThat(matches("foo$", "foo\n")).isFalse();
    assertThat(matches("foo.", "foo\n")).isTrue();
    assertThat(matches("(?-s)foo.", "foo\n")).isFalse();
    assertThat(matches("(?-s)foo.", "foo\u2028")).isTrue();
  }

  @Test
  void bracesThatCountNothingAreLiteral() throws RegexException {
    assertThat(matches("a{,2}", "a{,2}")).isTrue();
    assertThat(matches("{?x", "x")).isTrue();
    assertThat(matches("{{2}", "{{")).isTrue();
    assertThat(matches("{*", "{{{")).isTrue();
    assertThat(matches("a{01}", "a{01}")).isTrue();
  }

  @Test
  void classesHaveNoIntersectionAndMayBeginWithABracket() throws RegexException {
    assertThat(matches("x[&&a]y", "x&y")).isTrue();
    assertThat(matches("[]a]", "]")).isTrue();
    assertThat(matches("[^]a]", "]")).isFalse();
    assertThat(matches("[[:alpha:](?P<n>]+", "a(?P<n>")).isTrue();
    assertThat(matches("\\Q(?P<n>[\\E", "(?P<n>[")).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "\\pL, \ua7c0", // a letter since Unicode 14
    "\\p{Lo}, ª",
    "\\P{Ll}, ª",
    "\\p{Han}, 〇",
    "\\p{Kawi}, \ud807\udf02",
    "\\p{Uppercase_Letter}, É",
    "\\p{lower case-letter}, é",
    "\\p{l u}, É",
    "\\p{^greek}, a",
    "\\p{Assigned}, a",
    "\\P{Assigned}, \u0378",
    "\\p{ASCII}, a",
    "\\p{punct}, §",
    "[\\pN_x-z], ²",
    "[\\pN_x-z], y",
    "[^\\pL], 1",
    "[^\\PL], é",
    "(?i)\\p{Lu}, a",
    "(?i:\\p{Lu}), ǆ",
    "(?i)\\P{Lu}, 1",
    "(?i)(?-i)\\p{Lu}, A",
    "(?:(?i))\\p{Lu}, A",
  })
  void classesOfUnicodeAreThoseOfGo(String regex, String value) throws RegexException {
    assertThat(matches(regex, value)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "\\p{Ll}, ª",
    "\\P{Any}, a",
    "(?i)\\P{Lu}, a",
    "(?i)(?-i)\\p{Lu}, a",
    "(?:(?i))\\p{Lu}, a",
    "(?i-s)(?s-i)\\p{Lu}, a",
  })
  void classesOfUnicodeAreNotLarger(String regex, String value) throws RegexException {
    assertThat(matches(regex, value)).isFalse();
  }

  @Test
  void groupsMayShareAName() throws RegexException {
    assertThat(expand("(?P<n>x)|(?<n>y)", "<$n>", "y")).isEqualTo("<y>");
    assertThat(expand("(?P<n>x)(?P<n>y)?", "<$n>", "xy")).isEqualTo("<x>");
    assertThat(expand("((?P<n>x){0})(?P<n>y)", "<$n>", "y")).isEqualTo("<y>");
  }

  @ParameterizedTest
  @CsvSource({
    "$1_x, ''",
    "${1}_x, a_x",
    "$1, a",
    "$2$1, ba",
    "$0, ab",
    "$3, ''",
    "$01, ''",
    "$$1, $1",
    "${1, ${1",
    "$-$1, $-a",
    "x$, x$",
    "${}, ${}",
    "${1-2}, ${1-2}",
    "$é|${é}|$1é, ||",
    "$name, b",
    "\\$1, \\a",
    "$99999999999, ''",
  })
  void templatesExpandAsInGo(String template, String expanded) throws RegexException {
    assertThat(expand("(a)(?P<name>b)", template, "ab")).isEqualTo(expanded);
  }

  @Test
  void everyMatchIsReplacedWhereAnAnchorIsMissing() throws RegexException {
    Regex regex = Regex.compile("a)|(b*");
    ReplacementTemplate template = ReplacementTemplate.parse("<$1>", regex.groupNames());

    assertThat(regex.replaceAll("axbb", template)).isEqualTo("<>x<bb>");
    assertThat(regex.replaceAll("𐐀", template)).isEqualTo("𐐀<>");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '"',
      value = {
        "foo) unexpected_):_`^(?s:foo))$`",
        "(foo missing_closing_):_`^(?s:(foo)$`",
        "(?P<n>foo missing_closing_):_`^(?s:(?P<n>foo)$`",
        "[a missing_closing_]:_`[a)$`",
        "(?=a) invalid_or_unsupported_Perl_syntax:_`(?=`",
        "(?P<>a) invalid_named_capture:_`(?P<>`",
        "(?P<é>a) invalid_named_capture:_`(?P<é>`",
        "a** invalid_nested_repetition_operator:_`**`",
        "(?P<n>*) missing_argument_to_repetition_operator:_`*`",
        "a{2,1} invalid_repeat_count:_`{2,1}`",
        "a{1001} invalid_repeat_count:_`{1001}`",
        "(a{100}){100} invalid_repeat_count:_`{100}`",
        "(?:(a{2}b|c{3}){10}){40} invalid_repeat_count:_`{40}`",
        "\\é invalid_escape_sequence:_`\\é`",
        "[\\é] invalid_escape_sequence:_`\\é`",
        "\\1 invalid_escape_sequence:_`\\1`",
        "\\p{Foo} invalid_character_class_range:_`\\p{Foo}`",
        "\\pX invalid_character_class_range:_`\\pX`",
        "[\\p{Lu+}] invalid_character_class_range:_`\\p{Lu+}`",
        "\\p{OldItalic} invalid_character_class_range:_`\\p{OldItalic}`",
        "[!-\\pL] invalid_escape_sequence:_`\\p`",
      })
  void errorsHaveTheMessagesOfGo(String regex, String problem) {
    assertThatThrownBy(() -> Regex.compile(regex))
        .isInstanceOf(RegexException.class)
        .hasMessage("error parsing regexp: " + problem.replace('_', ' '));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a{1000}", "(a{10}){100}", "(a{30}|b{1000})", "(a{0}){1000}", "a{5}b{900}"})
  void repetitionsUpToAThousandAreAllowed(String regex) throws RegexException {
    assertThat(Regex.compile(regex).text()).isEqualTo(regex);
  }

  @Test
  void whatWouldExhaustThePlaceIsRefused() {
    assertThatThrownBy(() -> Regex.compile("(".repeat(5000) + ")".repeat(5000)))
        .hasMessage("error parsing regexp: expression nests too deeply");
    assertThatThrownBy(() -> Regex.compile("(" + "a".repeat(4000) + "){1000}"))
        .hasMessage("error parsing regexp: expression too large");
  }

  @Test
  void repetitionsThatOverflowTheStackAreRefused() throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Runnable compile =
        () -> thrown.set(catchThrowable(() -> Regex.compile("(a?){1,1000}".repeat(8))));
    Thread thread = new Thread(null, compile, "small stack", 128 << 10);
    thread.start();
    thread.join();
    assertThat(thrown.get())
        .isInstanceOf(RegexException.class)
        .hasMessage("error parsing regexp: expression needs too deep a stack");
  }
}
