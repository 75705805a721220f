package io.promdisco.cli;

import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.source.ClusterClients;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.MonitorOptions;
import io.promdisco.cli.source.MonitorPermissions;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.discovery.DiscoveryException;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.MonitorSnapshot;
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
          + " missing, otherwise with 1.",
      "With --prometheus-cr, it prints what reading monitors needs. With --manifests as well, it"
          + " prints exactly what their jobs and the Secrets that they name need; otherwise, what"
          + " they may need."
    })
final class RbacCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private final SourceOptions source = new SourceOptions();

  @Mixin private final MonitorOptions monitors = new MonitorOptions();

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

    /** What reading monitors needs. */
    private final List<Permission> ofMonitors = new ArrayList<>();

    Needs(KubernetesSdConfig config) {
      this.config = config;
    }

    List<Permission> least() {
      List<Permission> all = new ArrayList<>();
      for (Permission one : RequiredPermissions.of(watched)) {
        if (ofMonitors.stream().noneMatch(granted -> includes(granted, one))) {
          all.add(one);
        }
      }
      all.addAll(ofMonitors);
      return all;
    }

    private static boolean includes(Permission granted, Permission asked) {
      return granted.names().isEmpty()
          && granted.resource().equals(asked.resource())
          && granted.namespace().equals(asked.namespace());
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    if (!source.manifests.isEmpty() && !monitors.named()) {
      throw CommandException.usage("--manifests: a dump grants nothing (expected: a server)");
    }
    MonitorSettings unread =
        monitors.named() && source.manifests.isEmpty() ? monitors.settings(source, console) : null;
    Configuration configuration =
        unread == null
            ? monitors.load(source, console, jobs)
            : source.namesFile() ? source.load(console, jobs) : Configuration.of();
    try (ClusterClients readers = new ClusterClients(DiscoverySetup.servers(source, console))) {
      Map<Object, Needs> servers = needs(jobs.choose(configuration), readers);
      if (unread != null) {
        addMonitors(unread, servers, readers);
      }
      monitors.snapshot().ifPresent(snapshot -> addMonitors(snapshot, servers, readers));
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
          Needs needs = of(kubernetes, servers, readers);
          needs.jobs.add(job.jobName());
          needs.watched.addAll(WatchedResources.of(kubernetes, namespaces(kubernetes, readers)));
        }
      }
    }
    return servers;
  }

  private static Needs of(
      KubernetesSdConfig config, Map<Object, Needs> servers, ClusterClients readers) {
    return servers.computeIfAbsent(readers.identity(config), any -> new Needs(config));
  }

  /** Adds what monitors and their data need, all of which are known. */
  private static void addMonitors(
      MonitorSnapshot snapshot, Map<Object, Needs> servers, ClusterClients readers) {
    List<Permission> needed = ofMonitors(servers, readers);
    needed.addAll(MonitorPermissions.ofMonitors(snapshot.settings()));
    needed.addAll(MonitorPermissions.ofData(snapshot.compiled()));
  }

  /** Adds what monitors may need that are not known. */
  private void addMonitors(
      MonitorSettings settings, Map<Object, Needs> servers, ClusterClients readers) {
    List<Permission> needed = ofMonitors(servers, readers);
    needed.addAll(MonitorPermissions.ofMonitors(settings));
    needed.addAll(MonitorPermissions.ofData(settings));
    for (KubernetesSdConfig config : MonitorPermissions.possibleDiscovery(settings)) {
      of(config, servers, readers)
          .watched
          .addAll(WatchedResources.of(config, namespaces(config, readers)));
    }
    console.errorLine(
        Console.yellow("warning: "),
        "the monitors are not known: these are the rights that most of them need"
            + " (expected: --manifests, for the rights that yours need)");
  }

  /** Returns what is needed of the server that monitors are read from. */
  private static List<Permission> ofMonitors(Map<Object, Needs> servers, ClusterClients readers) {
    Needs needs = of(KubernetesSdConfig.builder(Role.POD).build(), servers, readers);
    needs.jobs.add("monitors");
    return needs.ofMonitors;
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

  /** What a server says of one permission. */
  private record Answer(
      String server, String verb, Permission access, String name, boolean allowed) {
    String text() {
      return access.right(verb, name);
    }

    Map<String, Object> document() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("server", server);
      map.put("verb", verb);
      map.put("group", access.resource().group());
      map.put("resource", access.resource().plural());
      map.put("namespace", access.namespace());
      if (!name.isEmpty()) {
        map.put("name", name);
      }
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
        for (String name : access.names().isEmpty() ? List.of("") : access.names()) {
          for (String verb : access.verbs()) {
            boolean allowed = review.allows(verb, access.resource(), access.namespace(), name);
            answers.add(new Answer(client.server(), verb, access, name, allowed));
          }
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
