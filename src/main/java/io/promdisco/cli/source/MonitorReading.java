package io.promdisco.cli.source;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.cli.output.CommandException;
import io.promdisco.cli.output.Console;
import io.promdisco.config.Configuration;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.InvalidSettingsException;
import io.promdisco.monitors.MonitorCompiler;
import io.promdisco.monitors.MonitorJob;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.MonitorSnapshot;
import io.promdisco.monitors.Rejection;
import io.promdisco.offline.ManifestException;
import io.promdisco.offline.ManifestReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads Prometheus Operator resources from where the options say, and compiles them. */
public final class MonitorReading {
  public static final String OPTION = "--prometheus-cr";

  private final ClusterOptions cluster;
  private final Console console;

  public MonitorReading(ClusterOptions cluster, Console console) {
    this.cluster = cluster;
    this.console = console;
    cluster.wantsMonitors = true;
  }

  /**
   * Compiles the resources of the dump.
   *
   * @param file the settings
   * @throws CommandException if a file cannot be read
   */
  public CompiledMonitors compile(Path file) {
    try {
      return snapshot(file).compiled();
    } catch (InvalidSettingsException e) {
      return CompiledMonitors.refused(e);
    }
  }

  private MonitorSnapshot snapshot(Path file) throws InvalidSettingsException {
    if (cluster.manifests.isEmpty()) {
      throw CommandException.usage(
          "monitors are read from a dump only (expected: --manifests FILE)");
    }
    MonitorObjects objects = objects();
    MonitorSettings settings = settings(file);
    return new MonitorSnapshot(settings, objects, new MonitorCompiler(settings).compile(objects));
  }

  private MonitorSettings settings(Path file) throws InvalidSettingsException {
    MonitorSettings settings = MonitorSettings.of(document(file));
    for (String warning : settings.warnings()) {
      console.errorLine(Console.yellow("warning: "), file, ": ", warning);
    }
    return settings;
  }

  /**
   * Reads settings without resources.
   *
   * @throws CommandException if they are refused
   */
  MonitorSettings readSettings(Path file) {
    try {
      return settings(file);
    } catch (InvalidSettingsException e) {
      throw refused(file, CompiledMonitors.refused(e));
    }
  }

  private static CommandException refused(Path file, CompiledMonitors monitors) {
    return CommandException.usage(file + ": " + monitors.rejected().get(0));
  }

  /**
   * Compiles the resources for discovery. Prints what was refused, and what promdisco cannot
   * discover.
   *
   * @param file the settings
   * @throws CommandException if the settings are refused
   */
  public MonitorSnapshot read(Path file) {
    MonitorSnapshot snapshot;
    try {
      snapshot = snapshot(file);
    } catch (InvalidSettingsException e) {
      throw refused(file, CompiledMonitors.refused(e));
    }
    CompiledMonitors monitors = snapshot.compiled();
    if (monitors.isRefused()) {
      throw refused(file, monitors);
    }
    report(monitors, console);
    for (MonitorJob job : monitors.jobs()) {
      if (job.config().isEmpty()) {
        console.errorLine(
            Console.yellow("warning: "),
            job.jobName(),
            ": left out: it uses service discovery that promdisco does not support");
      }
    }
    return snapshot;
  }

  /**
   * Adds the jobs of monitors to a configuration.
   *
   * @throws IllegalArgumentException if that has a job of the same name
   */
  public static Configuration joined(Configuration configuration, List<ScrapeConfig> added) {
    List<ScrapeConfig> jobs = new ArrayList<>(configuration.jobs());
    jobs.addAll(added);
    Map<String, Object> effective = new LinkedHashMap<>(configuration.effective());
    effective.put("scrape_configs", jobs.stream().map(ScrapeConfig::effective).toList());
    return new Configuration(jobs, effective, configuration.warnings());
  }

  private static JsonNode document(Path file) {
    try {
      List<JsonNode> documents = ManifestReader.documents(file);
      if (documents.size() == 1) {
        return documents.get(0);
      }
      throw CommandException.usage(
          file + ": " + documents.size() + " documents (expected: one, with prometheus_cr)");
    } catch (ManifestException e) {
      throw CommandException.usage(e);
    }
  }

  private MonitorObjects objects() {
    ManifestReader.Contents contents = cluster.contents(console);
    List<JsonNode> objects = new ArrayList<>(contents.objects());
    objects.addAll(contents.others());
    return MonitorObjects.of(objects);
  }

  /** Prints what was refused, and counts what was not selected. */
  public static void report(CompiledMonitors monitors, Console console) {
    int unselected = 0;
    for (Rejection rejection : monitors.rejected()) {
      if (rejection.isError()) {
        console.errorLine(Console.red("error: "), rejection);
      } else if (rejection.reason() == Rejection.Reason.DENIED_FS_ACCESS) {
        console.errorLine(Console.yellow("warning: "), rejection);
      } else {
        unselected++;
      }
    }
    if (unselected > 0) {
      console.errorLine(
          Console.dim(
              unselected
                  + (unselected == 1 ? " resource is" : " resources are")
                  + " not selected (promdisco monitors --output json)"));
    }
  }
}
