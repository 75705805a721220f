package io.promdisco.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Label and field selectors of Kubernetes. */
class LabelSyntaxTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a",
        "!a",
        "a=b",
        "a==b",
        "a!=b",
        "a=",
        "a in (b,c)",
        "a notin (b)",
        "a in ()",
        "a>1",
        "a,b,!c",
        "x.io/a=b",
        "app in (web), !old"
      })
  void labelSelectorsOfKubernetesAreAccepted(String selector) {
    assertThat(LabelSyntax.labelSelectorProblem(selector)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=b=c", "-a=b", "a in b", "a in (b", "a>x", "X/Y/z=1", "a=b,", ",a", "a b", "a=-b", "!",
        "a=b c"
      })
  void othersAreRefused(String selector) {
    assertThat(LabelSyntax.labelSelectorProblem(selector)).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a=b=c | found '=', expected: ',' or 'end of string'",
        "a=b, | found '', expected: identifier after ','",
        ",a | found ',', expected: !, identifier, or 'end of string'",
        "!! | unable to parse requirement: found '!', expected: identifier",
        "a b | unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt",
        "a in b | unable to parse requirement: found 'b' expected: '('",
        "a in (b | unable to parse requirement: found '', expected: ',' or ')'",
        "a=( | unable to parse requirement: found '(', expected: identifier"
      })
  void problemsAreInTheWordsOfKubernetes(String selector, String problem) {
    assertThat(LabelSyntax.labelSelectorProblem(selector)).contains(problem);
  }

  @ParameterizedTest
  @CsvSource({
    "'', true",
    "'a=b', true",
    "'a.b==c,d!=e', true",
    "'a=b\\,c', true",
    "'a=', true",
    "'a', false",
    "'a=b,c', false",
    "'a=\\x', false"
  })
  void fieldSelectorsHaveASignInEveryTerm(String selector, boolean good) {
    assertThat(LabelSyntax.fieldSelectorProblem(selector).isEmpty()).isEqualTo(good);
  }
}
