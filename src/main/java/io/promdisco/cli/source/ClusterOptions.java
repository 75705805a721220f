package io.promdisco.cli.source;

import io.promdisco.cli.output.ExitCode;
import io.promdisco.model.PrometheusSize;
import io.promdisco.sim.Manifests;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Where Kubernetes objects come from. */
public class ClusterOptions {
  @Option(
      names = "--manifests",
      paramLabel = "FILE|DIR",
      description =
          "Discover from a dump (kubectl get ... -o yaml) and not from a server; - is standard"
              + " input. Repeatable.")
  public List<Path> manifests = List.of();

  @Option(
      names = "--namespace",
      paramLabel = "NAMESPACE",
      converter = NamespaceConverter.class,
      description =
          "The namespace that own_namespace means, with --manifests and in rbac. In rbac it is also"
              + " the namespace of the service account (default: default).")
  public @Nullable String namespace;

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = {
        "Reach every API server through this kubeconfig and not as configured.",
        "Outside a cluster, where the configuration names no server: KUBECONFIG, ~/.kube/config."
      })
  @Nullable Path kubeconfig;

  @Option(
      names = "--context",
      paramLabel = "NAME",
      description =
          "Use this context of the kubeconfig and not its current one; without --kubeconfig that of"
              + " KUBECONFIG or ~/.kube/config.")
  @Nullable String context;

  @Option(
      names = "--source-memory",
      paramLabel = "SIZE",
      converter = SourceMemoryConverter.class,
      description =
          "Memory for the targets of one source, as 200MB or as percent of the heap. A source"
              + " beyond it fails and keeps its last targets. Default: a quarter of the heap.")
  @Nullable Long sourceMemory;

  /** Reads the name of a namespace. */
  static final class NamespaceConverter implements ITypeConverter<String> {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

    @Override
    public String convert(String text) {
      if (LABEL.matcher(text).matches()) {
        return text;
      }
      throw new TypeConversionException(
          "\""
              + text
              + "\" (expected: a DNS label: at most 63 of a-z, 0-9 and -, neither first nor last"
              + " a -)");
    }
  }

  /** Reads {@code 200MB} and {@code 10%}. */
  static final class SourceMemoryConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        long bytes =
            text.endsWith("%")
                ? (long)
                    (Runtime.getRuntime().maxMemory()
                        * Double.parseDouble(text.substring(0, text.length() - 1))
                        / 100)
                : PrometheusSize.parse(text);
        if (bytes > 0) {
          return bytes;
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      throw new TypeConversionException(text + " (expected: a size, as 200MB or 10%)");
    }
  }

  /** Objects of the dump that cannot be used; known once {@link Wiring#clients} has read it. */
  public List<Manifests.LeftOut> leftOut = List.of();

  /** The exit code of a command that would end with {@code code} with a usable dump. */
  public int exitCode(int code) {
    return leftOut.isEmpty() ? code : Math.max(code, ExitCode.FINDING);
  }

  /** Whether the user names a dump or a cluster, rather than leave it to the configuration. */
  public boolean named() {
    return !manifests.isEmpty() || kubeconfig != null || context != null;
  }
}
