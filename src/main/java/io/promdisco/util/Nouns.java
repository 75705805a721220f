package io.promdisco.util;

/** Nouns with a number or an article, for messages: {@code 2 jobs}, {@code an ingress}. */
public final class Nouns {
  private static final String VOWELS = "aeiouAEIOU";

  private Nouns() {}

  /**
   * Returns, for example, {@code 1 job} or {@code 2 jobs}, for a noun whose plural ends in {@code
   * s}.
   */
  public static String count(long number, String one) {
    return count(number, one, one + "s");
  }

  /** Returns, for example, {@code 1 entry} or {@code 2 entries}. */
  public static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  /** Returns only the noun, in the form that follows {@code number}. */
  public static String noun(long number, String one) {
    return number == 1 ? one : one + "s";
  }

  /**
   * Returns, for example, {@code a pod} or {@code an ingress}; the first letter determines the
   * article.
   */
  public static String withArticle(String noun) {
    boolean vowel = !noun.isEmpty() && VOWELS.indexOf(noun.charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + noun;
  }
}
