package io.promdisco.ruletest;

import com.fasterxml.jackson.databind.JsonNode;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.load.ConfigLoader;
import io.promdisco.config.section.TargetGroupsReader;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.StrictYaml;
import io.promdisco.model.Labels;
import io.promdisco.model.TargetGroup;
import io.promdisco.monitors.CompiledMonitors;
import io.promdisco.monitors.InvalidSettingsException;
import io.promdisco.monitors.MonitorCompiler;
import io.promdisco.monitors.MonitorObjects;
import io.promdisco.monitors.MonitorSettings;
import io.promdisco.monitors.Rejection;
import io.promdisco.offline.ManifestException;
import io.promdisco.offline.ManifestReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads test files, and reports every mistake with its place. */
public final class RuleTestReader {
  private static final String ADDRESS = "__address__";
  private static final String PROMETHEUS_CR = "prometheus_cr";

  private final ConfigLoader loader;
  private final Predicate<String> chosen;
  private final SharedInputs shared;
  private final Path file;
  private final Path folder;
  private final List<Problem> ofConfiguration = new ArrayList<>();

  private RuleTestReader(
      ConfigLoader loader, Predicate<String> chosen, SharedInputs shared, Path file) {
    this.loader = loader;
    this.chosen = chosen;
    this.shared = shared;
    this.file = file;
    Path parent = file.getParent();
    folder = parent == null ? Path.of("") : parent;
  }

  /**
   * Reads a file and the configuration that it tests.
   *
   * @param loader reads configurations
   * @param chosen the jobs whose tests to run; other tests are left out
   * @return the problems of both; no value if either has an error
   */
  public static StrictYaml.Result<RuleTestFile> read(
      Path file, ConfigLoader loader, Predicate<String> chosen, SharedInputs shared) {
    RuleTestReader reader = new RuleTestReader(loader, chosen, shared, file);
    StrictYaml.Result<RuleTestFile> result = StrictYaml.read(file, "a test file", reader::read);
    List<Problem> problems = new ArrayList<>(result.problems());
    problems.addAll(reader.ofConfiguration);
    problems.removeIf(problem -> problem.kind().isAdvice()); // the command check shows advice
    return new StrictYaml.Result<>(result.value(), problems);
  }

  private RuleTestFile read(Section root) {
    List<Path> manifests = manifests(root);
    String written = root.string(PROMETHEUS_CR);
    Optional<Path> settings =
        written.isEmpty()
            ? shared.monitorSettings()
            : Optional.of(folder.resolve(written).normalize());
    List<ScrapeConfig> jobs = new ArrayList<>(jobs(root, settings.isPresent()));
    settings.ifPresent(path -> addMonitors(path, manifests, root, jobs));
    String namespace = root.string("namespace");
    if (!namespace.isEmpty() && manifests.isEmpty()) {
      root.error("namespace", "no effect without manifests (expected: manifests too)");
    }
    Map<String, List<TargetGroup>> groups = new LinkedHashMap<>();
    for (Section section : root.sections("groups")) {
      String job = job(section, jobs);
      List<TargetGroup> known = groups.computeIfAbsent(job, any -> new ArrayList<>());
      known.add(group(section, known.size()));
    }
    List<RuleTest> tests = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section section : root.sections("tests")) {
      RuleTest test = test(section, jobs);
      if (!names.add(test.name())) {
        section.error(
            "name",
            "\"" + test.name() + "\" is the name of another test (expected: a unique name)");
      }
      if (chosen.test(test.job())) {
        tests.add(test);
      }
    }
    if (!root.hasValue("tests")) {
      root.error("tests", "no tests (expected: a list of tests)");
    }
    root.finish();
    return new RuleTestFile(file, jobs, manifests, namespace, groups, tests);
  }

  /** Adds the jobs that the monitors of the manifests become. */
  private static void addMonitors(
      Path settings, List<Path> manifests, Section root, List<ScrapeConfig> jobs) {
    Set<String> names = jobs.stream().map(ScrapeConfig::jobName).collect(Collectors.toSet());
    try {
      CompiledMonitors monitors = compile(settings, manifests);
      for (Rejection rejection : monitors.rejected()) {
        if (monitors.isRefused()) {
          root.error(PROMETHEUS_CR, settings + ": " + rejection);
        } else if (rejection.reason() != Rejection.Reason.NOT_SELECTED) {
          root.warn(PROMETHEUS_CR, ProblemKind.INVALID_VALUE, String.valueOf(rejection));
        }
      }
      for (ScrapeConfig job : monitors.configs()) {
        if (names.add(job.jobName())) {
          jobs.add(job);
        } else {
          root.error(
              PROMETHEUS_CR,
              "job \"" + job.jobName() + "\" is in the configuration too (expected: once)");
        }
      }
    } catch (ManifestException e) {
      e.problems().forEach(problem -> root.error(PROMETHEUS_CR, problem));
    } catch (InvalidSettingsException e) {
      root.error(PROMETHEUS_CR, settings + ": " + e.getMessage());
    }
  }

  private static CompiledMonitors compile(Path settings, List<Path> manifests)
      throws ManifestException, InvalidSettingsException {
    List<JsonNode> documents = ManifestReader.documents(settings);
    if (documents.size() != 1) {
      throw new InvalidSettingsException(
          documents.size() + " documents (expected: one, with prometheus_cr)");
    }
    ManifestReader.Contents contents = ManifestReader.load(manifests, MonitorObjects::isKnown);
    List<JsonNode> objects = new ArrayList<>(contents.objects());
    objects.addAll(contents.others());
    return new MonitorCompiler(MonitorSettings.of(documents.get(0)))
        .compile(MonitorObjects.of(objects));
  }

  private List<ScrapeConfig> jobs(Section root, boolean hasMonitors) {
    String config = root.string("config");
    boolean inline = root.hasValue("scrape_configs");
    if (inline && !config.isEmpty()) {
      root.error("config", "config and scrape_configs are both set (expected: one of them)");
    }
    if (inline) {
      return loader.inline(root, folder);
    }
    // these keys are known, but not read here
    root.has("scrape_configs");
    if (root.hasValue("global")) {
      root.error(
          "global",
          "no effect without scrape_configs (expected: global in the file that config" + " names)");
    }
    if (config.isEmpty()) {
      if (!hasMonitors) {
        root.error(
            "config",
            "no configuration (expected: config with a file, scrape_configs, or prometheus_cr)");
      }
      return List.of();
    }
    ConfigLoader.LoadResult loaded = loader.read(folder.resolve(config).normalize());
    ofConfiguration.addAll(loaded.problems());
    if (loaded.configuration().isEmpty()) {
      root.error("config", "\"" + config + "\" has errors (expected: a valid configuration)");
      return List.of();
    }
    return loaded.configuration().get().jobs();
  }

  private List<Path> manifests(Section root) {
    List<Path> manifests = new ArrayList<>(shared.manifests());
    List<String> written = root.strings("manifests");
    for (int i = 0; written != null && i < written.size(); i++) {
      Path path = folder.resolve(written.get(i));
      if (!Files.exists(path)) {
        root.error(
            "manifests", i, "no such file (expected: a file or a folder, relative to this file)");
      }
      manifests.add(path);
    }
    return manifests;
  }

  private String job(Section section, List<ScrapeConfig> jobs) {
    String job = section.string("job");
    List<String> known = jobs.stream().map(ScrapeConfig::jobName).toList();
    if (!jobs.isEmpty() && !known.contains(job) && chosen.test(job)) {
      section.error(
          "job",
          "no job \""
              + job
              + "\" in the configuration (expected: one of "
              + String.join(", ", known)
              + Problem.hint(job, known)
              + ")");
    }
    return job;
  }

  private static TargetGroup group(Section section, int index) {
    TargetGroupsReader.Group group = TargetGroupsReader.read(section);
    if (group.targets().isEmpty()) {
      section.error("no targets (expected: targets with at least one address)");
    }
    return new TargetGroup(
        Integer.toString(index),
        group.targets().stream().map(target -> Labels.of(ADDRESS, target)).toList(),
        Labels.of(group.labels()));
  }

  private RuleTest test(Section section, List<ScrapeConfig> jobs) {
    String name = section.string("name");
    if (name.isEmpty()) {
      section.error("name", "missing (expected: a description of the test)");
    }
    String job = job(section, jobs);
    List<TargetGroup> groups = section.hasValue("groups") ? new ArrayList<>() : null;
    if (groups != null) {
      section.sections("groups").forEach(group -> groups.add(group(group, groups.size())));
    }
    boolean exact = section.bool("exact", false);
    List<ExpectedTarget> expected =
        section.sections("expect").stream().map(RuleTestReader::expected).toList();
    List<ExpectedDrop> dropped =
        section.sections("dropped").stream().map(RuleTestReader::dropped).toList();
    if (!exact && !section.hasValue("expect") && !section.hasValue("dropped")) {
      section.error("no expectation (expected: expect, dropped, or exact: true for no target)");
    }
    RuleTest.Places places =
        new RuleTest.Places(
            section.extent("job"), section.extent("expect"), section.extent("dropped"));
    section.finish();
    return new RuleTest(name, job, groups, exact, expected, dropped, section.position(), places);
  }

  private static ExpectedTarget expected(Section section) {
    Map<String, String> discovered = section.stringMap("discovered");
    String url = section.hasValue("url") ? section.string("url") : null;
    Map<String, String> labels = section.stringMap("labels");
    for (String name : labels.keySet()) {
      if (name.startsWith("__")) {
        section.error(
            "labels",
            "\"" + name + "\" is removed by relabelling (expected: it under discovered, or url)");
      }
    }
    boolean exact = section.bool("exact", false);
    if (discovered.isEmpty() && url == null && labels.isEmpty()) {
      section.error("says nothing about the target (expected: discovered, url or labels)");
    }
    section.finish();
    return new ExpectedTarget(discovered, url, labels, exact, section.position());
  }

  private static ExpectedDrop dropped(Section section) {
    Map<String, String> discovered = section.stringMap("discovered");
    if (discovered.isEmpty()) {
      section.error("discovered", "missing (expected: labels before relabelling)");
    }
    Integer rule = index(section, "rule", 0);
    Integer line = index(section, "line", 1);
    section.finish();
    return new ExpectedDrop(discovered, rule, line, section.position());
  }

  private static @Nullable Integer index(Section section, String key, int least) {
    if (!section.hasValue(key)) {
      return null;
    }
    long value = section.integer(key, least);
    if (value < least || value > Integer.MAX_VALUE) {
      section.error(key, value + " is not a valid " + key + " (expected: " + least + " or more)");
      return null;
    }
    return (int) value;
  }
}
