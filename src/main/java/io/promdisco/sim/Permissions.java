package io.promdisco.sim;

import java.util.ArrayList;
import java.util.List;

/**
 * The permissions of a user: rules by verb, resource and namespace, of which the last that matches
 * decides. Immutable.
 */
public final class Permissions {
  /** Matches every verb, resource or namespace. */
  public static final String ANY = "*";

  /** No permissions. */
  public static final Permissions NONE = new Permissions(List.of());

  /** All permissions. */
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
   * Returns these permissions with a further rule that allows something.
   *
   * @param verb for example {@code list}, or {@link #ANY}
   * @param resource plural name, with {@code /status} for a status, or {@link #ANY}
   * @param namespace a namespace; empty for the cluster scope, which rules for a single namespace
   *     do not cover; or {@link #ANY} for both
   */
  public Permissions allow(String verb, String resource, String namespace) {
    return with(new Rule(true, verb, resource, namespace));
  }

  /**
   * Returns these permissions with a further rule that denies something; arguments as for {@link
   * #allow}.
   */
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
