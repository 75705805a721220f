package io.promdisco.providers.kubernetes.client;

import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.providers.kubernetes.client.kubeconfig.KubeconfigSource;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the kubeconfig for the cluster of an SD config, or none. In this order:
 *
 * <ol>
 *   <li>the file of {@code --kubeconfig}, for every SD config;
 *   <li>{@code kubeconfig_file} of the SD config;
 *   <li>with {@code --context}, the user's kubeconfig;
 *   <li>{@code api_server} of the SD config: no kubeconfig;
 *   <li>in a cluster, its service account: no kubeconfig;
 *   <li>the user's kubeconfig: the files in {@code KUBECONFIG}, or else {@code ~/.kube/config}.
 * </ol>
 *
 * <p>{@code --context} names the context of the kubeconfig. The embedded library uses neither these
 * options nor the user's kubeconfig. Immutable.
 */
final class ClusterChoice {
  static final String HOST = "KUBERNETES_SERVICE_HOST";
  static final String PORT = "KUBERNETES_SERVICE_PORT";

  private static final String KUBECONFIG = "KUBECONFIG";
  private static final Path USUAL = Path.of(".kube", "config");

  private final Map<String, String> env;
  private final Path token;
  private final @Nullable Path file;
  private final String context;
  private final boolean isCommand;

  private ClusterChoice(
      Map<String, String> env,
      Path serviceAccount,
      @Nullable Path file,
      String context,
      boolean isCommand) {
    this.env = env;
    this.token = serviceAccount.resolve("token");
    this.file = file;
    this.context = context;
    this.isCommand = isCommand;
  }

  /** Returns the choice for the library, which depends only on the SD config. */
  static ClusterChoice asConfigured(Map<String, String> env, Path serviceAccount) {
    return new ClusterChoice(env, serviceAccount, null, "", false);
  }

  /**
   * Returns the choice for commands.
   *
   * @param file the value of {@code --kubeconfig}; null if not given
   * @param context the value of {@code --context}; empty if not given
   */
  static ClusterChoice ofCommand(
      Map<String, String> env, Path serviceAccount, @Nullable Path file, String context) {
    return new ClusterChoice(env, serviceAccount, file, context, true);
  }

  /** Returns the kubeconfig to use; empty for {@code api_server}, or else the service account. */
  Optional<KubeconfigSource> kubeconfig(KubernetesSdConfig config) {
    if (file != null) {
      return Optional.of(KubeconfigSource.of(file, context));
    }
    if (config.kubeconfigFile().isPresent()) {
      return Optional.of(KubeconfigSource.of(Path.of(config.kubeconfigFile().get()), context));
    }
    boolean byDefault = config.apiServer().isEmpty() && isCommand && !isInCluster();
    return byDefault || !context.isEmpty() ? Optional.of(ofUser()) : Optional.empty();
  }

  /** Whether the SD config alone does not determine which kubeconfig is used. */
  boolean isWorthTelling(KubernetesSdConfig config) {
    return file != null || !context.isEmpty() || config.kubeconfigFile().isEmpty();
  }

  /**
   * Whether {@code KUBECONFIG} has no effect on {@code config} because this process runs in a
   * cluster.
   */
  boolean ignoresKubeconfig(KubernetesSdConfig config) {
    return isCommand
        && config.apiServer().isEmpty()
        && kubeconfig(config).isEmpty()
        && !variable(KUBECONFIG).isEmpty();
  }

  /** Whether this process runs in a pod with a service account. */
  private boolean isInCluster() {
    return !variable(HOST).isEmpty() && !variable(PORT).isEmpty() && Files.isRegularFile(token);
  }

  private String variable(String name) {
    return env.getOrDefault(name, "");
  }

  private KubeconfigSource ofUser() {
    List<Path> files = new ArrayList<>();
    for (String name : variable(KUBECONFIG).split(File.pathSeparator)) {
      Path path = Path.of(name);
      if (!name.isEmpty() && !files.contains(path)) {
        files.add(path);
      }
    }
    boolean isSet = !files.isEmpty();
    if (!isSet) {
      files.add(home().resolve(USUAL));
    }
    String outside =
        variable(HOST).isEmpty() || variable(PORT).isEmpty()
            ? HOST + " and " + PORT + " are not set"
            : token + " does not exist";
    String tried =
        isSet
            ? "no file of " + KUBECONFIG + " exists (" + String.join(", ", names(files)) + ")"
            : KUBECONFIG + " is not set, " + files.get(0) + " does not exist";
    return new KubeconfigSource(
        files,
        context,
        "no cluster found: not in a cluster ("
            + outside
            + "); "
            + tried
            + " (expected: a kubeconfig, --kubeconfig FILE, or kubeconfig_file or api_server in"
            + " the configuration)");
  }

  private static List<String> names(List<Path> files) {
    return files.stream().map(Path::toString).toList();
  }

  private Path home() {
    String home = variable("HOME");
    return Path.of(home.isEmpty() ? System.getProperty("user.home", "") : home);
  }

  /** Returns a text with the user's home folder as {@code ~}. */
  String shortened(String text) {
    String home = home().toString();
    return home.length() <= 1 ? text : text.replace(home + File.separator, "~" + File.separator);
  }
}
