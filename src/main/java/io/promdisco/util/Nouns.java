package io.promdisco.util;

/** Nouns with a number or an article, for messages: {@code 2 jobs}, {@code an ingress}. */
public final class Nouns {
  private static final String VOWELS = "aeiouAEIOU";

  private Nouns() {}

  /** As {@code 1 job} or {@code 2 jobs}: a noun whose plural ends with {@code s}. */
  public static String count(long number, String one) {
    return count(number, one, one + "s");
  }

  /** As {@code 1 entry} or {@code 2 entries}. */
  public static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  /** The noun alone, in the form that follows {@code number}. */
  public static String noun(long number, String one) {
    return number == 1 ? one : one + "s";
  }

  /** As {@code a pod} or {@code an ingress}: the noun with its article, chosen by the letter. */
  public static String withArticle(String noun) {
    boolean vowel = !noun.isEmpty() && VOWELS.indexOf(noun.charAt(0)) >= 0;
    return (vowel ? "an " : "a ") + noun;
  }
}
