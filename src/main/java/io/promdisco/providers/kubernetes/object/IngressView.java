package io.promdisco.providers.kubernetes.object;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An ingress.
 *
 * @param className {@code spec.ingressClassName}; null if not set
 * @param tlsHosts the hosts of all {@code spec.tls} entries, in order
 */
public record IngressView(
    ObjectMeta meta, @Nullable String className, List<Rule> rules, List<String> tlsHosts)
    implements KubeObject {

  /**
   * A rule.
   *
   * @param host may be empty
   * @param paths the paths in its {@code http} part, as written; null if there is no such part
   */
  public record Rule(String host, @Nullable List<String> paths) {}
}
