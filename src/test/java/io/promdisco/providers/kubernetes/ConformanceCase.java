package io.promdisco.providers.kubernetes;

import io.promdisco.config.HttpClientConfig;
import io.promdisco.config.KubernetesSdConfig;
import io.promdisco.config.KubernetesSdConfig.AttachMetadata;
import io.promdisco.config.KubernetesSdConfig.Role;
import io.promdisco.config.KubernetesSdConfig.Selector;
import io.promdisco.testing.RecordedCases;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One recorded cluster.
 *
 * @param name its folder
 * @param folder where it is
 * @param jobs the jobs that can run outside of a cluster
 * @param steps the files of changes, in order
 */
record ConformanceCase(String name, Path folder, List<Job> jobs, List<Path> steps) {
  /** Labels that a scrape config sets on every target. */
  private static final Set<String> OF_JOB =
      Set.of(
          "__always_scrape_classic_histograms__",
          "__convert_classic_histograms_to_nhcb__",
          "__metrics_path__",
          "__scheme__",
          "__scrape_interval__",
          "__scrape_native_histograms__",
          "__scrape_timeout__",
          "job");

  /**
   * A job.
   *
   * @param name its name
   * @param configs its Kubernetes SD configs
   * @param dropsAll whether every target is dropped, so that no target is hidden by an equal one
   */
  record Job(String name, List<KubernetesSdConfig> configs, boolean dropsAll) {}

  static RecordedCases<ConformanceCase> all() {
    return RecordedCases.folders("kubernetes", "cluster.yaml").map(ConformanceCase::read);
  }

  private static ConformanceCase read(Path folder) {
    try {
      return new ConformanceCase(
          folder.getFileName().toString(), folder, jobs(folder), steps(folder));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Job> jobs(Path folder) throws IOException {
    List<Job> jobs = new ArrayList<>();
    ParsedValues config = ParsedValues.of(documents(folder.resolve("config.yml")).get(0));
    for (ParsedValues job : config.list("scrape_configs")) {
      List<KubernetesSdConfig> configs =
          job.list("kubernetes_sd_configs").stream()
              .filter(sd -> sd.has("kubeconfig_file") || sd.has("api_server"))
              .map(ConformanceCase::sdConfig)
              .toList();
      boolean dropsAll =
          job.list("relabel_configs").stream()
              .limit(1)
              .anyMatch(
                  rule -> rule.text("action").equals("drop") && rule.text("regex").equals(".*"));
      jobs.add(new Job(job.text("job_name"), configs, dropsAll));
    }
    return jobs;
  }

  private static List<Path> steps(Path folder) throws IOException {
    Path steps = folder.resolve("steps");
    if (!Files.isDirectory(steps)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(steps)) {
      return files.sorted().toList();
    }
  }

  private static KubernetesSdConfig sdConfig(ParsedValues raw) {
    ParsedValues attach = raw.at("attach_metadata");
    return new KubernetesSdConfig(
        Role.valueOf(raw.text("role").toUpperCase(Locale.ROOT)),
        raw.optional("api_server"),
        raw.optional("kubeconfig_file"),
        HttpClientConfig.DEFAULT,
        raw.at("namespaces").isTrue("own_namespace"),
        raw.at("namespaces").texts("names"),
        raw.list("selectors").stream()
            .map(
                selector ->
                    new Selector(
                        Role.valueOf(selector.text("role").toUpperCase(Locale.ROOT)),
                        selector.text("label"),
                        selector.text("field")))
            .toList(),
        new AttachMetadata(
            attach.isTrue("node"),
            attach.isTrue("namespace"),
            attach.isTrue("deployment"),
            attach.isTrue("job"),
            attach.isTrue("cronjob")));
  }

  TestCluster cluster() throws IOException {
    TestCluster cluster = new TestCluster();
    documents(folder.resolve("cluster.yaml")).forEach(cluster::put);
    return cluster;
  }

  /** Applies a step, counted from 1. */
  void apply(int step, TestCluster cluster) throws IOException {
    documents(steps.get(step - 1)).forEach(cluster::apply);
  }

  /**
   * Returns what a Prometheus that was started after step {@code step} (0 for the start) discovers,
   * by job: the labels of its targets that come from Kubernetes, sorted.
   */
  Map<String, List<Map<String, String>>> expected(int step) throws IOException {
    String number = String.format(Locale.ROOT, "-%02d", step);
    Path file = folder.resolve("expected" + (step == 0 ? "" : number) + ".json");
    Path fresh = folder.resolve("expected" + number + "-fresh.json");
    ParsedValues answer = ParsedValues.of(documents(Files.exists(fresh) ? fresh : file).get(0));
    Map<String, List<Map<String, String>>> byJob = new TreeMap<>();
    for (Job job : jobs) {
      ParsedValues targets = answer.at(job.name);
      List<Map<String, String>> all = new ArrayList<>();
      Stream.concat(targets.list("active").stream(), targets.list("dropped").stream())
          .map(target -> target.textMap("discoveredLabels"))
          .filter(labels -> labels.keySet().stream().anyMatch(n -> n.startsWith("__meta_")))
          .forEach(all::add);
      byJob.put(job.name, sorted(all));
    }
    return byJob;
  }

  /** Removes the labels that the scrape config sets, and sorts the targets. */
  static List<Map<String, String>> sorted(List<Map<String, String>> targets) {
    return targets.stream()
        .map(
            labels -> {
              Map<String, String> out = new TreeMap<>(labels);
              out.keySet().removeAll(OF_JOB);
              out.keySet().removeIf(name -> name.startsWith("__param_"));
              out.values().removeIf(String::isEmpty);
              return out;
            })
        .sorted((a, b) -> a.toString().compareTo(b.toString()))
        .toList();
  }

  /**
   * Whether {@code discovered} is what {@code job} should find. Of equal targets, only one is
   * recorded.
   */
  static boolean agree(
      Job job, List<Map<String, String>> discovered, List<Map<String, String>> expected) {
    return job.dropsAll
        ? discovered.equals(expected)
        : discovered.size() >= expected.size() && new HashSet<>(discovered).containsAll(expected);
  }

  private static List<Object> documents(Path file) throws IOException {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(64 << 20);
    options.setMaxAliasesForCollections(1000);
    List<Object> documents = new ArrayList<>();
    try (Reader reader = Files.newBufferedReader(file)) {
      for (Object document : new Yaml(new SafeConstructor(options)).loadAll(reader)) {
        if (document != null) {
          documents.add(document);
        }
      }
    }
    return documents;
  }

  @Override
  public String toString() {
    return name;
  }
}
