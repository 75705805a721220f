package io.promdisco.monitors;

import io.promdisco.config.LabelSyntax;
import io.promdisco.util.GoFormatting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The discovery of Kubernetes objects in a ScrapeConfig. */
final class KubernetesSection {
  /** The roles of selectors that each role may have. */
  private static final Map<String, List<String>> SELECTORS =
      Map.of(
          "pod", List.of("pod"),
          "service", List.of("service"),
          "endpointslice", List.of("pod", "service", "endpointslice"),
          "endpoints", List.of("pod", "service", "endpoints"),
          "node", List.of("node"),
          "ingress", List.of("ingress"));

  private static final Set<String> WITH_METADATA = Set.of("pod", "endpoints", "endpointslice");

  private KubernetesSection() {}

  static SdSection make() {
    return new SdSection("kubernetesSDConfigs", "kubernetesSDConfigs", "kubernetes_sd_configs")
        .basicAuth()
        .authorization()
        .oauth2()
        .tls()
        .proxy()
        .check((source, http) -> checkOwnNamespace(source))
        .check((source, http) -> checkSelectors(source))
        .part((tree, source, http) -> tree.putPresent("api_server", source.text("apiServer")))
        .lowerCase("role")
        .redirects()
        .part((tree, source, http) -> namespaces(tree, source.child("namespaces")))
        .part((tree, source, http) -> selectors(tree, source.items("selectors")))
        .part((tree, source, http) -> attachMetadata(tree, source));
  }

  private static void checkOwnNamespace(SpecNode source) throws InvalidMonitorException {
    if (source.has("apiServer") && source.section("namespaces").flag("ownNamespace", false)) {
      throw new InvalidMonitorException(
          "cannot use 'apiServer' and 'namespaces.ownNamespace' simultaneously");
    }
  }

  private static void checkSelectors(SpecNode source) throws InvalidMonitorException {
    String role = source.textOrEmpty("role");
    List<String> allowed = SELECTORS.get(role.toLowerCase(Locale.ROOT));
    List<SpecNode> selectors = source.items("selectors");
    for (SpecNode selector : selectors) {
      String selected = selector.textOrEmpty("role");
      if (allowed == null) {
        throw new InvalidMonitorException(
            "invalid role: "
                + GoFormatting.quote(selected)
                + ", expecting one of: pod, service, endpoints, endpointslice, node or ingress");
      }
      if (!allowed.contains(selected.toLowerCase(Locale.ROOT))) {
        throw new InvalidMonitorException(
            role + " role supports only " + String.join(", ", allowed) + " selectors", " : ");
      }
    }
    for (SpecNode selector : selectors) {
      refuse(LabelSyntax.fieldSelectorProblem(selector.textOrEmpty("field")));
      refuse(LabelSyntax.labelSelectorProblem(selector.textOrEmpty("label")));
    }
  }

  private static void refuse(Optional<String> problem) throws InvalidMonitorException {
    if (problem.isPresent()) {
      throw new InvalidMonitorException(problem.get());
    }
  }

  private static void namespaces(JobTree tree, @Nullable SpecNode namespaces)
      throws InvalidMonitorException {
    if (namespaces != null) {
      JobTree written = JobTree.of("names", namespaces.texts("names"));
      written.putPresent("own_namespace", namespaces.flag("ownNamespace"));
      tree.put("namespaces", written);
    }
  }

  private static void selectors(JobTree tree, List<SpecNode> selectors)
      throws InvalidMonitorException {
    List<JobTree> written = new ArrayList<>();
    for (SpecNode selector : selectors) {
      JobTree one = JobTree.of("role", selector.textOrEmpty("role").toLowerCase(Locale.ROOT));
      one.putPresent("label", selector.text("label"));
      one.putPresent("field", selector.text("field"));
      written.add(one);
    }
    tree.putItems("selectors", written);
  }

  private static void attachMetadata(JobTree tree, SpecNode source) throws InvalidMonitorException {
    SpecNode metadata = source.child("attachMetadata");
    String role = source.textOrEmpty("role").toLowerCase(Locale.ROOT);
    if (metadata != null && WITH_METADATA.contains(role)) {
      Map<String, @Nullable Object> written = new HashMap<>();
      written.put("node", metadata.flag("node"));
      tree.put("attach_metadata", written);
    }
  }
}
