package io.promdisco.config;

import io.promdisco.Internal;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.model.NameValidation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks the entries of service discovery from files and builders.
 *
 * @hidden
 */
@Internal
public final class SdChecks {
  /** The label with a target's host and port. */
  public static final String ADDRESS = "__address__";

  private static final Pattern FILE =
      Pattern.compile("[^*]*(\\*[^/]*)?\\.(json|yml|yaml|JSON|YML|YAML)");

  private static final Map<Role, List<Role>> SELECTORS = new EnumMap<>(Role.class);

  static {
    SELECTORS.put(Role.POD, List.of(Role.POD, Role.NODE));
    SELECTORS.put(Role.SERVICE, List.of(Role.SERVICE));
    SELECTORS.put(Role.ENDPOINTSLICE, List.of(Role.POD, Role.SERVICE, Role.ENDPOINTSLICE));
    SELECTORS.put(Role.ENDPOINTS, List.of(Role.POD, Role.SERVICE, Role.ENDPOINTS));
    SELECTORS.put(Role.NODE, List.of(Role.NODE));
    SELECTORS.put(Role.INGRESS, List.of(Role.INGRESS));
  }

  private SdChecks() {}

  /**
   * @param apiServer null if it is not set
   * @param plainHttp whether the HTTP client settings are the defaults
   */
  public static void checkServer(
      @Nullable String apiServer,
      boolean kubeconfig,
      boolean plainHttp,
      boolean ownNamespace,
      FieldProblems problems) {
    String wrong = apiServer == null ? null : UrlChecks.problem(apiServer);
    if (wrong != null) {
      problems.note("api_server", wrong + " (expected: https://host:port)");
    }
    if (apiServer != null && kubeconfig) {
      problems.note(
          "kubeconfig_file",
          "cannot use 'kubeconfig_file' and 'api_server' simultaneously (expected: one of them)");
    } else if (kubeconfig && !plainHttp) {
      problems.note(
          "kubeconfig_file",
          "cannot use a custom HTTP client configuration together with 'kubeconfig_file'"
              + " (expected: these settings in the kubeconfig)");
    } else if (apiServer == null && !plainHttp) {
      problems.note(
          "",
          "to use custom HTTP client configuration please provide the 'api_server' URL explicitly");
    }
    if (apiServer != null && ownNamespace) {
      problems.note(
          "namespaces", "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously");
    }
    if (kubeconfig && ownNamespace) {
      problems.note(
          "namespaces",
          "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously");
    }
  }

  /**
   * Returns whether a selector for the objects of {@code of} can be used with {@code role}.
   *
   * @param found the roles of the previous selectors; the role of this one is added
   */
  public static boolean checkSelector(
      Role role, @Nullable Role of, Set<Role> found, FieldProblems problems) {
    List<Role> allowed = SELECTORS.getOrDefault(role, List.of());
    if (of == null || !allowed.contains(of)) {
      problems.note(
          "",
          role.text()
              + " role supports only "
              + allowed.stream().map(Role::text).collect(Collectors.joining(", "))
              + " selectors");
      return false;
    }
    if (!found.add(of)) {
      problems.note("role", "duplicated selector role: " + of.text() + " (expected: once)");
    }
    return true;
  }

  public static void checkSyntax(String label, String field, FieldProblems problems) {
    LabelSyntax.labelSelectorProblem(label).ifPresent(wrong -> problems.note("label", wrong));
    LabelSyntax.fieldSelectorProblem(field).ifPresent(wrong -> problems.note("field", wrong));
  }

  public static void checkFiles(List<String> files, FieldProblems problems) {
    if (files.isEmpty()) {
      problems.note(
          "files",
          "file service discovery config must contain at least one path name"
              + " (expected: files)");
    }
    for (int i = 0; i < files.size(); i++) {
      if (!FILE.matcher(files.get(i)).matches()) {
        problems.note(
            "files[" + i + "]",
            "path name \""
                + files.get(i)
                + "\" is not valid for file discovery (expected: a name that ends in .json, .yml"
                + " or .yaml, with at most one * in its last part)");
      }
    }
  }

  public static void checkUrl(String url, FieldProblems problems) {
    String wrong = UrlChecks.problem(url);
    if (url.isEmpty()) {
      problems.note("url", "URL is missing (expected: url)");
    } else if (wrong != null) {
      problems.note("url", wrong);
    } else if (!UrlChecks.scheme(url).equals("http") && !UrlChecks.scheme(url).equals("https")) {
      problems.note("url", "URL scheme must be 'http' or 'https' (expected: http://host/path)");
    } else if (UrlChecks.host(url).isEmpty()) {
      problems.note("url", "host is missing in URL (expected: http://host/path)");
    }
  }

  public static void checkDnsNames(List<String> names, FieldProblems problems) {
    if (names.isEmpty()) {
      problems.note(
          "names", "DNS-SD config must contain at least one SRV record name (expected: names)");
    }
  }

  public static void checkDnsPort(DnsSdConfig.Type type, long port, FieldProblems problems) {
    if (type != DnsSdConfig.Type.SRV && port == 0) {
      problems.note("port", "a port is required in DNS-SD configs for all record types except SRV");
    }
  }

  public static @Nullable String nameProblem(String name) {
    return NameValidation.UTF8.isValidLabelName(name)
        ? null
        : "\"" + name + "\" is not a valid label name (expected: any text but an empty one)";
  }

  public static @Nullable String addressProblem(String address) {
    return address.indexOf('/') < 0
        ? null
        : "\"" + address + "\" is not a valid hostname (expected: host:port)";
  }
}
