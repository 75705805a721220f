package io.promdisco.cli;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.source.ClusterClients;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.providers.kubernetes.RequiredPermissions;
import io.promdisco.providers.kubernetes.RequiredPermissions.Permission;
import io.promdisco.providers.kubernetes.WatchedResources;
import io.promdisco.providers.kubernetes.watch.AccessReview;
import io.promdisco.providers.kubernetes.watch.ResourceClient;
import io.promdisco.util.Nouns;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Prints or checks the permissions that a configuration needs. */
@Command(
    name = "rbac",
    mixinStandardHelpOptions = true,
    description = "Print the minimal roles and bindings that a configuration needs, or check them.",
    footer = {
      "",
      "Contacts a server only with --check. Then it exits with 0 if no permission is"
          + " missing, otherwise with 1."
    })
final class RbacCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private final SourceOptions source = new SourceOptions();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the roles and bindings. Default: promdisco.")
  private String name = "promdisco";

  @Option(
      names = "--service-account",
      paramLabel = "NAME",
      description = "Service account to bind the roles to. Default: the value of --name.")
  private String account = "";

  @Option(
      names = "--check",
      description = "Ask each API server which permissions the configured credentials lack.")
  private boolean check;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description =
          "Output format: yaml or json. Default: yaml. With --check: text, yaml or json."
              + " Default: text.")
  private StructuredPrinter.Form form = StructuredPrinter.Form.TEXT;

  RbacCommand(Console console) {
    this.console = console;
  }

  /** The permissions that are needed on one server. */
  private static final class Needs {
    private final KubernetesSdConfig config;
    private final Set<WatchedResources.Watched> watched = new LinkedHashSet<>();
    private final Set<String> jobs = new LinkedHashSet<>();

    Needs(KubernetesSdConfig config) {
      this.config = config;
    }

    List<Permission> least() {
      return RequiredPermissions.of(watched);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    if (!source.manifests.isEmpty()) {
      throw CommandException.usage("--manifests: a dump grants nothing (expected: a server)");
    }
    Configuration configuration = jobs.choose(source.load(console, jobs));
    try (ClusterClients readers = new ClusterClients(DiscoverySetup.servers(source, console))) {
      Map<Object, Needs> servers = needs(configuration, readers);
      if (check) {
        return check(servers, readers);
      }
      if (servers.isEmpty()) {
        console.errorLine("no job discovers in Kubernetes: no permission is needed");
      }
      print(servers);
      return ExitCode.OK;
    }
  }

  private Map<Object, Needs> needs(Configuration configuration, ClusterClients readers) {
    Map<Object, Needs> servers = new LinkedHashMap<>();
    for (ScrapeConfig job : configuration.jobs()) {
      for (SdConfig config : job.sdConfigs()) {
        if (config instanceof KubernetesSdConfig kubernetes) {
          Needs needs =
              servers.computeIfAbsent(readers.identity(kubernetes), any -> new Needs(kubernetes));
          needs.jobs.add(job.jobName());
          needs.watched.addAll(WatchedResources.of(kubernetes, namespaces(kubernetes, readers)));
        }
      }
    }
    return servers;
  }

  private String namespace() {
    return source.namespace == null ? "default" : source.namespace;
  }

  /**
   * Returns the namespaces, with the account's as own namespace, or with {@code --check} that of
   * this process.
   */
  private List<String> namespaces(KubernetesSdConfig config, ClusterClients readers) {
    try {
      boolean ours = check && config.ownNamespace();
      Optional<String> own = ours ? readers.of(config).ownNamespace() : Optional.of(namespace());
      return WatchedResources.namespaces(config, own);
    } catch (DiscoveryException e) {
      throw CommandException.usage(e);
    }
  }

  private void print(Map<Object, Needs> servers) {
    RbacManifests manifests =
        new RbacManifests(name, namespace(), account.isEmpty() ? name : account);
    if (form == StructuredPrinter.Form.JSON) {
      List<Map<String, Object>> items = new ArrayList<>();
      servers.values().forEach(needs -> items.addAll(manifests.of(needs.least())));
      StructuredPrinter.print(
          console, form, StructuredPrinter.map("apiVersion", "v1", "kind", "List", "items", items));
      return;
    }
    for (Needs needs : servers.values()) {
      if (servers.size() > 1) {
        console.line(
            "# for the server of ",
            Nouns.noun(needs.jobs.size(), "job"),
            " ",
            String.join(", ", needs.jobs));
      }
      for (Map<String, Object> object : manifests.of(needs.least())) {
        console.line("---");
        StructuredPrinter.print(console, StructuredPrinter.Form.YAML, object);
      }
    }
  }

  /** The answer of a server about one permission. */
  private record Answer(String server, String verb, Permission access, boolean allowed) {
    String text() {
      return access.right(verb);
    }

    Map<String, Object> document() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("server", server);
      map.put("verb", verb);
      map.put("group", access.resource().group());
      map.put("resource", access.resource().plural());
      map.put("namespace", access.namespace());
      map.put("allowed", allowed);
      return map;
    }
  }

  private int check(Map<Object, Needs> servers, ClusterClients readers)
      throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    for (Needs needs : servers.values()) {
      answers.addAll(ask(needs, readers));
    }
    if (form != StructuredPrinter.Form.TEXT) {
      StructuredPrinter.print(console, form, answers.stream().map(Answer::document).toList());
    } else {
      for (Answer answer : answers) {
        console.line(
            answer.allowed() ? Console.green("ok:      ") : Console.red("missing: "),
            answer.text(),
            Console.dim("  (" + answer.server() + ")"));
      }
    }
    return answers.stream().allMatch(Answer::allowed) ? ExitCode.OK : ExitCode.FINDING;
  }

  private static List<Answer> ask(Needs needs, ClusterClients readers) throws InterruptedException {
    List<Answer> answers = new ArrayList<>();
    try {
      ResourceClient client = readers.of(needs.config);
      if (!(client instanceof AccessReview review)) {
        throw new IllegalStateException(client + ": cannot be asked for permissions");
      }
      for (Permission access : needs.least()) {
        for (String verb : RequiredPermissions.VERBS) {
          boolean allowed = review.allows(verb, access.resource(), access.namespace());
          answers.add(new Answer(client.server(), verb, access, allowed));
        }
      }
    } catch (DiscoveryException e) {
      throw CommandException.usage(e);
    } catch (IOException e) {
      throw CommandException.unreachable("--check: cannot be asked: " + e.getMessage());
    }
    return answers;
  }
}
