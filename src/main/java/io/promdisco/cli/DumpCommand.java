package io.promdisco.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.cli.output.DocumentStream;
import io.promdisco.cli.output.ExitCode;
import io.promdisco.cli.output.Logging;
import io.promdisco.cli.output.StructuredPrinter;
import io.promdisco.cli.source.ClusterClients;
import io.promdisco.cli.source.ClusterDump;
import io.promdisco.cli.source.DiscoverySetup;
import io.promdisco.cli.source.JobChoice;
import io.promdisco.cli.source.ListProgress;
import io.promdisco.cli.source.MonitorOptions;
import io.promdisco.cli.source.ProgressLine;
import io.promdisco.cli.source.SourceOptions;
import io.promdisco.config.Configuration;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.SdConfig;
import io.promdisco.util.Nouns;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Saves the objects that a configuration reads from a cluster, for {@code --manifests}. */
@Command(
    name = "dump",
    mixinStandardHelpOptions = true,
    description =
        "Save the Kubernetes objects that a configuration reads, for use with --manifests.",
    footer = {
      "",
      "Writes only what discovery reads: names, labels, annotations, addresses, ports and"
          + " phases. Environment variables, arguments, volumes and secrets are left out. The"
          + " annotation in which kubectl stores the whole object is emptied. All other labels and"
          + " annotations are written unchanged: check them before you share the file."
    })
final class DumpCommand implements Callable<Integer> {
  private final Console console;
  @Mixin private final SourceOptions source = new SourceOptions();

  @Mixin private final MonitorOptions monitors = new MonitorOptions();

  @Mixin private final JobChoice jobs = new JobChoice();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "Write to this file. Default: standard output.")
  private @Nullable Path file;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      description = "Output format: yaml or json. Default: yaml.")
  private StructuredPrinter.Form form = StructuredPrinter.Form.YAML;

  DumpCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    Logging.useByDefault(Logging.Level.WARN);
    Configuration configuration = monitors.load(source, console, jobs);
    List<ScrapeConfig> asked = jobs.of(configuration);
    ListProgress listed = new ListProgress(console);
    try (ClusterClients readers =
        new ClusterClients(listed.counting(DiscoverySetup.clients(source, console)))) {
      List<ObjectNode> objects = objects(asked, readers, listed);
      write(objects);
      console.errorLine(Console.dim(Nouns.count(objects.size(), "object")));
      return source.exitCode(ExitCode.OK);
    }
  }

  private List<ObjectNode> objects(
      List<ScrapeConfig> asked, ClusterClients readers, ListProgress listed)
      throws InterruptedException {
    Map<Object, Set<String>> servers = new LinkedHashMap<>();
    List<KubernetesSdConfig> configs = new ArrayList<>();
    for (ScrapeConfig job : asked) {
      for (SdConfig config : job.sdConfigs()) {
        if (config instanceof KubernetesSdConfig kubernetes) {
          configs.add(kubernetes);
          servers
              .computeIfAbsent(readers.identity(kubernetes), any -> new LinkedHashSet<>())
              .add(job.jobName());
        }
      }
    }
    refuseSeveral(servers.values());
    ClusterDump dump = new ClusterDump(readers);
    try (ProgressLine waiting = ProgressLine.show(console, listed::text)) {
      Objects.requireNonNull(waiting);
      for (KubernetesSdConfig config : configs) {
        dump.add(config);
      }
    }
    return dump.objects();
  }

  /** A dump cannot tell the objects of two clusters apart. */
  private static void refuseSeveral(Collection<Set<String>> jobs) {
    if (jobs.size() > 1) {
      List<String> names = jobs.stream().flatMap(Set::stream).distinct().toList();
      throw CommandException.usage(
          Nouns.noun(names.size(), "job")
              + " "
              + String.join(", ", names)
              + ": the jobs discover in several clusters (expected: jobs of one cluster, selected"
              + " with --job)");
    }
  }

  private void write(List<ObjectNode> objects) {
    if (file == null) {
      write(objects, console.document(DocumentStream.Form.JSON));
      return;
    }
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      write(objects, out);
      if (out.checkError()) {
        throw new IOException("the file is incomplete");
      }
    } catch (IOException e) {
      throw CommandException.usage("--file: " + file + " cannot be written: " + e.getMessage());
    }
  }

  private void write(List<ObjectNode> objects, PrintStream out) {
    write(objects, form, out);
  }

  /** Writes one list as JSON, or a document for each object as YAML. */
  static void write(List<ObjectNode> objects, StructuredPrinter.Form form, PrintStream out) {
    ObjectMapper mapper = new ObjectMapper();
    if (form == StructuredPrinter.Form.JSON) {
      ObjectNode list = mapper.createObjectNode().put("apiVersion", "v1").put("kind", "List");
      list.putArray("items").addAll(objects);
      StructuredPrinter.json(list, out);
    } else {
      for (ObjectNode object : objects) {
        out.println("---");
        out.print(StructuredPrinter.yaml(mapper.convertValue(object, Map.class)));
      }
    }
    out.flush();
  }
}
