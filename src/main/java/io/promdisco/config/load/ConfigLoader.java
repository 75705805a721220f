package io.promdisco.config.load;

import io.promdisco.Internal;
import io.promdisco.config.ConfigException;
import io.promdisco.config.Configuration;
import io.promdisco.config.ConfiguredGroup;
import io.promdisco.config.Problem;
import io.promdisco.config.ProblemKind;
import io.promdisco.config.ScrapeChecks;
import io.promdisco.config.ScrapeConfig;
import io.promdisco.config.lint.ConfigWarnings;
import io.promdisco.config.section.CheckedOnlySections;
import io.promdisco.config.section.DnsSdReader;
import io.promdisco.config.section.FileSdReader;
import io.promdisco.config.section.GlobalReader;
import io.promdisco.config.section.Globs;
import io.promdisco.config.section.HttpSdReader;
import io.promdisco.config.section.KubernetesSdReader;
import io.promdisco.config.section.LocatedJob;
import io.promdisco.config.section.ScrapeReader;
import io.promdisco.config.section.SdConfigReader;
import io.promdisco.config.section.SdConfigReaders;
import io.promdisco.config.section.StaticSdReader;
import io.promdisco.config.yaml.ConfigPaths;
import io.promdisco.config.yaml.ProblemCollector;
import io.promdisco.config.yaml.Section;
import io.promdisco.config.yaml.StrictYaml;
import io.promdisco.config.yaml.SyntaxHints;
import io.promdisco.config.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Prometheus configuration file strictly, and reports every mistake with its place. Safe
 * for all threads.
 *
 * @see <a href="https://prometheus.io/docs/prometheus/latest/configuration/configuration/">
 *     Configuration</a>
 */
public final class ConfigLoader {
  /** The maximum size of a configuration in bytes. */
  public static final int MOST_BYTES = YamlFile.MOST_BYTES;

  /** A document that is null turns everything off, even settings that have defaults. */
  private static final Map<String, Object> NOTHING =
      Map.of(
          "global",
          Map.of(),
          "storage",
          Map.of("tsdb", Map.of("outofordertimewindow", 0, "retention", Map.of("time", "15d"))));

  private static final String WHAT = "a Prometheus configuration";

  /** How to treat files that the configuration names. */
  private enum NamedFiles {
    READ,
    LEAVE_TARGET_FILES,
    LEAVE
  }

  private final SdConfigReaders sources;
  private final Set<String> only; // names of jobs; empty: all
  private final NamedFiles files;

  /**
   * Creates a loader for the discovery kinds of promdisco and of third parties: every {@link
   * SdConfigReader} that {@link ServiceLoader} finds with the current context class loader. It
   * searches only when a configuration uses a kind that promdisco does not have.
   */
  public ConfigLoader() {
    this(
        SdConfigReaders.of(standardSources(), ServiceLoader.load(SdConfigReader.class)),
        Set.of(),
        NamedFiles.READ);
  }

  /** Creates a loader for these discovery kinds. */
  public ConfigLoader(List<SdConfigReader> sources) {
    this(SdConfigReaders.of(sources, List.of()), Set.of(), NamedFiles.READ);
  }

  private ConfigLoader(SdConfigReaders sources, Set<String> only, NamedFiles files) {
    this.sources = sources;
    this.only = Set.copyOf(only);
    this.files = files;
  }

  /**
   * Returns a loader that leaves out jobs with service discovery that Prometheus supports and
   * promdisco does not. Each gets a warning; by default they are errors. A job is left out
   * completely, even if it has other sources too.
   */
  public ConfigLoader skippingUnsupported() {
    return new ConfigLoader(sources.skippingUnsupported(), only, files);
  }

  /**
   * Returns a loader that requires only these jobs to be correct. It leaves out other jobs with
   * errors, counts their errors in one warning, and reports no other problems of other jobs.
   *
   * @param jobs names; empty: all jobs
   */
  public ConfigLoader onlyJobs(Collection<String> jobs) {
    return new ConfigLoader(sources, Set.copyOf(jobs), files);
  }

  /**
   * Returns a loader that does not read the files that {@code file_sd_configs} name. It is for
   * callers that start the sources, which report problems of their files. A pattern that matches no
   * file is still a warning.
   */
  public ConfigLoader leavingTargetFiles() {
    return new ConfigLoader(sources, only, NamedFiles.LEAVE_TARGET_FILES);
  }

  /**
   * Returns a loader that does not access files that the configuration names, not even to see
   * whether they exist: certificates, credentials, rules, targets, and {@code scrape_config_files},
   * whose jobs are missing in the result. It checks everything else.
   */
  public ConfigLoader leavingFiles() {
    return new ConfigLoader(sources, only, NamedFiles.LEAVE);
  }

  /** Returns the readers of promdisco's discovery kinds: static, Kubernetes, file, HTTP and DNS. */
  public static List<SdConfigReader> standardSources() {
    return List.of(
        new StaticSdReader(),
        KubernetesSdReader.reader(),
        FileSdReader.reader(),
        HttpSdReader.reader(),
        DnsSdReader.reader());
  }

  /**
   * The result of reading a file.
   *
   * @param configuration empty if the file is rejected. If it is present, there may still be
   *     errors, for example a named file that does not exist
   * @param problems every problem, in the order of the file
   * @param groups the targets that are written in files, with their places; empty if the file is
   *     rejected
   */
  public record LoadResult(
      Optional<Configuration> configuration, List<Problem> problems, List<ConfiguredGroup> groups) {
    /** Copies the lists. */
    public LoadResult {
      problems = List.copyOf(problems);
      groups = List.copyOf(groups);
    }

    private static LoadResult refused(List<Problem> problems) {
      return new LoadResult(Optional.empty(), problems, List.of());
    }

    /** Whether there is no error. */
    public boolean valid() {
      return problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    }
  }

  /**
   * Reads a file.
   *
   * @throws ConfigException if the file is rejected, with every problem
   */
  public Configuration load(Path file) throws ConfigException {
    LoadResult result = read(file);
    return result.configuration().orElseThrow(() -> new ConfigException(result.problems()));
  }

  /** Reads a file. If it cannot be read, that is one of the problems. */
  public LoadResult read(Path file) {
    return read(file, root -> root, (section, jobs) -> {});
  }

  /**
   * Reads a configuration that is a section of a file.
   *
   * @param inner reads the other keys of the file and returns the section
   * @param check reports further problems of the jobs in the section
   */
  @Internal
  public LoadResult read(
      Path file, UnaryOperator<Section> inner, BiConsumer<Section, List<ScrapeConfig>> check) {
    try {
      Path folder = file.getParent() == null ? Path.of("") : file.getParent();
      return read(file.toString(), StrictYaml.argument(file), folder, inner, check);
    } catch (IOException e) {
      ProblemCollector problems = new ProblemCollector(file.toString());
      problems.error(ProblemKind.UNREADABLE, StrictYaml.unreadable(e, WHAT));
      return LoadResult.refused(problems.sorted());
    }
  }

  /**
   * Reads a configuration whose content is given.
   *
   * @param fileName the name of the file in problems
   * @param folder the folder for relative paths
   */
  public LoadResult read(String fileName, byte[] content, Path folder) {
    return read(fileName, content, folder, root -> root, (section, jobs) -> {});
  }

  private LoadResult read(
      String fileName,
      byte[] content,
      Path folder,
      UnaryOperator<Section> inner,
      BiConsumer<Section, List<ScrapeConfig>> check) {
    ProblemCollector problems = new ProblemCollector(fileName);
    if (files == NamedFiles.LEAVE_TARGET_FILES) {
      problems.leaveTargetFiles();
    }
    Document document =
        StrictYaml.read(
            content,
            problems,
            root -> {
              Section section = root == null ? null : inner.apply(root);
              Document read = document(section, new ConfigPaths(folder));
              if (section != null) {
                check.accept(section, read.jobs().stream().map(LocatedJob::config).toList());
              }
              return read;
            });
    if (problems.refuse() || document == null) {
      return LoadResult.refused(problems.sorted());
    }
    ConfigWarnings.report(document.jobs());
    if (files != NamedFiles.LEAVE) {
      problems.check();
    }
    problems.checkAccepted();
    List<Problem> sorted = problems.sorted();
    return new LoadResult(
        Optional.of(
            new Configuration(
                document.jobs().stream().map(LocatedJob::config).toList(),
                document.effective(),
                sorted.stream().filter(p -> p.severity() == Problem.Severity.WARNING).toList())),
        sorted,
        written(problems, document.jobs()));
  }

  /** Returns the targets that are written in the configuration. */
  private static List<ConfiguredGroup> written(ProblemCollector problems, List<LocatedJob> jobs) {
    List<ConfiguredGroup> groups = new ArrayList<>();
    for (LocatedJob job : jobs) {
      problems.forEachGroupIn(
          job.section(),
          (path, group, positions) ->
              groups.add(new ConfiguredGroup(job.config(), group, path, positions)));
    }
    return groups;
  }

  /**
   * The content of a file and of those that it names.
   *
   * @param jobs the jobs that are not left out
   * @param effective the effective configuration
   */
  private record Document(List<LocatedJob> jobs, Map<String, Object> effective) {}

  /**
   * Reads the keys {@code global} and {@code scrape_configs} of a file that has other keys too.
   *
   * @param root the file's outermost section, which collects the problems
   * @param folder the folder for relative paths
   * @return the jobs that could be read
   */
  @Internal
  public List<ScrapeConfig> inline(Section root, Path folder) {
    ConfigPaths paths = new ConfigPaths(folder);
    GlobalReader.Result global = new GlobalReader(System::getenv).read(root, paths);
    ScrapeReader reader = new ScrapeReader(sources, global, paths);
    return jobs(root, reader, new LinkedHashMap<>(), "").stream().map(LocatedJob::config).toList();
  }

  /**
   * @param root null if the document is null
   */
  private Document document(@Nullable Section root, ConfigPaths paths) {
    if (root == null) {
      return new Document(List.of(), NOTHING);
    }
    SyntaxHints.note(root.node(), root.problems());
    GlobalReader.Result global = new GlobalReader(System::getenv).read(root, paths);
    CheckedOnlySections others = new CheckedOnlySections(root, paths, sources, global.names());
    Map<String, Object> effective = new LinkedHashMap<>();
    effective.put("global", global.shown());
    others.runtime(effective);
    others.alerting(effective);
    others.ruleFiles(effective);
    List<String> named =
        CheckedOnlySections.files(root, "scrape_config_files", "scrape config", paths);
    if (!named.isEmpty()) {
      effective.put("scrape_config_files", named);
    }
    Map<String, String> names = new LinkedHashMap<>();
    List<LocatedJob> jobs = jobs(root, new ScrapeReader(sources, global, paths), names, "");
    if (!jobs.isEmpty()) {
      effective.put("scrape_configs", jobs.stream().map(job -> job.config().effective()).toList());
    }
    others.storage(effective);
    others.tracing(effective);
    others.remote(effective);
    others.otlp(effective);
    root.finish();
    if (files == NamedFiles.LEAVE) {
      return new Document(jobs, effective);
    }
    List<LocatedJob> all = new ArrayList<>(jobs);
    for (int i = 0; i < named.size(); i++) {
      if (named.get(i).isEmpty()) {
        continue; // A pattern that is null matches nothing.
      }
      all.addAll(fromFiles(root, i, named.get(i), global, names));
    }
    return new Document(all, effective);
  }

  /**
   * @param file empty: the main file
   */
  private List<LocatedJob> jobs(
      Section root, ScrapeReader reader, Map<String, String> names, String file) {
    List<LocatedJob> jobs = new ArrayList<>();
    for (Section section : root.sections("scrape_configs", "empty or null scrape config section")) {
      LocatedJob job = reader.read(section);
      String name = job.config().jobName();
      String first = names.putIfAbsent(name, file);
      if (first != null && !name.isEmpty()) {
        section.error(
            "job_name",
            ScrapeChecks.duplicateJob(
                name,
                file.isEmpty()
                    ? ""
                    : ", first found in " + (first.isEmpty() ? "main config file" : first)));
      }
      boolean asked = only.isEmpty() || only.contains(name);
      if (!asked) {
        section.problems().leaveOut(section);
      }
      if (!job.leftOut() && (asked || !section.problems().hasErrorsIn(section))) {
        jobs.add(job);
      }
    }
    return jobs;
  }

  private List<LocatedJob> fromFiles(
      Section root,
      int index,
      String pattern,
      GlobalReader.Result global,
      Map<String, String> names) {
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
    if (files.isEmpty() && pattern.indexOf('*') < 0) {
      root.warn(
          "scrape_config_files",
          index,
          ProblemKind.MISSING_FILE,
          "file \"" + pattern + "\" does not exist");
    }
    List<LocatedJob> jobs = new ArrayList<>();
    for (Path file : files) {
      ProblemCollector problems = root.problems().ofNamed(file.toString());
      Path folder = file.getParent() == null ? Path.of("") : file.getParent();
      ScrapeReader reader = new ScrapeReader(sources, global, new ConfigPaths(folder));
      try {
        List<LocatedJob> found =
            StrictYaml.read(
                StrictYaml.content(file),
                problems,
                section -> section == null ? List.of() : only(section, reader, names, file));
        jobs.addAll(found == null ? List.of() : found);
      } catch (IOException e) {
        problems.error(ProblemKind.UNREADABLE, StrictYaml.unreadable(e, WHAT));
      }
    }
    return jobs;
  }

  private List<LocatedJob> only(
      Section section, ScrapeReader reader, Map<String, String> names, Path file) {
    SyntaxHints.note(section.node(), section.problems());
    List<LocatedJob> jobs = jobs(section, reader, names, file.toString());
    section.finish();
    return jobs;
  }
}
