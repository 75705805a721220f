package io.promdisco.config;

import io.promdisco.model.Position;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads a Prometheus configuration file, strictly, and reports every mistake with its place. Safe
 * for all threads.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/">
 *     Configuration</a>
 */
public final class ConfigLoader {
  /** A document that is null sets everything to nothing, even what has defaults. */
  private static final Map<String, Object> NOTHING =
      Map.of(
          "global",
          Map.of(),
          "storage",
          Map.of("tsdb", Map.of("outofordertimewindow", 0, "retention", Map.of("time", "15d"))));

  private final List<SdConfigReader> sources;

  /** A loader that knows the sources that promdisco has. */
  public ConfigLoader() {
    this(standardSources());
  }

  /** A loader that knows these sources of targets. */
  public ConfigLoader(List<SdConfigReader> sources) {
    this.sources = List.copyOf(sources);
  }

  /** The sources that promdisco has: static, Kubernetes, file, HTTP and DNS. */
  public static List<SdConfigReader> standardSources() {
    List<SdConfigReader> sources = new ArrayList<>();
    sources.add(new StaticSdReader());
    sources.add(new KubernetesSdReader());
    sources.addAll(PollingSdReaders.all());
    return sources;
  }

  /**
   * What became of a file.
   *
   * @param configuration nothing if it is refused; there may be errors all the same, such as a file
   *     that it names and that is not there (yet)
   * @param problems every one, in the order of the file
   */
  public record LoadResult(Optional<Configuration> configuration, List<Problem> problems) {
    /** Copies the list. */
    public LoadResult {
      problems = List.copyOf(problems);
    }

    /** Whether there is no error. */
    public boolean valid() {
      return problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    }
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if it is refused, with every problem
   */
  public Configuration load(Path file) throws ConfigException {
    LoadResult result = read(file);
    return result.configuration().orElseThrow(() -> new ConfigException(result.problems()));
  }

  /** Reads a file; one that cannot be read is a problem too. */
  public LoadResult read(Path file) {
    try {
      Path folder = file.getParent();
      return read(file.toString(), content(file), folder == null ? Path.of("") : folder);
    } catch (IOException e) {
      return new LoadResult(
          Optional.empty(),
          List.of(
              new Problem(
                  Problem.Severity.ERROR,
                  ProblemKind.UNREADABLE,
                  new Position(file.toString(), 1, 1),
                  "",
                  unreadable(e))));
    }
  }

  /** No more of the file than is needed to say that it is too large. */
  private static byte[] content(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(YamlFile.MOST_BYTES + 1);
    }
  }

  private static String unreadable(IOException e) {
    return e instanceof NoSuchFileException
        ? "no such file (expected: a Prometheus configuration)"
        : "cannot be read: " + e.getMessage();
  }

  /**
   * Reads a configuration that has been read from somewhere.
   *
   * @param fileName what to call it in problems
   * @param folder what relative paths in it are relative to
   */
  public LoadResult read(String fileName, byte[] content, Path folder) {
    Problems problems = new Problems(fileName);
    Configuration configuration =
        inDocument(content, problems, root -> configuration(root, new Paths(folder)));
    if (problems.hasErrors() || configuration == null) {
      return new LoadResult(Optional.empty(), problems.sorted());
    }
    problems.check();
    List<Problem> sorted = problems.sorted();
    return new LoadResult(
        Optional.of(
            new Configuration(
                configuration.jobs(),
                configuration.effective(),
                sorted.stream().filter(p -> p.severity() == Problem.Severity.WARNING).toList())),
        sorted);
  }

  /** Reads the first document of a file; null if it cannot be read at all. */
  private static <T> @Nullable T inDocument(
      byte[] content, Problems problems, Function<@Nullable Section, T> reader) {
    Optional<Node> document = YamlFile.parse(content, problems);
    if (problems.hasErrors()) {
      return null;
    }
    try {
      if (document.isEmpty()) {
        return reader.apply(Section.empty("", problems));
      }
      Section root = Section.of(document.get(), "", problems);
      return root == null && problems.hasErrors() ? null : reader.apply(root);
    } catch (AliasGuard.ExceededException e) {
      problems.error(
          e.node(), "", "document contains excessive aliasing (expected: fewer repetitions)");
      return null;
    }
  }

  /**
   * @param root null if the document is null
   */
  private Configuration configuration(@Nullable Section root, Paths paths) {
    if (root == null) {
      return new Configuration(List.of(), NOTHING, List.of());
    }
    GlobalReader.Result global = new GlobalReader(System::getenv).read(root, paths);
    OtherSections others = new OtherSections(root, paths, sources, global.settings());
    Map<String, Object> effective = new LinkedHashMap<>();
    effective.put("global", global.shown());
    others.runtime(effective);
    others.alerting(effective);
    others.ruleFiles(effective);
    List<String> files = OtherSections.files(root, "scrape_config_files", "scrape config", paths);
    if (!files.isEmpty()) {
      effective.put("scrape_config_files", files);
    }
    Map<String, String> names = new LinkedHashMap<>();
    List<ReadJob> jobs = jobs(root, new ScrapeReader(sources, global.settings(), paths), names, "");
    if (!jobs.isEmpty()) {
      effective.put("scrape_configs", jobs.stream().map(job -> job.config().effective()).toList());
    }
    others.storage(effective);
    others.tracing(effective);
    others.remote(effective);
    others.otlp(effective);
    root.finish();
    List<ReadJob> all = new ArrayList<>(jobs);
    for (int i = 0; i < files.size(); i++) {
      all.addAll(fromFiles(root, i, files.get(i), global.settings(), names));
    }
    root.problems().onceRead(() -> ConfigAdvice.give(all));
    return new Configuration(all.stream().map(ReadJob::config).toList(), effective, List.of());
  }

  /**
   * @param file empty: the main file
   */
  private static List<ReadJob> jobs(
      Section root, ScrapeReader reader, Map<String, String> names, String file) {
    List<ReadJob> jobs = new ArrayList<>();
    for (Section section : root.sections("scrape_configs", "empty or null scrape config section")) {
      ReadJob job = reader.read(section);
      String name = job.config().jobName();
      String first = names.putIfAbsent(name, file);
      if (first != null && !name.isEmpty()) {
        section.error(
            "job_name",
            "found multiple scrape configs with job name \""
                + name
                + "\""
                + (file.isEmpty()
                    ? ""
                    : ", first found in " + (first.isEmpty() ? "main config file" : first))
                + " (expected: a name that no other job has)");
      }
      jobs.add(job);
    }
    return jobs;
  }

  private List<ReadJob> fromFiles(
      Section root, int index, String pattern, ScrapeSettings global, Map<String, String> names) {
    List<Path> files;
    try {
      files = Globs.files(pattern);
    } catch (PatternSyntaxException e) {
      root.error(
          "scrape_config_files",
          index,
          "error retrieving scrape config files for \"" + pattern + "\": syntax error in pattern");
      return List.of();
    }
    List<ReadJob> jobs = new ArrayList<>();
    for (Path file : files) {
      Problems problems = root.problems().ofNamed(file.toString());
      Path folder = file.getParent() == null ? Path.of("") : file.getParent();
      ScrapeReader reader = new ScrapeReader(sources, global, new Paths(folder));
      try {
        List<ReadJob> found =
            inDocument(
                content(file),
                problems,
                section -> section == null ? List.of() : only(section, reader, names, file));
        jobs.addAll(found == null ? List.of() : found);
      } catch (IOException e) {
        problems.error(
            new Position(file.toString(), 1, 1), ProblemKind.UNREADABLE, "", unreadable(e));
      }
    }
    return jobs;
  }

  private static List<ReadJob> only(
      Section section, ScrapeReader reader, Map<String, String> names, Path file) {
    List<ReadJob> jobs = jobs(section, reader, names, file.toString());
    section.finish();
    return jobs;
  }
}
