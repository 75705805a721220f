package io.promdisco.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * What a user may do: rules by verb, resource and namespace, of which the last that fits decides.
 * Immutable.
 */
public final class Permissions {
  /** Fits every verb, resource or namespace. */
  public static final String ANY = "*";

  /** May do nothing. */
  public static final Permissions NONE = new Permissions(List.of());

  /** May do everything. */
  public static final Permissions ALL = NONE.allow(ANY, ANY, ANY);

  private record Rule(boolean allow, String verb, String resource, String namespace) {
    boolean fits(String askedVerb, String askedResource, String askedNamespace) {
      return fits(verb, askedVerb)
          && fits(resource, askedResource)
          && fits(namespace, askedNamespace);
    }

    private static boolean fits(String rule, String asked) {
      return rule.equals(ANY) || rule.equals(asked);
    }
  }

  private final List<Rule> rules;

  private Permissions(List<Rule> rules) {
    this.rules = rules;
  }

  /**
   * These, and one allowed.
   *
   * @param verb as {@code list}, or {@link #ANY}
   * @param resource plural name, with {@code /status} for a status, or {@link #ANY}
   * @param namespace a namespace; empty for the cluster scope, which no single namespace's rule
   *     covers; or {@link #ANY} for both
   */
  public Permissions allow(String verb, String resource, String namespace) {
    return with(new Rule(true, verb, resource, namespace));
  }

  /** These, and one refused; arguments as for {@link #allow}. */
  public Permissions deny(String verb, String resource, String namespace) {
    return with(new Rule(false, verb, resource, namespace));
  }

  private Permissions with(Rule rule) {
    List<Rule> more = new ArrayList<>(rules);
    more.add(rule);
    return new Permissions(List.copyOf(more));
  }

  boolean allows(String verb, String resource, String namespace) {
    for (int i = rules.size() - 1; i >= 0; i--) {
      if (rules.get(i).fits(verb, resource, namespace)) {
        return rules.get(i).allow;
      }
    }
    return false;
  }
}
